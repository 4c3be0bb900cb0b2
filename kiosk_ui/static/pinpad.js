// The number pad on the screen: types into the field that was used last, for those who have a mouse only.

const pad = document.getElementById("pad");
const form = document.getElementById("sign-in");
const fields = [...document.querySelectorAll("[data-pad-field]")];
const target = document.getElementById("pad-target");
const letters = document.getElementById("pad-letters");
let field = fields.find((each) => each.hasAttribute("autofocus")) || fields[0];

function aim(at) {
  field = at;
  target.textContent = document.querySelector(`label[for="${at.id}"]`).textContent;
  for (const each of fields) each.classList.toggle("input--aimed", each === at);
}

function write(text, from, to) {
  if (field.value.length - (to - from) + text.length > field.maxLength) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

pad.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus and its caret

pad.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const from = field.selectionStart;
  const to = field.selectionEnd;
  if (button.dataset.key) {
    write(button.dataset.key, from, to);
  } else if ("erase" in button.dataset) {
    write("", from === to ? Math.max(0, from - 1) : from, to);
  } else if ("letters" in button.dataset) {
    letters.hidden = !letters.hidden;
    button.setAttribute("aria-expanded", String(!letters.hidden));
  } else if ("nextField" in button.dataset) {
    const next = fields.find((each) => !each.value) || (field === fields[fields.length - 1] ? null : fields[fields.indexOf(field) + 1]);
    if (next) aim(next);
    else form.requestSubmit();
  }
  field.focus();
});

for (const each of fields) each.addEventListener("focus", () => aim(each));
aim(field);
