// Fast typing: Enter assigns and moves on to the next free seat. A click on a code, then on a seat, does the same.

const form = document.getElementById("enrol-line");
const seat = document.getElementById("enrol-seat");
const code = document.getElementById("enrol-code");
const lines = document.getElementById("enrol-lines");
const now = document.getElementById("enrol-now");

form.addEventListener(
  "submit",
  () => {
    lines.value = `${seat.value.trim()} ${code.value.trim()}`;
  },
  true,
);

now.addEventListener("click", (event) => {
  const picked = event.target.closest("button");
  if (!picked) return;
  if (picked.dataset.code) {
    code.value = picked.dataset.code;
    code.focus();
  } else if (picked.dataset.seat) {
    seat.value = picked.dataset.seat;
    if (code.value) form.requestSubmit();
    else code.focus();
  }
});

form.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) {
    const map = now.querySelector("[data-next]");
    seat.value = map && map.dataset.next !== "0" ? map.dataset.next : "";
    code.value = "";
  }
  code.focus();
  code.select();
});

/** Seats stand as in the room: columns and rows of the plan. */
function layOut() {
  const map = now.querySelector(".enrol-seats");
  if (!map) return;
  map.style.setProperty("--columns", map.dataset.columns);
  for (const each of map.querySelectorAll("[data-seat]")) {
    each.parentElement.style.gridColumn = each.dataset.column;
    each.parentElement.style.gridRow = each.dataset.row;
  }
}

now.addEventListener("htmx:afterSwap", layOut);
layOut();
