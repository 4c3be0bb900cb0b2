// The seat map: a tile for each seat, at its place in the room.

import { board, byId, element, fill, needText, setText, words } from "./room_parts.js";

export const tiles = new Map();

export function buildSeats() {
  const list = byId("seats");
  const seats = board.plan;
  list.classList.add(seats.length > 240 ? "seats--many" : seats.length > 60 ? "seats--some" : "seats--few");
  byId("room").classList.toggle("room--many", seats.length > 240);
  const columns = Math.max(1, ...seats.map((seat) => seat[1]));
  const hasPlan = seats.length > 1 && columns > 1;
  if (hasPlan) list.style.setProperty("--columns", columns);
  list.classList.toggle("seats--plan", hasPlan);
  for (const [seatNo, column, line, isSpare, isBlocked] of seats) {
    const item = element("li", "seat");
    if (hasPlan) {
      item.style.gridColumn = String(column);
      item.style.gridRow = String(line);
    }
    const link = element("a", "seat__link");
    const top = element("span", "seat__top");
    top.append(element("span", "seat__no", shown(seatNo)), element("span", "mark mark--free"));
    link.append(top, element("span", "seat__name"), element("span", "seat__bar"), element("span", "seat__count"));
    link.querySelector(".seat__bar").append(element("span", "seat__fill"));
    item.append(link);
    list.append(item);
    tiles.set(seatNo, { item, link, name: link.children[1], fill: link.querySelector(".seat__fill"), count: link.children[3], mark: top.children[1], by: null, free: isBlocked ? "blocked" : isSpare ? "spare" : "free" });
    clearTile(tiles.get(seatNo), seatNo);
  }
}
function shown(seatNo) {
  return String(seatNo).padStart(2, "0");
}
export function clearTile(tile, seatNo) {
  const word = { free: words.room_empty, spare: words.room_spare, blocked: words.room_blocked }[tile.free];
  tile.by = null;
  tile.item.className = `seat seat--free seat--is-${tile.free}`;
  tile.mark.className = `mark mark--${tile.free}`;
  tile.link.removeAttribute("href");
  tile.link.setAttribute("aria-label", `${fill("room_seat", { seat: shown(seatNo) })}: ${word}`);
  tile.link.title = word;
  setText(tile.name, tile.free === "free" ? "" : word);
  setText(tile.count, "");
  tile.fill.style.width = "0";
}
export function drawTile(row) {
  const tile = tiles.get(row.seat);
  if (!tile) return;
  tile.by = row.id;
  tile.item.className = `seat seat--${row.state}${row.needs.length ? " seat--needs" : ""}`;
  tile.mark.className = `mark mark--${row.needs.length ? "needs" : row.state}`;
  tile.link.href = `/attempts/${row.id}`;
  setText(tile.name, row.name);
  const isWorking = row.ends !== null || row.ans > 0;
  setText(tile.count, isWorking ? `${row.ans}/${row.n}` : words[`state_${row.state}`]);
  tile.fill.style.width = `${row.n ? Math.round((100 * row.ans) / row.n) : 0}%`;
  const told = `${fill("room_seat", { seat: shown(row.seat) })}, ${row.name}, ${words[`state_${row.state}`]}, ${row.ans}/${row.n}`;
  tile.link.setAttribute("aria-label", told);
  tile.link.title = row.needs.length ? `${told}. ${needText(row)}` : told;
}
