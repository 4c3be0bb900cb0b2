// The public scoreboard: pages that turn by themselves, changes of rank marked for one page.

const start = JSON.parse(document.getElementById("start").textContent);
const words = start.words;
const byId = (id) => document.getElementById(id);
const STALE_MS = 20000;
let board = start.first;
let shown = 0;
let ranks = new Map();
let moves = new Map();
let lastCame = performance.now();
let isLost = false;

function fill(code, params) {
  return words[code].replace(/\{(\w+)\}/g, (_, name) => params[name]);
}
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
function time(at) {
  return new Date(at + start.zone_ms).toISOString().slice(11, 19);
}

function head() {
  const has = Boolean(board.session);
  byId("title").textContent = has ? board.session.title : words.board_none;
  byId("event").textContent = has ? board.session.event : "";
  const stale = isLost || performance.now() - lastCame > STALE_MS ? `${words.board_stale} · ` : "";
  document.body.classList.toggle("is-stale", Boolean(stale));
  byId("as-of").textContent = has && board.as_of ? stale + fill("board_as_of", { time: time(board.as_of) }) : stale;
  const mark = byId("mark");
  mark.hidden = !has || !board.as_of;
  mark.textContent = board.final ? words.board_final : words.board_provisional;
  mark.classList.toggle("board__mark--final", Boolean(board.final));
}
function columns() {
  const row = byId("columns");
  const made = [
    element("th", "col-rank", words.board_rank),
    element("th", "col-number", words.board_number),
    element("th", "", words.board_name),
  ];
  for (const code of board.sections) made.push(element("th", "col-section n", code));
  made.push(element("th", "col-section n", words.board_answered), element("th", "col-total n", words.board_total));
  for (const each of made) each.scope = "col";
  row.replaceChildren(...made);
}
function line([rank, number, name, points, total, answered, items, isWorking]) {
  const made = element("tr", isWorking ? "is-working" : "");
  const place = element("td", "rank", rank === null ? "–" : String(rank));
  const move = moves.get(number);
  if (move) {
    made.classList.add("is-moved");
    const arrow = element("span", `rank__move${move < 0 ? " rank__move--down" : ""}`, `${move > 0 ? "▲" : "▼"}${Math.abs(move)}`);
    arrow.setAttribute("aria-label", `${move > 0 ? words.board_up : words.board_down} ${Math.abs(move)}`);
    place.append(arrow);
  }
  const person = element("th", "", name || "–");
  person.scope = "row";
  made.append(place, element("td", "number", number), person);
  board.sections.forEach((_, index) => made.append(element("td", "n", points[index] || "–")));
  made.append(element("td", "n", `${answered}/${items}`), element("td", "n total", total || "–"));
  return made;
}
function pages() {
  return Math.max(1, Math.ceil(board.lines.length / start.rows));
}
function draw() {
  head();
  const hasLines = Boolean(board.session) && board.lines.length > 0;
  byId("table").hidden = !hasLines;
  byId("notice").hidden = hasLines;
  if (!hasLines) {
    const isOff = board.session && board.policy === "off";
    byId("notice").textContent = !board.session ? words.board_none : isOff ? words.board_off : words.board_waiting;
    for (const id of ["counts", "thresholds", "page"]) byId(id).textContent = "";
    return;
  }
  columns();
  shown = Math.min(shown, pages() - 1);
  const from = shown * start.rows;
  byId("lines").replaceChildren(...board.lines.slice(from, from + start.rows).map(line));
  byId("counts").textContent = fill("board_counts", board.counts);
  const delayed = board.policy === "delayed" && !board.final && !["CLOSED", "SIGNED"].includes(board.state);
  const thresholds = board.thresholds.length ? fill("board_thresholds", { list: board.thresholds.join(" · ") }) : "";
  byId("thresholds").textContent = [thresholds, delayed ? fill("board_delayed", { minutes: board.step_minutes }) : ""].filter(Boolean).join(" — ");
  byId("page").textContent = fill("board_page", { page: shown + 1, pages: pages() });
}
// Ranks are compared once a turn, so that a change stays marked for one whole page.
function turn() {
  if (board.session) {
    const before = ranks;
    ranks = new Map(board.lines.map((each) => [each[1], each[0]]));
    moves = new Map();
    for (const [number, rank] of ranks) {
      const old = before.get(number);
      if (old && rank && old !== rank) moves.set(number, old - rank);
    }
    shown = (shown + 1) % pages();
  }
  draw();
  if (pages() > 1) {
    const table = byId("table");
    table.classList.remove("turning");
    table.getBoundingClientRect();
    table.classList.add("turning");
  }
}
function connect() {
  const stream = new EventSource(start.events);
  stream.addEventListener("board", (event) => {
    board = JSON.parse(event.data);
    lastCame = performance.now();
    isLost = false;
    draw();
  });
  stream.addEventListener("error", () => {
    isLost = true;
    head();
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
}

if (board.session) ranks = new Map(board.lines.map((each) => [each[1], each[0]]));
if (!board.lines) board.lines = [];
draw();
connect();
setInterval(turn, start.turns_ms);
setInterval(head, 1000);
