// The server's word on time and control, by three ways: events, heartbeats and the replies to answers.

import { getJson, postJson } from "./outbox.js";

const BEAT_MS = 10000;
const SOON_MS = 700;
const ENDED = ["FINISHED", "TIMED_OUT", "FORCE_CLOSED", "DISQUALIFIED", "VOIDED", "FORFEITED", "ABSENT"];

/** Tell whether an attempt in this state is over. */
export function isOver(state) {
  return ENDED.includes(state);
}

/** Tell whether `live` is older than what is known already (words overtake one another on their three ways). */
export function isStale(live, known) {
  if (!known) return false;
  if (live.control_no !== known.control_no) return live.control_no < known.control_no;
  return live.clock_ms < known.clock_ms;
}

/** Listen to `/events` for as long as the page lives. `onControl(live)`, `onScore()`, `onOpen()`, `onLost()`, and `onGone()` once the
 *  participant sits elsewhere or the room was released. */
export function listen(hooks) {
  const source = new EventSource("/events");
  source.onopen = () => hooks.onOpen && hooks.onOpen();
  source.addEventListener("control", (event) => hooks.onControl && hooks.onControl(JSON.parse(event.data)));
  source.addEventListener("score", () => hooks.onScore && hooks.onScore());
  source.addEventListener("gone", () => hooks.onGone && hooks.onGone());
  source.onerror = () => {
    if (hooks.onLost) hooks.onLost();
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(hooks), 3000 + Math.random() * 2000);
  };
}

/** Beat every ten seconds, spread by two; `report()` is the body, `hooks` as those of the outbox, and onBeat() once one
 *  was heard. */
export class Heartbeat {
  constructor(report, hooks) {
    this.report = report;
    this.hooks = hooks;
    this.timer = 0;
    this.isBeating = false;
  }

  start() {
    this.plan(1000);
  }

  stop() {
    clearTimeout(this.timer);
    this.isStopped = true;
  }

  /** Beat unless the page has left by then: the events tell a whole room of the end in the same moment. */
  soon() {
    this.plan(SOON_MS + Math.random() * SOON_MS);
  }

  plan(ms) {
    clearTimeout(this.timer);
    if (!this.isStopped) this.timer = setTimeout(() => this.beat(), ms);
  }

  async beat() {
    if (this.isBeating || this.isStopped) return;
    this.isBeating = true;
    const began = performance.now();
    try {
      const reply = await postJson("/heartbeat", this.report());
      if (reply.status === 200) {
        this.hooks.onContact(true, "");
        this.hooks.onLive(reply.body, performance.now() - began);
        this.hooks.onBeat();
      } else if (reply.status === 409) {
        this.hooks.onFenced();
      } else if (reply.status === 401 || reply.status === 403) {
        this.hooks.onSignedOut();
      } else {
        this.hooks.onContact(false, reply.status === 503 ? "not-durable" : "server");
      }
    } catch (error) {
      this.hooks.onContact(false, "network");
    } finally {
      this.isBeating = false;
      this.plan(this.hooks.isUrgent() ? 1000 : BEAT_MS - 2000 + Math.random() * 4000);
    }
  }
}

/** Ask for `/state` until it comes. Resolves to `{state, rttMs}`; `onWait(reason)` is called after each failure. */
export async function fetchState(onWait, onSignedOut) {
  for (let failures = 0; ; failures += 1) {
    const began = performance.now();
    try {
      const reply = await getJson("/state");
      if (reply.status === 200) return { state: reply.body, rttMs: performance.now() - began };
      if (reply.status === 401 || reply.status === 403) {
        onSignedOut();
        return new Promise(() => undefined);
      }
      onWait("server");
    } catch (error) {
      onWait("network");
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(5000, 500 * 2 ** failures)));
  }
}
