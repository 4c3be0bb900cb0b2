// A confirmation that was opened in place: closed by its own button, and the focus goes into it when it opens.

document.addEventListener("click", (event) => {
  if (event.target.closest("#confirm [data-dismiss]")) {
    event.preventDefault();
    document.getElementById("confirm").replaceChildren();
  }
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  const first = event.target.id === "confirm" && event.target.querySelector("input, h2");
  if (first) first.focus();
});
