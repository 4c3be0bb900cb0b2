// The exam's time on this PC: counted by the page's own steady clock between two words of the server.

const NOTICE_MINUTES = [30, 10, 5, 1];

/** `hh:mm:ss` of milliseconds left, rounded up, so that zero means zero. */
export function clockText(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const part = (value) => String(value).padStart(2, "0");
  return `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`;
}

/** `hooks`: onTick(text, ms), onNotice(minutes), onZero(), onNotZero(). `now` is the steady clock in milliseconds. */
export class ExamClock {
  constructor(hooks, now = () => performance.now()) {
    this.hooks = hooks;
    this.now = now;
    this.leftMs = null;
    this.clockMs = 0;
    this.at = 0;
    this.isRunning = false;
    this.isAtZero = false;
    this.lowest = Infinity;
  }

  start() {
    setInterval(() => this.tick(), 250);
    document.addEventListener("visibilitychange", () => this.tick());
  }

  /** Take over the server's word. Half the round trip has passed since it was spoken. */
  sync(live, rttMs) {
    this.isRunning = live.state === "RUNNING";
    const passed = this.isRunning ? rttMs / 2 : 0;
    this.leftMs = Math.max(0, live.remaining_ms - passed);
    this.clockMs = live.clock_ms + passed;
    this.at = this.now();
    if (this.leftMs > this.lowest + 30000) this.lowest = Infinity;
    this.tick();
  }

  /** Tell whether the server has told the time yet. */
  get isKnown() {
    return this.leftMs !== null;
  }

  remainingMs() {
    if (this.leftMs === null) return Infinity;
    return Math.max(0, this.leftMs - this.elapsed());
  }

  /** The exam clock's value now, as far as this PC can know. */
  claimedMs() {
    return Math.max(0, Math.round(this.clockMs + Math.min(this.elapsed(), this.leftMs === null ? 0 : this.leftMs)));
  }

  elapsed() {
    return this.isRunning ? this.now() - this.at : 0;
  }

  tick() {
    if (this.leftMs === null) return;
    const left = this.remainingMs();
    this.hooks.onTick(clockText(left), left);
    for (const minutes of NOTICE_MINUTES) {
      const limit = minutes * 60000;
      if (left <= limit && this.lowest > limit && this.lowest !== Infinity) this.hooks.onNotice(minutes);
    }
    this.lowest = Math.min(this.lowest, left);
    const isAtZero = left <= 0 && this.isRunning;
    if (isAtZero !== this.isAtZero) {
      this.isAtZero = isAtZero;
      if (isAtZero) this.hooks.onZero();
      else this.hooks.onNotZero();
    }
  }
}

/** Return text code and values that tell of time given: whole minutes by an officer, lost time credited to the second. */
export function extraTime(ms) {
  const minutes = Math.round(ms / 60000);
  const seconds = Math.round(ms / 1000);
  if (minutes && Math.abs(seconds - 60 * minutes) <= 3) return ["extra_time", { minutes }];
  return ["extra_time_exact", { time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` }];
}
