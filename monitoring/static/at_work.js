// Whoever moves the pointer is at work, though the page only asks by itself: say so now and then.
let toldAt = performance.now();
for (const kind of ["pointermove", "keydown"]) {
  document.addEventListener(kind, () => {
    if (performance.now() - toldAt < 300000) return;
    toldAt = performance.now();
    fetch("/here").catch(() => {});
  }, { passive: true });
}
