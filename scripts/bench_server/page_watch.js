// Runs in each page of a browser kiosk ahead of the page's own scripts: notes when the person clicks, and when what the
// person waits for has been painted. Moments are UTC milliseconds, except `saves`: from each click on an option, in ms.
(() => {
  const AWAITED = { item: "#items:not([hidden]) .item:not([hidden])", score: "#score table" };
  const seen = { at: {}, saves: [] };
  let click = null;
  window.seen = seen;

  function whenPainted(then) {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => then(performance.now());
      channel.port2.postMessage(0);
    });
  }

  function look() {
    for (const [name, selector] of Object.entries(AWAITED)) {
      if (name in seen.at || !document.querySelector(selector)) continue;
      seen.at[name] = 0;
      whenPainted((now) => {
        seen.at[name] = performance.timeOrigin + now;
      });
    }
    const word = click && document.querySelector("[data-part=saved]");
    if (!word) return;
    if (word.dataset.kind === "saving") {
      click.isTold = true;
    } else if (click.isTold && word.dataset.kind === "saved") {
      const began = click.at;
      click = null;
      whenPainted((now) => seen.saves.push(now - began));
    }
  }

  addEventListener("pointerup", (event) => {
    sessionStorage.setItem("clicked", performance.timeOrigin + event.timeStamp);
    if (event.target.closest(".item .option")) click = { at: event.timeStamp, isTold: false };
  }, true);
  const changes = { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden", "data-kind"] };
  new MutationObserver(look).observe(document, changes);
})();
