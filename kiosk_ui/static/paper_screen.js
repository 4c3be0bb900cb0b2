// What the paper's page shows around the items: panels, clock, band, counters and the word on saving.

import { canRescue, saveRescue } from "./rescue.js";
import { say } from "./page_texts.js";

const PANELS = ["loading", "items", "overview", "confirm", "pause", "ending", "moved"];

export class PaperScreen {
  constructor(main) {
    this.main = main;
    this.name = "loading";
    this.utcOffsetMs = Number(main.dataset.utcOffsetMs);
    this.parts = {};
    for (const each of document.querySelectorAll("[data-part]")) this.parts[each.dataset.part] = each;
    this.isMemoryOnly = false;
    this.isLocked = false;
    this.contact = [true, 0];
    this.parts.pane.addEventListener("scroll", () => this.markMore());
    // Whatever takes the item's room or gives it back: the window, the band, larger letters, a picture that has come.
    const watcher = new ResizeObserver(() => this.markMore());
    watcher.observe(this.parts.pane);
    watcher.observe(document.getElementById("answers"));
  }

  /** Say so when an item goes on below; the button scrolls for those without a wheel. */
  markMore() {
    const pane = this.parts.pane;
    this.parts.more.hidden = pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 8;
  }

  showMore() {
    this.parts.pane.scrollTop += this.parts.pane.clientHeight * 0.8;
  }

  /** Show one panel and nothing else; the clock at the side stays. */
  show(name) {
    if (this.name === name) return;
    for (const each of PANELS) document.getElementById(each).hidden = each !== name;
    this.main.dataset.panel = name;
    this.name = name;
    const isAlone = name === "pause" || name === "ending" || name === "moved" || name === "loading";
    this.parts.side.hidden = isAlone && name !== "pause";
    this.parts.navigation.hidden = isAlone;
    const heading = document.querySelector(`#${name} [tabindex="-1"]`);
    if (heading) heading.focus({ preventScroll: true });
  }

  item(section, position, total) {
    this.parts.section.textContent = section.dataset.section;
    this.parts.place.textContent = say("place", { position, total });
    this.parts.previous.disabled = position === 1;
    this.parts.next.textContent = say(position === total ? "to_overview" : "next");
    this.parts.pane.scrollTop = 0;
    const isLong = this.parts.pane.scrollHeight > this.parts.pane.clientHeight + 1;
    if (isLong) this.parts.pane.tabIndex = 0;
    else this.parts.pane.removeAttribute("tabindex");
    this.markMore();
    const active = document.activeElement;
    const keeps = active && (active.closest("[data-actions]") || active.closest("#palette"));
    if (!keeps || active.disabled) this.parts.place.focus({ preventScroll: true });
  }

  time(text) {
    if (this.parts.clock.textContent !== text) this.parts.clock.textContent = text;
  }

  counts(counts) {
    this.parts.counts.textContent = say("counts", counts);
  }

  /** The truth about saving, in words, beside the answer. */
  saving(state, isReachable, time) {
    const texts = {
      blank: "",
      saving: say(isReachable ? "saving" : "not_saved_yet"),
      saved: say("saved", { time }),
      late: say("late", { time }),
      quarantined: say("quarantined"),
      refused: say("not_accepted", { code: state.code }),
    };
    const isBad = state.save === "quarantined" || state.save === "refused";
    const kind = state.save === "saving" && !isReachable ? "waiting" : isBad ? "bad" : state.save;
    if (this.parts.saved.textContent !== texts[state.save]) this.parts.saved.textContent = texts[state.save];
    this.parts.saved.dataset.kind = kind;
    this.parts.flag.setAttribute("aria-pressed", String(state.isFlagged));
    this.parts.clear.hidden = state.response.length === 0;
  }

  /** Save a rescue file for the officer who stands here. */
  async rescue(store, owner) {
    const count = canRescue() ? await saveRescue(store, owner) : 0;
    this.tell(canRescue() ? say("rescue_saved", { count }) : say("rescue_needs_tls"));
  }

  band(isReachable, waiting, reason = "") {
    this.contact = [isReachable, waiting];
    this.parts.band.hidden = isReachable && !this.isMemoryOnly;
    this.parts.rescue.hidden = isReachable || !waiting;
    if (reason) this.reason = reason;
    if (isReachable) {
      this.parts.band.textContent = this.isMemoryOnly ? say("band_memory") : "";
      return;
    }
    const start = say(this.reason === "network" || !this.reason ? "band_network" : "band_server");
    const text = `${start} ${this.advice(waiting)}`;
    if (this.parts.band.textContent !== text) this.parts.band.textContent = text;
  }

  advice(waiting) {
    if (!waiting) return say(this.isLocked ? "band_locked_idle" : "band_going_on");
    const code = this.isLocked ? "band_locked" : "band_waiting";
    return say(this.isMemoryOnly ? `${code}_memory` : code, { count: waiting });
  }

  /** Nobody is told to keep working where everything is locked. */
  lockedNow(isLocked) {
    if (this.isLocked === isLocked) return;
    this.isLocked = isLocked;
    this.band(...this.contact);
  }

  memoryOnly() {
    this.isMemoryOnly = true;
    this.band(true, 0);
  }

  ending(title, detail) {
    this.parts["ending-title"].textContent = title;
    this.parts["ending-detail"].textContent = detail;
    this.show("ending");
  }

  /** Say something in passing: it shows for a while and is read out politely. */
  tell(text) {
    this.parts.notice.textContent = text;
    this.parts.notice.hidden = false;
    clearTimeout(this.noticeTimer);
    this.noticeTimer = setTimeout(() => {
      this.parts.notice.textContent = "";
    }, 15000);
  }

  onClick(actions) {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button && !button.disabled && actions[button.dataset.do]) actions[button.dataset.do]();
    });
  }
}
