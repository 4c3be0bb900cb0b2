// The registration desk: a scanner may type at any time, the cut-off counts down, a camera takes a picture.

import { startCamera } from "./desk_camera.js";

const search = document.getElementById("wanted");
const main = document.getElementById("main");

// What is typed outside a text field belongs to the search: a scanned number is never lost, and never hits a button.
document.addEventListener("keydown", (event) => {
  const isText = event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select");
  if (isText || event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1 || event.key === " ") {
    return;
  }
  search.value = "";
  search.focus();
});

// Escape goes on to the next person.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("details[open] input:focus")) {
    window.location.assign(main.dataset.desk);
  }
});

const status = document.getElementById("status");
let closesAt = 0;

function read() {
  const band = status.querySelector("[data-registration]");
  const left = Number(band.dataset.left);
  closesAt = left ? performance.now() + left : 0;
  const isOpen = band.dataset.registration === "open";
  for (const form of document.querySelectorAll("form[data-needs-open]")) {
    for (const button of form.querySelectorAll("button")) {
      button.disabled = !isOpen;
    }
  }
  draw();
}

function draw() {
  const shown = status.querySelector("[data-countdown]");
  if (!shown || !closesAt) {
    return;
  }
  const seconds = Math.max(0, Math.ceil((closesAt - performance.now()) / 1000));
  const two = (number) => String(number).padStart(2, "0");
  shown.textContent = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (seconds === 0) {
    closesAt = 0;
    document.body.dispatchEvent(new Event("closing"));
  }
}

if (status) {
  read();
  setInterval(draw, 250);
  status.addEventListener("htmx:afterSwap", read);
}

const first = document.querySelector("[data-focus]");
if (first) {
  first.focus({ preventScroll: true });
}

const camera = document.querySelector("[data-camera]");
if (camera) {
  startCamera(camera);
}
