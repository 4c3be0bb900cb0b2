// The result comes by itself: first what this PC still holds goes to the server, then the score replaces the waiting
// words. A score is never asked for before that: it could lack an answer that counts. The event stream tells when it is
// there; asking now and then is for those whose stream does not come through.

import { fetchState, listen } from "./live.js";
import { Outbox } from "./outbox.js";
import { openStore } from "./store.js";

const ASK_MS = 1000;
const SELDOM = 5;
const main = document.getElementById("main");
const band = document.getElementById("undelivered");
const box = document.getElementById("score");
const owner = { attempt: main.dataset.attempt, epoch: Number(main.dataset.epoch) };
let isDelivered = false;
let isTold = false;
let isHearing = false;
let ticks = 0;
let isShown = false;
let isAsking = false;

async function ask() {
  if (!isDelivered || isShown || isAsking) return;
  isAsking = true;
  try {
    const response = await fetch("/score", { headers: { accept: "text/html" }, cache: "no-store" });
    if (response.status === 200) {
      box.innerHTML = await response.text();
      isShown = true;
    } else if (response.status === 202 && isTold) {
      isHearing = false; // a late answer has overtaken the score that was told of
    } else if (response.status === 401) {
      location.replace("/");
    }
  } catch (error) {
    console.info("the score cannot be asked for yet", error);
  } finally {
    isAsking = false;
  }
}

function counted(count) {
  band.hidden = count === 0;
  band.textContent = count ? band.dataset.text.replace("{count}", String(count)) : "";
  isDelivered = count === 0;
  if (isTold) ask();
}

function told() {
  isTold = true;
  ask();
}

/** Deliver what this PC still holds of the attempt, e.g. after it was switched off at the end. */
async function deliver() {
  const store = await openStore();
  const leave = () => location.replace("/");
  if (!(await store.waiting(owner)).length) {
    counted(0);
    return;
  }
  const { state } = await fetchState(() => undefined, leave);
  if (state.attempt !== owner.attempt || state.epoch !== owner.epoch) {
    leave();
    return;
  }
  const nothing = () => undefined;
  const outbox = new Outbox(store, owner, state.last_seq, {
    onReceipt: nothing,
    onLive: nothing,
    onContact: nothing,
    onCount: counted,
    onFenced: leave,
    onSignedOut: leave,
    onMemoryOnly: nothing,
    controlNo: () => state.control_no,
  });
  if (await outbox.count()) outbox.kick();
}

/** Time granted after the end lets the attempt run again: back to the paper. A decision takes the score away. */
function followed(live) {
  isHearing = true;
  if (live.state === "RUNNING" || live.state === "PAUSED") location.replace("/paper");
  if (live.state === "DISQUALIFIED" || live.state === "VOIDED") location.replace("/result");
}

function lost() {
  isHearing = false;
}

function tick() {
  ticks += 1;
  if (!isHearing || ticks % SELDOM === 0) ask();
}

listen({ onControl: followed, onScore: told, onLost: lost, onGone: () => location.replace("/") });
setInterval(tick, ASK_MS + Math.random() * ASK_MS);
deliver();
