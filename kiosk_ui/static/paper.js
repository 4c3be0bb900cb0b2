// The paper: everything a participant does between the start and the end, without waiting for the network.

import { ExamClock, extraTime } from "./clock.js";
import { fetchState, Heartbeat, isOver, isStale, listen } from "./live.js";
import { Outbox } from "./outbox.js";
import { openOverview } from "./overview.js";
import { endingCode, say, timeOfDay } from "./page_texts.js";
import { Palette } from "./palette.js";
import { PaperItems } from "./paper_items.js";
import { bindKeys } from "./paper_keys.js";
import { PaperMedia } from "./paper_media.js";
import { PaperScreen } from "./paper_screen.js";
import { Place } from "./place.js";
import { openStore } from "./store.js";
import { openTabs } from "./tabs.js";

const main = document.getElementById("paper");
const owner = { attempt: main.dataset.attempt, epoch: 0 };
const screen = new PaperScreen(main);
const items = new PaperItems(document.getElementById("answers"), answered);
const media = new PaperMedia(document.getElementById("answers"), () => stopped("signed-out"));
const palette = new Palette(document.getElementById("palette"), go, say);
const clock = new ExamClock({
  onTick: (text) => screen.time(text),
  onNotice: (minutes) => screen.tell(say("minutes_left", { minutes })),
  onZero: atZero,
  onNotZero: applyLocks,
});
const openFinish = openOverview({ items, say, go, finish, show: (name) => screen.show(name), block: () => known.block });

let known = null; // the server's last word
let store = null;
let outbox = null;
let heartbeat = null;
let tabs = { tell: () => undefined };
let current = 1;
let waiting = 0;
let lostFocus = 0;
let isReachable = true;
let wasAway = false;
let isEnding = false;
let isStopped = false;
let wallOffsetMs = 0; // the server's wall clock less this page's own
let place = null;

const hooks = {
  onReceipt: received,
  onLive: heard,
  onContact: contact,
  onCount: counted,
  onFenced: () => stopped("moved"),
  onSignedOut: () => stopped("signed-out"),
  onMemoryOnly: () => screen.memoryOnly(),
  controlNo: () => (known ? known.control_no : 0),
  onBeat: () => place.told(),
  isUrgent: () => clock.isAtZero || isEnding,
};

async function boot() {
  media.start();
  store = await openStore(backToStore);
  if (!store.isDurable) screen.memoryOnly();
  const { state, rttMs } = await fetchState(
    (reason) => contact(false, reason),
    () => location.replace("/"),
  );
  if (state.attempt !== owner.attempt) {
    location.replace("/");
    return;
  }
  owner.epoch = state.epoch;
  wallOffsetMs = state.server_time_ms - (performance.now() - rttMs / 2);
  outbox = new Outbox(store, owner, state.last_seq, hooks);
  await outbox.adopt();
  await merge(state);
  tabs = openTabs(owner.attempt, heardFromTab);
  heartbeat = new Heartbeat(report, hooks);
  place = new Place(store, owner, clock);
  go((await place.open(items.total, state.rescue)) || items.firstOf(state.block));
  items.states.forEach((_, index) => refresh(index + 1));
  clock.start();
  contact(true, "");
  heard(state, rttMs);
  heartbeat.start();
  listen({ onControl: (live) => heard(live, 0), onOpen: () => heartbeat.plan(0), onGone: gone });
  await outbox.count();
  outbox.kick();
}

/** The store that was too slow has opened: begin anew with it, once nothing waits in memory. */
function backToStore() {
  if (waiting === 0 && outbox && !items.states.some((state) => state.adding)) location.reload();
  else setTimeout(backToStore, 1000);
}

/** The server's answers, overlaid with what this PC holds and the server has not seen. */
async function merge(state) {
  for (const answer of state.answers) {
    items.put(answer.position, answer.response, answer.is_flagged);
    Object.assign(items.state(answer.position), { save: "saved", atMs: answer.saved_at_ms });
  }
  for (const each of await store.waiting(owner)) {
    if (each.kind === "finish") isEnding = true;
    if (each.kind !== "answer" || each.seq <= state.last_seq) continue;
    items.put(each.position, each.response, each.is_flagged);
    Object.assign(items.state(each.position), { save: "saving", seq: each.seq });
  }
}

async function answered(position) {
  const state = items.state(position);
  const content = { position, response: [...state.response], is_flagged: state.isFlagged };
  state.save = "saving";
  state.adding += 1;
  refresh(position);
  tabs.tell({ kind: "answer", ...content });
  place.keep(position);
  const stored = await outbox.add({ kind: "answer", ...content, claimed_clock_ms: clock.claimedMs(), control_no: hooks.controlNo() });
  state.adding -= 1;
  state.seq = stored.seq;
}

function received(command, receipt, savedAtMs) {
  if (command.kind === "answer") {
    const state = items.state(command.position);
    if (state.adding || state.seq > command.seq) return; // a newer one is on its way
    const news = { save: receipt.outcome, code: receipt.code || "", atMs: savedAtMs || wallOffsetMs + performance.now() };
    Object.assign(state, news);
    refresh(command.position);
    tabs.tell({ kind: "receipt", position: command.position, ...news });
  } else if (receipt.outcome === "refused" || receipt.outcome === "quarantined") {
    isEnding = false;
    screen.show("items");
    screen.tell(say("finish_refused"));
    applyLocks();
  }
}

