// What was clicked and is not in the store yet. The store takes its time (it syncs to the disk); a page that is
// reloaded or crashes in that moment finds the click here. Written at once, kept for this tab alone.

const PREFIX = "cat-jot";

/** The jots of one attempt and epoch; where the browser allows none, nothing is kept and nothing fails. */
export class Jots {
  constructor(owner) {
    this.prefix = `${PREFIX} ${owner.attempt} ${owner.epoch} `;
    this.next = 1 + Math.max(0, ...this.left().map((each) => each.no));
  }

  /** Keep a command; returns the function that drops it again. */
  keep(command) {
    const no = this.next;
    this.next += 1;
    try {
      sessionStorage.setItem(this.prefix + no, JSON.stringify(command));
    } catch (error) {
      console.info("no jot was kept", error);
    }
    return () => this.drop(no);
  }

  /** Return what a page before this one left, as `{no, command}`, the oldest first. */
  left() {
    try {
      return Object.keys(sessionStorage)
        .filter((key) => key.startsWith(this.prefix))
        .map((key) => ({ no: Number(key.slice(this.prefix.length)), command: JSON.parse(sessionStorage.getItem(key)) }))
        .sort((one, other) => one.no - other.no);
    } catch (error) {
      console.info("jots cannot be read", error);
      return [];
    }
  }

  drop(no) {
    try {
      sessionStorage.removeItem(this.prefix + no);
    } catch (error) {
      console.info("a jot cannot be dropped", error);
    }
  }
}
