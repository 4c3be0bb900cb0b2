// Text size and theme, kept on this PC. Loaded as a classic script in <head>, so that a page never flashes.
(function () {
  "use strict";
  var SIZES = ["", "large", "larger"];
  var THEMES = ["light", "dark", "contrast"];
  var root = document.documentElement;

  function read(name) {
    try {
      return localStorage.getItem(name) || "";
    } catch (error) {
      return ""; // storage may be switched off; the page works without it
    }
  }
  function keep(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch (error) {
      return; // as above
    }
  }
  function setSize(size) {
    if (size) root.setAttribute("data-text", size);
    else root.removeAttribute("data-text");
  }
  function setTheme(theme) {
    root.setAttribute("data-theme", THEMES.indexOf(theme) < 0 ? "light" : theme);
  }

  setSize(SIZES.indexOf(read("cat-text")) < 0 ? "" : read("cat-text"));
  setTheme(read("cat-theme"));

  function stepSize(step) {
    var now = SIZES.indexOf(root.getAttribute("data-text") || "");
    var next = Math.min(SIZES.length - 1, Math.max(0, now + step));
    setSize(SIZES[next]);
    keep("cat-text", SIZES[next]);
    markSizes();
  }
  function markSizes() {
    var now = SIZES.indexOf(root.getAttribute("data-text") || "");
    document.querySelectorAll("[data-size-step]").forEach(function (button) {
      var isAtEnd = Number(button.dataset.sizeStep) < 0 ? now === 0 : now === SIZES.length - 1;
      button.setAttribute("aria-disabled", String(isAtEnd));
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-size-step], [data-next-theme]");
    if (!button) return;
    if (button.dataset.sizeStep) {
      stepSize(Number(button.dataset.sizeStep));
    } else {
      var theme = THEMES[(THEMES.indexOf(root.getAttribute("data-theme")) + 1) % THEMES.length];
      setTheme(theme);
      keep("cat-theme", theme);
      var says = document.getElementById("theme-name");
      if (says) says.textContent = button.dataset[theme];
    }
  });
  document.addEventListener("DOMContentLoaded", markSizes);
})();
