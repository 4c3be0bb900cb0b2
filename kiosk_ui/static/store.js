// What this PC keeps of an attempt: commands that have no receipt yet, and the item last looked at.
// Ids, numbers and responses only, never the text of an item. One IndexedDB serves all tabs of this address.

const DATABASE = "cat-kiosk";
const VERSION = 2;
const STORES = {
  outbox: ["attempt", "epoch", "seq"],
  counters: ["attempt", "epoch"],
  places: "attempt",
  rescues: ["attempt", "epoch"],
};
const LAST = Number.MAX_SAFE_INTEGER;
const OPEN_MS = 8000;

/** Open the store; where IndexedDB is missing or broken, a store in memory that says so (`isDurable` false). Of one
 *  that was only slow `onLate` tells when it opens after all: what waits in it can be delivered then. */
export async function openStore(onLate = () => undefined) {
  try {
    return new DurableStore(await openDatabase(onLate));
  } catch (error) {
    console.warn("IndexedDB cannot be used; answers wait in memory only", error);
    return new MemoryStore();
  }
}

function openDatabase(onLate) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new Error("IndexedDB does not answer"));
    }, OPEN_MS);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name, { keyPath });
      }
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      request.result.onversionchange = () => request.result.close();
      if (isLate) {
        request.result.close();
        onLate();
      } else resolve(request.result);
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(request.error);
    };
  });
}

/** Number a command: replace one for the same item that was never sent, else take the next number above `floor`. */
function numbered(waiting, counter, floor, command) {
  const same =
    command.kind === "answer" &&
    waiting.find((each) => each.kind === "answer" && each.position === command.position && !each.is_sent);
  // In place, under its old number: numbers stay without gaps, so the server can see that nothing is missing.
  return { ...command, seq: same ? same.seq : Math.max(counter, floor) + 1, is_sent: false };
}

class DurableStore {
  constructor(database) {
    this.database = database;
    this.isDurable = true;
  }

  /** Store a command under its number, in one transaction shared by all tabs; return it as stored. */
  add(owner, floor, command) {
    return this.run(["outbox", "counters"], (outbox, counters, done) => {
      counters.get([owner.attempt, owner.epoch]).onsuccess = (found) => {
        const counter = found.target.result ? found.target.result.value : 0;
        outbox.getAll(span(owner)).onsuccess = (all) => {
          const stored = { ...numbered(all.target.result, counter, floor, command), ...owner };
          outbox.put(stored);
          counters.put({ ...owner, value: Math.max(counter, floor, stored.seq) });
          done(stored);
        };
      };
    });
  }

  /** Return the first `limit` commands in order and mark them as sent, so that no tab rewrites them. */
  take(owner, limit) {
    return this.run(["outbox"], (outbox, done) => {
      outbox.getAll(span(owner), limit).onsuccess = (all) => {
        const taken = all.target.result;
        for (const each of taken) if (!each.is_sent) outbox.put({ ...each, is_sent: true });
        done(taken);
      };
    });
  }

  /** Return everything without a receipt, in order. */
  waiting(owner) {
    return this.run(["outbox"], (outbox, done) => {
      outbox.getAll(span(owner)).onsuccess = (all) => done(all.target.result);
    });
  }

  /** Return the attempts and epochs of which something waits. */
  owners() {
    return this.run(["outbox"], (outbox, done) => {
      outbox.getAllKeys().onsuccess = (all) => {
        const found = new Map(all.target.result.map(([attempt, epoch]) => [`${attempt} ${epoch}`, { attempt, epoch }]));
        done([...found.values()]);
      };
    });
  }

  /** Drop commands whose receipts have come. */
  settle(owner, seqs) {
    return this.run(["outbox"], (outbox, done) => {
      for (const seq of seqs) outbox.delete([owner.attempt, owner.epoch, seq]);
      done(undefined);
    });
  }

  /** Remember the item on the screen, and the exam clock at which somebody worked on it. */
  keepPlace(owner, position, clockMs) {
    return this.run(["places"], (places, done) => {
      places.put({ attempt: owner.attempt, position, clock_ms: clockMs });
      done(undefined);
    });
  }

  /** Return what `keepPlace` remembered as `{position, clock_ms}`, zeros where nothing is. */
  place(owner) {
    return this.run(["places"], (places, done) => {
      places.get(owner.attempt).onsuccess = (found) => done({ position: 0, clock_ms: 0, ...found.target.result });
    });
  }

  /** Keep what a rescue file of this owner is encrypted and sealed with. */
  keepRescueKeys(owner, keys) {
    return this.run(["rescues"], (rescues, done) => {
      rescues.put({ ...owner, ...keys });
      done(undefined);
    });
  }

  /** Return what `keepRescueKeys` kept, or null. */
  rescueKeys(owner) {
    return this.run(["rescues"], (rescues, done) => {
      rescues.get([owner.attempt, owner.epoch]).onsuccess = (found) => done(found.target.result || null);
    });
  }

  run(names, work) {
    return new Promise((resolve, reject) => {
      const tx = transaction(this.database, names);
      let result;
      tx.oncomplete = () => resolve(result);
      tx.onerror = () => reject(tx.error);
      tx.onabort = () => reject(tx.error || new Error("IndexedDB gave up"));
      work(...names.map((name) => tx.objectStore(name)), (value) => {
        result = value;
      });
    });
  }
}

function transaction(database, names) {
  try {
    return database.transaction(names, "readwrite", { durability: "strict" });
  } catch (error) {
    if (error instanceof TypeError) return database.transaction(names, "readwrite");
    throw error;
  }
}

function span(owner) {
  return IDBKeyRange.bound([owner.attempt, owner.epoch, 0], [owner.attempt, owner.epoch, LAST]);
}

/** The same, for one page's life. */
export class MemoryStore {
  constructor() {
    this.isDurable = false;
    this.commands = [];
    this.counter = 0;
    this.kept = { position: 0, clock_ms: 0 };
  }

  async add(owner, floor, command) {
    const stored = { ...numbered(this.commands, this.counter, floor, command), ...owner };
    this.commands = [...this.commands.filter((each) => each.seq !== stored.seq), stored];
    this.commands.sort((left, right) => left.seq - right.seq);
    this.counter = Math.max(this.counter, floor, stored.seq);
    return stored;
  }

  async take(owner, limit) {
    const taken = this.commands.slice(0, limit);
    for (const each of taken) each.is_sent = true;
    return taken.map((each) => ({ ...each }));
  }

  async waiting() {
    return this.commands.map((each) => ({ ...each }));
  }

  async settle(owner, seqs) {
    this.commands = this.commands.filter((each) => !seqs.includes(each.seq));
  }

  async owners() {
    return [];
  }

  async keepRescueKeys(owner, keys) {
    this.keys = keys;
  }

  async rescueKeys() {
    return this.keys || null;
  }

  async keepPlace(owner, position, clockMs) {
    this.kept = { position, clock_ms: clockMs };
  }

  async place() {
    return this.kept;
  }
}