function heardFromTab(news) {
  const state = items.state(news.position);
  if (news.kind === "answer") {
    items.put(news.position, news.response, news.is_flagged);
    state.save = "saving";
  } else {
    Object.assign(state, { save: news.save, code: news.code, atMs: news.atMs });
  }
  refresh(news.position);
}

/** The server's word on time and control, from whichever way it came. */
function heard(live, rttMs) {
  if (isStopped || !live || isStale(live, known)) return;
  if (live.epoch > owner.epoch) {
    stopped("moved");
    return;
  }
  const before = known;
  const expected = clock.remainingMs();
  known = live;
  clock.sync(live, rttMs);
  if (isOver(live.state)) {
    end(live.state);
  } else if (live.state === "PAUSED") {
    screen.show("pause");
  } else if (live.state === "RUNNING") {
    running(before, live, expected);
  } else {
    location.replace("/");
  }
  applyLocks();
}

function running(before, live, expectedMs) {
  const isNewBlock = before && before.block !== live.block;
  if (isNewBlock) {
    isEnding = false;
    screen.show("items");
    go(items.firstOf(live.block));
    screen.tell(say("block_opened"));
  } else if (before && live.remaining_ms > expectedMs + 20000) {
    screen.tell(wasAway ? say("time_adjusted") : say(...extraTime(live.remaining_ms - expectedMs)));
  }
  wasAway = !isReachable;
  if (isEnding) showEnding("ending_sending");
  else if (screen.name === "pause" || screen.name === "ending") screen.show("items");
}

function atZero() {
  items.finishTyping();
  screen.tell(say("zero_waiting"));
  applyLocks();
  if (heartbeat) heartbeat.soon();
}

/** The attempt is over: deliver what is left, then on to the result without a click. */
function end(state) {
  if (!isEnding && endingCode(state) !== "ending_decided") items.finishTyping();
  isEnding = true;
  showEnding(endingCode(state));
  outbox.hurry();
  leaveWhenEmpty();
}

async function finish(kind) {
  items.finishTyping();
  isEnding = true;
  showEnding("ending_sending");
  applyLocks();
  await outbox.add({ kind, position: 0, response: [], is_flagged: false, claimed_clock_ms: clock.claimedMs(), control_no: hooks.controlNo() });
}

function leaveWhenEmpty() {
  if (waiting === 0 && known && isOver(known.state) && !items.states.some((state) => state.adding)) {
    isStopped = true;
    location.replace("/result");
  }
}

function showEnding(code) {
  screen.ending(say(code), waiting ? say("ending_waiting", { count: waiting }) : "");
}

function counted(count) {
  waiting = count;
  screen.band(isReachable, waiting);
  if (isEnding && known) showEnding(isOver(known.state) ? endingCode(known.state) : "ending_sending");
  if (isEnding) leaveWhenEmpty();
}

function contact(isUp, reason) {
  const isBack = isUp && !isReachable;
  isReachable = isUp;
  if (!isUp) wasAway = true;
  screen.band(isUp, waiting, reason);
  refresh(current);
  if (isBack && outbox) outbox.hurry();
  else if (isUp && outbox) outbox.kick();
}

function stopped(name) {
  isStopped = true;
  media.stop();
  if (outbox) outbox.stop();
  if (heartbeat) heartbeat.stop();
  items.lock(true, 0);
  screen.band(true, 0);
  if (name === "signed-out" || store.isDurable) location.replace("/");
  else screen.show(name);
}

/** Moved to another seat, or the room was released: send what is left, then ask where to go. */
function gone() {
  items.lock(true, 0);
  outbox.hurry();
  heartbeat.plan(waiting ? 1500 : 0);
}

function applyLocks() {
  if (!known) return;
  screen.lockedNow(isEnding || clock.isAtZero);
  items.lock(isEnding || isStopped || clock.isAtZero || known.state !== "RUNNING", known.block);
  items.states.forEach((_, index) => refresh(index + 1));
}

function go(position) {
  items.finishTyping();
  current = position;
  items.show(position);
  palette.mark(position);
  screen.item(items.section(position), position, items.total);
  if (screen.name !== "items" && screen.name !== "pause") screen.show("items");
  refresh(position);
  place.keep(position);
}

function next() {
  if (current < items.total) go(current + 1);
  else openFinish("finish");
}

function refresh(position) {
  const state = items.state(position);
  palette.update(position, state, known !== null && items.block(position) !== known.block);
  if (position === current) screen.saving(state, isReachable, timeOfDay(state.atMs, screen.utcOffsetMs));
  screen.counts(items.counts());
}

function report() {
  return {
    v: 1,
    epoch: owner.epoch,
    position: current,
    unsent: waiting,
    offline_ready: media.isComplete,
    lost_focus: lostFocus,
    control_no: hooks.controlNo(),
    worked_clock_ms: place.workedClockMs,
  };
}

const canAnswer = () => screen.name === "items" && known !== null && !items.section(current).querySelector("fieldset").disabled;

screen.onClick({
  next,
  previous: () => current > 1 && go(current - 1),
  flag: () => canAnswer() && items.toggleFlag(current),
  more: () => screen.showMore(),
  clear: () => canAnswer() && items.clear(current),
  finish: () => openFinish("finish"),
  rescue: () => screen.rescue(store, owner),
  "finish-block": () => openFinish("finish_block"),
});
bindKeys({ items, screen, canAnswer, current: () => current, next, previous: () => current > 1 && go(current - 1) });
window.addEventListener("blur", () => {
  lostFocus += 1;
});
window.addEventListener("online", () => outbox && outbox.hurry());
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
boot();
