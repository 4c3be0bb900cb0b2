// The keyboard's way through the paper. Everything here can be done with the mouse as well.

/** Wires the keys. `page`: items, screen, canAnswer(), current(), next(), previous(). */
export function bindKeys(page) {
  const moves = { n: page.next, PageDown: page.next, p: page.previous, PageUp: page.previous };

  function options() {
    return page.items.fields(page.current()).filter((field) => field.type === "radio" || field.type === "checkbox");
  }

  function chosen(key) {
    if (/^[1-9]$/.test(key)) return Number(key) - 1;
    if (/^[a-m]$/.test(key)) return key.charCodeAt(0) - 97;
    return -1;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || page.screen.name !== "items") return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const isTyping = event.target.matches("input[type=text], select, textarea");
    if (isTyping && event.key.length === 1) return;
    if (moves[key]) {
      event.preventDefault();
      moves[key]();
    } else if (!isTyping && page.canAnswer()) {
      if (answer(key, event.target)) event.preventDefault();
    }
  });

  function answer(key, target) {
    if (key === "r") {
      page.items.toggleFlag(page.current());
      return true;
    }
    const index = chosen(key);
    if (index >= 0 && index < options().length) return page.items.choose(page.current(), index);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[key];
    // A group of radio buttons and a pane that scrolls have arrow keys of their own.
    if (!step || target.matches("input, [data-scrolls]")) return false;
    return page.items.step(page.current(), step);
  }
}
