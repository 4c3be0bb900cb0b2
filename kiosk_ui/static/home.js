// The address of the app while the server is away: says so, counts what waits on this PC, and goes on by itself.

import { getJson } from "./outbox.js";
import { canRescue, saveRescue } from "./rescue.js";
import { openStore } from "./store.js";

const QUIET_MS = 1500; // an ordinary start shows nothing
const AGAIN_MS = 1500;
const main = document.getElementById("main");

async function isUp() {
  try {
    return (await getJson("/up")).status === 200;
  } catch (error) {
    return false;
  }
}

/** How many answers have no receipt, of whomever. */
async function waiting() {
  const store = await openStore();
  let count = 0;
  for (const owner of await store.owners()) count += (await store.waiting(owner)).length;
  return count;
}

async function tell() {
  main.hidden = false;
  const count = await waiting();
  for (const line of document.querySelectorAll("[data-waiting]")) {
    line.hidden = count === 0;
    line.textContent = line.dataset.waiting.replace("{count}", String(count));
  }
  for (const line of document.querySelectorAll("[data-rescue]")) line.hidden = count === 0;
}

/** Save a rescue file for every owner of whom something waits. */
async function rescue(line) {
  let count = 0;
  if (canRescue()) {
    const store = await openStore();
    for (const owner of await store.owners()) count += await saveRescue(store, owner);
  }
  const said = canRescue() ? line.dataset.saved.replace("{count}", String(count)) : line.dataset.needsTls;
  line.querySelector("[role=status]").textContent = said;
}

for (const line of document.querySelectorAll("[data-rescue]")) {
  line.querySelector("button").addEventListener("click", () => rescue(line));
}

async function goOn() {
  const timer = setTimeout(() => tell().catch((error) => console.info("not counted", error)), QUIET_MS);
  while (!(await isUp())) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS * (0.7 + Math.random() * 0.6)));
  clearTimeout(timer);
  location.replace("/go");
}

goOn();
