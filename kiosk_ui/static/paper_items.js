// The items on the page: which one shows, what is chosen in each, and how its saving stands.

const TYPING_PAUSE_MS = 700;

/** All items. `save` of a state is one of blank, saving, saved, late, quarantined, refused. */
export class PaperItems {
  /** `onAnswer(position)` is called when a person changed something. */
  constructor(form, onAnswer) {
    this.sections = [...form.querySelectorAll("[data-position]")];
    this.total = this.sections.length;
    this.onAnswer = onAnswer;
    this.states = this.sections.map(() => ({
      response: [],
      isFlagged: false,
      save: "blank",
      code: "",
      atMs: 0,
      seq: 0,
      adding: 0,
    }));
    this.typing = new Map();
    form.addEventListener("change", (event) => this.changed(event.target));
    form.addEventListener("input", (event) => this.typed(event.target));
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  state(position) {
    return this.states[position - 1];
  }

  section(position) {
    return this.sections[position - 1];
  }

  block(position) {
    return Number(this.section(position).dataset.block);
  }

  /** Return the position at which a timed block begins. */
  firstOf(block) {
    const index = this.sections.findIndex((_, place) => this.block(place + 1) === block);
    return index < 0 ? 1 : index + 1;
  }

  fields(position) {
    return [...this.section(position).querySelectorAll("input, select")];
  }

  show(position) {
    this.sections.forEach((section, index) => {
      section.hidden = index !== position - 1;
    });
  }

  /** Put a stored state on the page without telling anybody. */
  put(position, response, isFlagged) {
    const state = this.state(position);
    state.response = [...response];
    state.isFlagged = isFlagged;
    for (const field of this.fields(position)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = response.includes(field.value);
      else if (field.tagName === "SELECT") field.value = selected(field, response);
      else if (document.activeElement !== field || field.value === "") field.value = response[0] || "";
    }
  }

  clear(position) {
    this.forgetTyping(position);
    for (const field of this.fields(position)) if (field.tagName === "INPUT" && field.type === "text") field.value = "";
    this.put(position, [], this.state(position).isFlagged);
    this.onAnswer(position);
  }

  toggleFlag(position) {
    this.forgetTyping(position);
    this.take(position);
    this.state(position).isFlagged = !this.state(position).isFlagged;
    this.onAnswer(position);
  }

  /** Choose (or, with several allowed, toggle) the n-th option. Tells whether there was one. */
  choose(position, index) {
    const fields = this.fields(position).filter((field) => field.type === "radio" || field.type === "checkbox");
    const field = fields[index];
    if (!field || field.disabled) return false;
    field.checked = field.type === "radio" ? true : !field.checked;
    field.focus();
    this.changed(field);
    return true;
  }

  /** Move the choice up or down by one, as arrow keys do. */
  step(position, by) {
    const radios = this.fields(position).filter((field) => field.type === "radio");
    if (!radios.length) return false;
    const now = radios.findIndex((field) => field.checked);
    const next = now < 0 ? (by > 0 ? 0 : radios.length - 1) : (now + by + radios.length) % radios.length;
    return this.choose(position, next);
  }

  lock(isLocked, openBlock) {
    this.sections.forEach((section, index) => {
      const isOpen = this.block(index + 1) === openBlock;
      section.querySelector("fieldset").disabled = isLocked || !isOpen;
      section.querySelector("[data-content]").hidden = !isOpen;
      section.querySelector("[data-closed-note]").hidden = isOpen;
    });
  }

  changed(field) {
    const position = positionOf(field);
    if (!position) return;
    this.forgetTyping(position);
    if (this.take(position)) this.onAnswer(position);
  }

  typed(field) {
    const position = positionOf(field);
    if (!position || field.type !== "text") return;
    this.forgetTyping(position);
    this.typing.set(
      position,
      setTimeout(() => this.changed(field), TYPING_PAUSE_MS),
    );
  }

  /** What is being typed counts now: before the page goes on to something else. */
  finishTyping() {
    for (const position of [...this.typing.keys()]) this.changed(this.fields(position)[0]);
  }

  forgetTyping(position) {
    clearTimeout(this.typing.get(position));
    this.typing.delete(position);
  }

  /** Read the fields of an item; tells whether its response is another one now. */
  take(position) {
    const state = this.state(position);
    const response = responseOf(this.section(position).dataset.kind, this.fields(position));
    const isSame = response.length === state.response.length && response.every((each, i) => each === state.response[i]);
    state.response = response;
    return !isSame;
  }

  counts() {
    const answered = this.states.filter((state) => state.response.length).length;
    const flagged = this.states.filter((state) => state.isFlagged).length;
    return { answered, flagged, blank: this.total - answered };
  }
}

function positionOf(field) {
  const section = field.closest("[data-position]");
  return section ? Number(section.dataset.position) : 0;
}

/** The response that an item's fields hold, as the answer protocol writes it. */
function responseOf(kind, fields) {
  if (kind === "text" || kind === "numeric") {
    const text = fields.length ? fields[0].value.trim() : "";
    return text ? [text] : [];
  }
  if (kind === "order") {
    const ranked = fields.filter((field) => field.value).sort((left, right) => left.value - right.value);
    return ranked.map((field) => field.dataset.option);
  }
  if (kind === "match") {
    return fields.filter((field) => field.value).map((field) => `${field.dataset.option} ${field.value}`);
  }
  return fields.filter((field) => field.checked).map((field) => field.value).sort();
}

function selected(field, response) {
  const place = response.indexOf(field.dataset.option);
  if (place >= 0) return String(place + 1);
  const pair = response.find((each) => each.startsWith(`${field.dataset.option} `));
  return pair ? pair.split(" ")[1] : "";
}
