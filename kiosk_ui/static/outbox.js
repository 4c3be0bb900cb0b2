// The way of an answer to the server: stored here first, sent in order, dropped only on the server's receipt.

import { Jots } from "./jots.js";
import { MemoryStore } from "./store.js";

const BATCH = 32;
const TIMEOUT_MS = 8000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10000;

/** How long to wait after the n-th failure in a row: doubling from 0.5 s to 10 s, spread so that a room does not
 *  come back all at once. */
export function backOffMs(failures, random = Math.random) {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1));
  return Math.max(FIRST_WAIT_MS, Math.round(full / 2 + (random() * full) / 2));
}

/** `hooks`: onReceipt(command, receipt), onLive(reply, rttMs), onContact(isReachable, reason), onCount(waiting),
 *  onFenced(), onSignedOut(). `controlNo()` is what the page knows of pauses; a command may carry what it was given
 *  under, and of a request the oldest counts: what crossed a pause unseen is then known for it. */
export class Outbox {
  constructor(store, owner, lastSeq, hooks) {
    this.store = store;
    this.owner = owner;
    this.floor = lastSeq;
    this.hooks = hooks;
    this.jots = new Jots(owner);
    this.failures = 0;
    this.timer = 0;
    this.isSending = false;
    this.isStopped = false;
    this.wantsMore = false;
  }

  /** Store a command and send it soon. Resolves to the command with its number, once it is stored. */
  async add(command) {
    const drop = this.jots.keep(command);
    const stored = await this.keep(command);
    drop();
    await this.count();
    this.kick();
    return stored;
  }

  /** Store what a page before this one was given and had no time to store. */
  async adopt() {
    for (const { no, command } of this.jots.left()) {
      await this.keep(command);
      this.jots.drop(no);
    }
  }

  async keep(command) {
    let stored;
    try {
      stored = await this.store.add(this.owner, this.floor, command);
    } catch (error) {
      console.warn("the store failed; going on in memory", error);
      await this.fallBack();
      stored = await this.store.add(this.owner, this.floor, command);
    }
    this.floor = Math.max(this.floor, stored.seq);
    return stored;
  }

  /** Send now unless a request is under way or a pause after a failure is running. */
  kick() {
    if (this.isSending) this.wantsMore = true;
    else if (!this.timer && !this.isStopped) this.send();
  }

  /** The server can be reached again: do not wait for the rest of the pause. */
  hurry() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.kick();
  }

  stop() {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  async count() {
    const waiting = await this.store.waiting(this.owner);
    this.hooks.onCount(waiting.length);
    return waiting.length;
  }

  async fallBack() {
    const spare = new MemoryStore();
    try {
      for (const each of await this.store.waiting(this.owner)) spare.commands.push(each);
    } catch (error) {
      console.warn("what the store held cannot be read", error);
    }
    spare.counter = spare.commands.reduce((most, each) => Math.max(most, each.seq), 0);
    this.store = spare;
    this.hooks.onMemoryOnly();
  }

  async send() {
    this.isSending = true;
    this.wantsMore = false;
    let commands = [];
    try {
      commands = await this.store.take(this.owner, BATCH);
      if (commands.length) await this.post(commands);
    } catch (error) {
      this.failed("network", error);
    } finally {
      this.isSending = false;
    }
    const isBehind = commands.length === BATCH || this.wantsMore;
    if (isBehind && !this.timer && !this.isStopped) this.send();
  }

  async post(commands) {
    const began = performance.now();
    const reply = await postJson("/answers", {
      v: 1,
      epoch: this.owner.epoch,
      control_no: Math.min(...commands.map((each) => (each.control_no === undefined ? this.hooks.controlNo() : each.control_no))),
      commands: commands.map(wireForm),
    });
    if (this.isStopped) return;
    if (reply.status === 409 && reply.body && reply.body.code === "FENCED") {
      // What comes under the old epoch is kept apart on the server: deliver all of it, then go.
      const kept = (reply.body.receipts || []).map((each) => each.seq);
      await this.store.settle(this.owner, kept);
      if (kept.length && (await this.count())) {
        this.wantsMore = true;
        return;
      }
      this.stop();
      this.hooks.onFenced();
    } else if (reply.status === 401 || reply.status === 403) {
      this.stop();
      this.hooks.onSignedOut();
    } else if (reply.status !== 200) {
      this.failed(reply.status === 503 ? "not-durable" : "server", new Error(`HTTP ${reply.status}`));
    } else {
      await this.received(commands, reply.body, performance.now() - began);
    }
  }

  async received(commands, body, rttMs) {
    this.failures = 0;
    this.hooks.onContact(true, "");
    const bySeq = new Map(body.receipts.map((each) => [each.seq, each]));
    const settled = commands.filter((each) => bySeq.has(each.seq));
    await this.store.settle(this.owner, settled.map((each) => each.seq));
    for (const each of settled) this.hooks.onReceipt(each, bySeq.get(each.seq), body.saved_at_ms);
    await this.count();
    this.hooks.onLive(body, rttMs);
    if (settled.length < commands.length) this.failed("server", new Error("receipts are missing"));
  }

  failed(reason, error) {
    if (this.isStopped) return;
    this.failures += 1;
    console.info("not sent:", reason, String(error));
    this.hooks.onContact(false, reason);
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.kick();
    }, backOffMs(this.failures));
  }
}

function wireForm(command) {
  return {
    seq: command.seq,
    kind: command.kind,
    position: command.position,
    response: command.response,
    is_flagged: command.is_flagged,
    claimed_clock_ms: command.claimed_clock_ms,
  };
}

/** POST an object; resolves to `{status, body}`, rejects when the server cannot be reached within 8 s. */
export async function postJson(path, content) {
  return exchange(path, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(content),
  });
}

/** GET an object, in the same manner. */
export async function getJson(path) {
  return exchange(path, { headers: { accept: "application/json" } });
}

async function exchange(path, options) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(path, {
      ...options,
      signal: control.signal,
      cache: "no-store",
      credentials: "same-origin",
      redirect: "error",
    });
    const isJson = (response.headers.get("content-type") || "").startsWith("application/json");
    return { status: response.status, body: isJson ? await response.json() : null };
  } finally {
    clearTimeout(timer);
  }
}
