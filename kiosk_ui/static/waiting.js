// Before the start: the page goes on by itself, by events, or by asking every three seconds where they do not come.

import { isOver, listen } from "./live.js";
import { getJson } from "./outbox.js";

const ASK_MS = 3000;
const QUIET_MS = 15000;
const line = document.getElementById("line");
let heardAt = -Infinity;
let isGone = false;

function leave(path) {
  if (isGone) return;
  isGone = true;
  location.replace(path);
}

function heard(live) {
  heardAt = performance.now();
  if (live.state === "RUNNING" || live.state === "PAUSED") leave("/paper");
  else if (isOver(live.state)) leave("/");
}

function tellLine(isUp) {
  if (line) line.textContent = isUp ? "" : line.dataset.lost;
}

async function ask() {
  if (isGone) return;
  if (performance.now() - heardAt > QUIET_MS) {
    try {
      const reply = await getJson("/state");
      tellLine(reply.status < 500);
      if (reply.status === 200) heard(reply.body);
      else if (reply.status === 401) leave("/");
      heardAt = -Infinity; // a reply is no event: keep asking until the events are back
    } catch (error) {
      tellLine(false);
    }
  }
  setTimeout(ask, ASK_MS * (0.8 + Math.random() * 0.4));
}

listen({
  onControl: heard,
  onGone: () => leave("/"),
  onOpen: () => {
    heardAt = performance.now();
    tellLine(true);
  },
  onLost: () => {
    heardAt = -Infinity;
  },
});
setTimeout(ask, ASK_MS);
