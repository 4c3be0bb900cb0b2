// The numbers at the side: one button per item, its state told by shape, by word (for screen readers) and by colour.

/** `onGo(position)` is called when a number is chosen; `say(code, values)` gives the page's texts. */
export class Palette {
  constructor(root, onGo, say) {
    this.buttons = [...root.querySelectorAll("[data-go]")];
    this.say = say;
    this.current = 1;
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-go]");
      if (button) onGo(Number(button.dataset.go));
    });
    root.addEventListener("keydown", (event) => this.keyed(event));
  }

  update(position, state, isClosed) {
    const button = this.buttons[position - 1];
    const isAnswered = state.response.length > 0;
    button.classList.toggle("cell--answered", isAnswered);
    button.classList.toggle("cell--flagged", state.isFlagged);
    button.classList.toggle("cell--closed", isClosed);
    const words = [this.say("item_number", { position }), this.say(isAnswered ? "word_answered" : "word_blank", {})];
    if (state.isFlagged) words.push(this.say("word_flagged", {}));
    if (isClosed) words.push(this.say("word_closed", {}));
    button.setAttribute("aria-label", words.join(", "));
  }

  mark(position) {
    this.buttons.forEach((button, index) => {
      const isCurrent = index === position - 1;
      button.tabIndex = isCurrent ? 0 : -1;
      if (isCurrent) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
    this.current = position;
    this.buttons[position - 1].scrollIntoView({ block: "nearest" });
  }

  keyed(event) {
    const index = this.buttons.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns(), ArrowUp: -this.columns() }[event.key];
    if (index < 0 || !step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.min(this.buttons.length - 1, Math.max(0, index + step));
    this.buttons[next].tabIndex = 0;
    this.buttons[next].focus();
  }

  columns() {
    const top = this.buttons[0].offsetTop;
    const first = this.buttons.findIndex((button) => button.offsetTop !== top);
    return first < 0 ? this.buttons.length : first;
  }
}
