// The texts of a page, written into it by the server in the participant's language.

const texts = JSON.parse(document.getElementById("texts").textContent);

/** Return a text with its `{names}` filled in. */
export function say(code, values = {}) {
  if (!(code in texts)) throw new Error(`no text ${code}`);
  return texts[code].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Time of day at the site, `hh:mm:ss`, of UTC milliseconds. */
export function timeOfDay(atMs, utcOffsetMs) {
  return new Date(atMs + utcOffsetMs).toISOString().slice(11, 19);
}

/** The code of what is said when an attempt ends in this state. */
export function endingCode(state) {
  if (state === "DISQUALIFIED" || state === "VOIDED") return "ending_decided";
  return state === "FINISHED" ? "ending_finished" : "ending_time_up";
}
