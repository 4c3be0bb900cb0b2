// The room, live. The page starts from a whole frame; the stream then brings only rows that changed.
// Frames are numbered: on a gap the stream is opened again, and begins with everything.

import {
  LOOK, SITTING_LOOK, STALE_MS, STATES, board, byId, clockNow, duration, element, fill, left, live, needText, serverNow,
  setText, short, time, words,
} from "./room_parts.js";
import "./confirm.js";
import { buildSeats, clearTile, drawTile, tiles } from "./seat_map.js";
import { drawUrgent, forgetUrgent } from "./urgent.js";

const rows = new Map();
const lines = new Map();
const view = { sort: "needs", isDown: false, text: "", state: "", need: "", tab: localStorage.getItem("room-tab") || "map" };
let number = -1;
let lastCame = 0;
let stream = null;

const RETRY_MS = 1500;

function connection(row) {
  if (row.off === 0) return ["RUNNING", "PAUSED", "SEATED", "READY"].includes(row.state) ? words.room_connected : words.conn_none;
  return row.off < 0 ? words.room_never_seen : fill("room_lost", { since: short(serverNow() - row.off) });
}

// Table

function buildLine(row) {
  const line = element("tr");
  const cells = {};
  const add = (name, className) => {
    cells[name] = element(name === "name" ? "th" : "td", className);
    line.append(cells[name]);
  };
  add("seat", "table__number");
  add("name");
  cells.name.scope = "row";
  const link = element("a", "target");
  link.href = `/attempts/${row.id}`;
  link.title = row.name;
  cells.name.append(link, element("span", "small muted number row-no"));
  add("state");
  cells.state.append(element("span", "chip"));
  add("off");
  for (const name of ["ans", "pos", "left"]) add(name, "table__number");
  for (let index = 0; index < byId("columns").children.length - 9; index += 1) add(`sec${index}`, "table__number");
  add("sum", "table__number total");
  add("saved", "table__number");
  line.addEventListener("click", (event) => {
    if (!event.target.closest("a") && !String(getSelection())) location.href = link.href;
  });
  return { line, cells };
}
function drawLine(row) {
  let made = lines.get(row.id);
  if (!made) {
    made = buildLine(row);
    lines.set(row.id, made);
  }
  const { line, cells } = made;
  line.className = row.needs.length ? "needs" : "";
  setText(cells.seat, row.seat === null ? "–" : String(row.seat));
  setText(cells.name.children[0], row.name);
  setText(cells.name.children[1], row.no + (row.acc ? ` · ${row.acc}` : ""));
  const chip = cells.state.firstChild;
  chip.className = `chip chip--${LOOK[row.state]}`;
  setText(chip, words[`state_${row.state}`]);
  setText(cells.ans, `${row.ans}/${row.n}`);
  setText(cells.pos, row.pos ? String(row.pos) : "–");
  row.sec.forEach((points, index) => setText(cells[`sec${index}`], points));
  setText(cells.sum, row.sum || "–");
  setText(cells.saved, time(row.saved));
  drawMoving(row);
}
function drawMoving(row) {
  const made = lines.get(row.id);
  const remaining = left(row);
  setText(made.cells.left, remaining === null ? "–" : short(remaining));
  const isOther = row.needs.length && row.needs[0][0] !== "LOST";
  setText(made.cells.off, isOther ? needText(row) : connection(row));
  made.cells.off.className = row.off ? "is-lost" : "";
}
const KEYS = {
  needs: (row) => [row.needs.length ? 0 : 1, row.seat === null ? 1e6 : row.seat],
  seat: (row) => [row.seat === null ? 1e6 : row.seat],
  name: (row) => [row.name.toLowerCase()],
  state: (row) => [STATES.indexOf(row.state), row.seat || 0],
  off: (row) => [row.off === 0 ? 1 : 0, row.off],
  ans: (row) => [row.ans],
  pos: (row) => [row.pos],
  left: (row) => [row.ends === null ? 1e15 : row.ends],
  sum: (row) => [row.sum === "" ? -1 : Number(row.sum)],
  saved: (row) => [row.saved],
};
function keyOf(row) {
  if (view.sort.startsWith("sec")) return [Number(row.sec[Number(view.sort.slice(3))] || -1)];
  return KEYS[view.sort](row);
}
function compare(one, other) {
  const [a, b] = [keyOf(one), keyOf(other)];
  for (let index = 0; index < a.length; index += 1) {
    if (a[index] < b[index]) return view.isDown ? 1 : -1;
    if (a[index] > b[index]) return view.isDown ? -1 : 1;
  }
  return one.no < other.no ? -1 : 1;
}
function isShown(row) {
  if (view.state === "needs" ? !row.needs.length : view.need ? !row.needs.some((need) => need[0] === view.need) : view.state && row.state !== view.state) return false;
  return !view.text || `${row.seat} ${row.name} ${row.no}`.toLowerCase().includes(view.text);
}
function arrange() {
  const shown = [...rows.values()].filter(isShown).sort(compare);
  const body = byId("rows");
  const wanted = shown.map((row) => lines.get(row.id).line);
  wanted.forEach((line, index) => {
    if (body.children[index] !== line) body.insertBefore(line, body.children[index] || null);
  });
  while (body.children.length > wanted.length) body.lastChild.remove();
  for (const row of rows.values()) {
    const tile = tiles.get(row.seat);
    if (tile && tile.by === row.id) tile.item.classList.toggle("seat--dim", !isShown(row));
  }
  setText(byId("shown"), fill("room_shown", { shown: shown.length, all: rows.size }));
  for (const column of byId("columns").children) {
    const isHere = column.dataset.sort === view.sort;
    column.setAttribute("aria-sort", isHere ? (view.isDown ? "descending" : "ascending") : "none");
  }
}

