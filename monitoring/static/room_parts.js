// What all parts of the room page share: the words, the clocks, and small ways to draw.

export const board = JSON.parse(document.getElementById("board").textContent);
export const words = board.words;
export const byId = (id) => document.getElementById(id);
export const STALE_MS = 4000;
export const live = { head: null, came: 0 };

export const LOOK = {
  SCHEDULED: "wait", REGISTERED: "wait", SEATED: "wait", READY: "ready", RUNNING: "active", PAUSED: "pause",
  FINISHED: "ok", TIMED_OUT: "ok", FORCE_CLOSED: "warn", ABSENT: "off", FORFEITED: "off", DISQUALIFIED: "danger", VOIDED: "off",
};
export const SITTING_LOOK = { PREPARED: "wait", REGISTERING: "wait", RUNNING: "active", PAUSED: "pause", CLOSED: "off", SIGNED: "ok" };
export const STATES = Object.keys(LOOK);

export function fill(code, params) {
  return words[code].replace(/\{(\w+)\}/g, (_, name) => params[name]);
}
export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
export function time(at) {
  return at ? new Date(at + board.zone_ms).toISOString().slice(11, 19) : "–";
}
export function duration(milliseconds) {
  const seconds = Math.ceil(Math.max(0, milliseconds) / 1000);
  const two = (value) => String(value).padStart(2, "0");
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
export function short(milliseconds) {
  const text = duration(milliseconds);
  return text.startsWith("00:") ? text.slice(3) : text;
}
// The exam clock goes on between two frames, but never on its own for long: no frames, no time.
export function clockNow() {
  const since = live.head.state === "RUNNING" ? Math.min(performance.now() - live.came, STALE_MS) : 0;
  return live.head.clock + since;
}
export function serverNow() {
  return live.head.at + Math.min(performance.now() - live.came, STALE_MS);
}
export function left(row) {
  // Somebody paused alone has a clock that stands still while the room's goes on.
  return row.ends === null ? null : Math.max(0, row.ends - (row.stop === null ? clockNow() : row.stop));
}
export function needText(row) {
  const [code, value] = row.needs[0];
  if (code === "LOST") return value < 0 ? words.room_never_seen : fill("need_LOST", { since: short(serverNow() - value) });
  if (code === "INTERRUPTED") return fill("need_INTERRUPTED", { time: short(value) });
  if (code === "ELSEWHERE" || code === "COPIED" || code === "HELD") return fill(`need_${code}`, { time: time(value) });
  return fill(`need_${code}`, { count: value });
}
