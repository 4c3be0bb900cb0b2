// The practice item: it behaves like the exam, and each of the four things must be done once.

import { say } from "./page_texts.js";

const form = document.getElementById("practice");
const saved = document.getElementById("practice-saved");
const flag = document.getElementById("practice-flag");
const clear = document.getElementById("practice-clear");
const cell = document.getElementById("practice-cell");
const ready = document.getElementById("ready");
const hint = document.getElementById("ready-hint");
const done = new Set();
let chosen = "";

function did(task) {
  if (done.has(task)) return;
  done.add(task);
  const chip = document.querySelector(`[data-task="${task}"] [data-chip]`);
  chip.className = "chip chip--ok";
  chip.textContent = say("task_done");
  if (done.size === 4 && ready.disabled) {
    ready.disabled = false;
    hint.textContent = say("ready_done");
  }
}

function showSaved() {
  saved.textContent = say("saving");
  saved.dataset.kind = "saving";
  setTimeout(() => {
    saved.textContent = say("practice_saved");
    saved.dataset.kind = "saved";
  }, 300);
}

function draw() {
  cell.classList.toggle("cell--answered", chosen !== "");
  cell.classList.toggle("cell--flagged", flag.getAttribute("aria-pressed") === "true");
  clear.hidden = chosen === "";
}

for (const button of document.querySelectorAll("[data-to]")) {
  button.addEventListener("click", () => {
    for (const id of ["pictures", "practice-panel"]) document.getElementById(id).hidden = id !== button.dataset.to;
    document.querySelector(`#${button.dataset.to} h1`).focus();
  });
  button.disabled = false; // from now on a click does something
}
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", (event) => {
  did(chosen && chosen !== event.target.value ? "change" : "choose");
  chosen = event.target.value;
  showSaved();
  draw();
});
flag.addEventListener("click", () => {
  flag.setAttribute("aria-pressed", String(flag.getAttribute("aria-pressed") !== "true"));
  did("flag");
  showSaved();
  draw();
});
clear.addEventListener("click", () => {
  for (const field of form.elements) if (field.type === "radio") field.checked = false;
  chosen = "";
  did("clear");
  showSaved();
  draw();
  form.elements[1].focus();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || document.getElementById("practice-panel").hidden) return;
  const key = event.key.toLowerCase();
  const index = /^[1-4]$/.test(key) ? Number(key) - 1 : "abcd".indexOf(key.length === 1 ? key : "-");
  const radios = [...form.elements].filter((field) => field.type === "radio");
  if (index >= 0 && radios[index]) radios[index].click();
  else if (key === "r") flag.click();
});
draw();
