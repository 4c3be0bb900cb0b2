// The print button. After a slip was printed the desk goes on to the next person.

const print = document.getElementById("print");
const atOnce = document.getElementById("print-at-once");
const desk = document.getElementById("main").dataset.desk;

print.addEventListener("click", () => window.print());
if (desk) {
  window.addEventListener("afterprint", () => window.location.assign(desk));
}
if (atOnce) {
  const key = "print-at-once";
  atOnce.checked = localStorage.getItem(key) === "yes";
  atOnce.addEventListener("change", () => localStorage.setItem(key, atOnce.checked ? "yes" : "no"));
  if (atOnce.checked) {
    window.print();
  }
}
