// Where somebody works, kept on this PC: the item on the screen, and the exam clock of the last work on it. After a
// restart the server is told how long nobody worked here; what was done without the network is no lost time.

export class Place {
  constructor(store, owner, clock) {
    Object.assign(this, { store, owner, clock });
    this.workedClockMs = null;
  }

  /** Return the item last on the screen, or 0 where it is none of `total`; find out until when this PC was worked on.
   *  Keep the keys of a rescue file: they are needed when nobody can be asked for them. */
  async open(total, rescueKeys) {
    await this.store.keepRescueKeys(this.owner, rescueKeys);
    const kept = await this.store.place(this.owner);
    const claimed = (await this.store.waiting(this.owner)).map((each) => each.claimed_clock_ms);
    this.workedClockMs = Math.max(kept.clock_ms, ...claimed);
    return kept.position <= total ? kept.position : 0;
  }

  /** Remember the item, once the server has told the time. */
  keep(position) {
    if (!this.clock.isKnown) return;
    const kept = this.store.keepPlace(this.owner, position, this.clock.claimedMs());
    kept.catch((error) => console.info("place not kept", error));
  }

  /** The server has heard of it. */
  told() {
    this.workedClockMs = null;
  }
}