// Head

function drawHead() {
  const chip = byId("state");
  chip.className = `chip chip--${SITTING_LOOK[live.head.state]}`;
  setText(chip, words[`sitting_${live.head.state}`]);
  for (const each of document.querySelectorAll("[data-states]")) each.hidden = !each.dataset.states.split(" ").includes(live.head.state);
  const counts = byId("counts");
  const parts = STATES.filter((state) => live.head.counts[state]).map((state) => [live.head.counts[state], words[`state_${state}`], LOOK[state], state]);
  if (live.head.lost) parts.push([live.head.lost, words.room_lost_count, "danger", "need LOST"]);
  if (live.head.unsaved) parts.push([live.head.unsaved, words.room_unsaved_count, "warn", "need UNSAVED"]);
  counts.replaceChildren(...parts.map(([count, word, look, wanted]) => {
    const item = element("li");
    const button = element("button", "count");
    button.dataset.filter = wanted;
    button.setAttribute("aria-pressed", String(wanted === view.state));
    button.append(element("strong", "number", String(count)), element("span", `chip chip--${look}`, word));
    item.append(button);
    return item;
  }));
}
function drawClocks() {
  if (!live.head) return;
  const isRunning = live.head.ends !== null && ["RUNNING", "PAUSED"].includes(live.head.state);
  const toStart = live.head.start && ["PREPARED", "REGISTERING"].includes(live.head.state) ? live.head.start - serverNow() : null;
  setText(byId("clock"), isRunning ? duration(live.head.ends - clockNow()) : toStart !== null && toStart > 0 ? duration(toStart) : "–");
  setText(byId("clock-label"), words[isRunning || toStart === null ? "time_left" : "to_start"]);
  for (const row of rows.values()) if (row.ends !== null || row.off) drawMoving(row);
  drawUrgent(rows, () => {
    show("table");
    filter("needs");
  });
  const isStale = performance.now() - lastCame > STALE_MS;
  const band = byId("stale");
  if (band.hidden === isStale) band.hidden = !isStale;
  if (isStale) setText(band, fill("room_stale", { time: time(live.head.at) }));
  setText(byId("as-of"), fill("as_of", { time: time(live.head.at) }));
}

// Frames

function take(message) {
  if (message.full) {
    for (const id of [...rows.keys()]) if (!message.rows.some((row) => row.id === id)) drop(id);
  } else if (message.n !== number + 1) {
    connect();
    return;
  }
  number = message.n;
  const hasNewHead = !live.head || live.head.state !== message.head.state || JSON.stringify([live.head.counts, live.head.lost, live.head.unsaved]) !== JSON.stringify([message.head.counts, message.head.lost, message.head.unsaved]);
  live.head = message.head;
  live.came = lastCame = performance.now();
  for (const id of message.gone) drop(id);
  for (const row of message.rows) {
    const before = rows.get(row.id);
    if (before && before.seat !== row.seat && before.seat !== null) {
      const tile = tiles.get(before.seat);
      if (tile && tile.by === row.id) clearTile(tile, before.seat);
    }
    rows.set(row.id, row);
    if (row.seat !== null) drawTile(row);
    drawLine(row);
  }
  if (hasNewHead) drawHead();
  if (message.rows.length || message.gone.length) arrange();
  drawClocks();
}
function drop(id) {
  const row = rows.get(id);
  rows.delete(id);
  forgetUrgent(id);
  const made = lines.get(id);
  if (made) made.line.remove();
  lines.delete(id);
  const tile = row && tiles.get(row.seat);
  if (tile && tile.by === id) clearTile(tile, row.seat);
}
function connect() {
  if (stream) stream.close();
  stream = new EventSource(board.events);
  stream.addEventListener("room", (event) => take(JSON.parse(event.data)));
  stream.addEventListener("error", () => {
    // A refused stream (signed out, server restarting) is not tried again by the browser itself.
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
  });
}

// What the officer does with the page

function show(tab) {
  view.tab = tab;
  localStorage.setItem("room-tab", tab);
  byId("room").classList.toggle("room--table", tab === "table");
  for (const each of ["map", "table"]) {
    byId(each).hidden = each !== tab;
    byId(`tab-${each}`).setAttribute("aria-selected", String(each === tab));
    byId(`tab-${each}`).tabIndex = each === tab ? 0 : -1;
  }
}
for (const tab of ["map", "table"]) {
  byId(`tab-${tab}`).addEventListener("click", () => show(tab));
  byId(`tab-${tab}`).addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = tab === "map" ? "table" : "map";
    show(other);
    byId(`tab-${other}`).focus();
  });
}
for (const column of byId("columns").children) {
  const button = element("button", "sort", column.textContent);
  column.replaceChildren(button);
  button.addEventListener("click", () => {
    view.isDown = view.sort === column.dataset.sort && !view.isDown;
    view.sort = column.dataset.sort;
    arrange();
  });
}
byId("filter-text").addEventListener("input", (event) => {
  view.text = event.target.value.trim().toLowerCase();
  arrange();
});
function filter(value) {
  byId("filter-state").value = value;
  view.need = value.startsWith("need ") ? value.slice(5) : "";
  view.state = value;
  for (const button of byId("counts").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.filter === value));
  arrange();
}
byId("filter-state").addEventListener("change", (event) => filter(event.target.value));
byId("counts").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) filter(button.dataset.filter === view.state ? "" : button.dataset.filter);
});

buildSeats();
show(view.tab);
take(board.first);
arrange();
connect();
setInterval(drawClocks, 500);
