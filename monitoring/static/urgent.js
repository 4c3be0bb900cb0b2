// Who needs somebody: the most urgent first, of one kind the newest first, as many as one can take in.

import { board, byId, element, fill, needText, setText, words } from "./room_parts.js";

const urgentLines = new Map();
let showAll = () => undefined;
const MOST_URGENT = 60;
const ranks = new Map(board.urgency.map((code, index) => [code, index]));

function moreUrgent(a, b) {
  return ranks.get(a.needs[0][0]) - ranks.get(b.needs[0][0]) || b.needs[0][1] - a.needs[0][1] || (a.seat || 0) - (b.seat || 0);
}

const moreLine = element("li", "urgent__line urgent__more");
moreLine.append(element("button", "link-button"));
moreLine.firstChild.addEventListener("click", () => showAll());

/** Draw the list from all rows; `onMore` shows everybody where the list ends. */
export function drawUrgent(rows, onMore) {
  showAll = onMore;
  const urgent = [...rows.values()].filter((row) => row.needs.length);
  urgent.sort(moreUrgent);
  const list = byId("urgent");
  setText(byId("urgent-count"), urgent.length ? `(${urgent.length})` : "");
  const wanted = urgent.slice(0, MOST_URGENT).map((row) => {
    let line = urgentLines.get(row.id);
    if (!line) {
      line = element("li", "urgent__line");
      const link = element("a", "urgent__link");
      link.href = `/attempts/${row.id}`;
      link.append(element("span", "urgent__seat number"), element("span", "urgent__who"), element("span", "urgent__why"));
      line.append(link);
      urgentLines.set(row.id, line);
    }
    const [seat, who, why] = line.firstChild.children;
    setText(seat, row.seat === null ? "–" : String(row.seat));
    setText(who, row.name);
    setText(why, needText(row) + (row.needs.length > 1 ? ` +${row.needs.length - 1}` : ""));
    line.dataset.code = row.needs[0][0];
    return line;
  });
  if (!wanted.length) {
    if (!list.querySelector(".urgent__none")) list.replaceChildren(element("li", "urgent__none muted", words.room_none_urgent));
    return;
  }
  if (urgent.length > MOST_URGENT) {
    moreLine.firstChild.textContent = fill("room_more_urgent", { count: urgent.length - MOST_URGENT });
    wanted.push(moreLine);
  }
  wanted.forEach((line, index) => {
    if (list.children[index] !== line) list.insertBefore(line, list.children[index] || null);
  });
  while (list.children.length > wanted.length) list.lastChild.remove();
}

/** Forget the line of somebody who is gone. */
export function forgetUrgent(id) {
  urgentLines.delete(id);
}
