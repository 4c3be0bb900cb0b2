// Before the end: what is answered, what is not, and a second look before it counts.

/** Wires the two sections `#overview` and `#confirm`. `page`: items, say(), go(position), finish(kind), show(name). */
export function openOverview(page) {
  const overview = document.getElementById("overview");
  let kind = "finish";

  function list(id, positions) {
    const box = document.getElementById(id);
    box.closest("[data-list]").hidden = positions.length === 0;
    box.replaceChildren(
      ...positions.map((position) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "cell number";
        button.dataset.overviewGo = String(position);
        button.textContent = String(position);
        button.setAttribute("aria-label", page.say("item_go", { position }));
        return button;
      }),
    );
  }

  function open(wanted) {
    kind = wanted;
    const positions = page.items.sections.map((_, index) => index + 1);
    const within = positions.filter((position) => kind === "finish" || page.items.block(position) === page.block());
    const blank = within.filter((position) => !page.items.state(position).response.length);
    const flagged = within.filter((position) => page.items.state(position).isFlagged);
    document.getElementById("overview-counts").textContent = page.say("counts", {
      answered: within.length - blank.length,
      flagged: flagged.length,
      blank: blank.length,
    });
    list("overview-blank", blank);
    list("overview-flagged", flagged);
    document.getElementById("overview-complete").hidden = blank.length + flagged.length > 0;
    document.getElementById("confirm-question").textContent = page.say(
      kind === "finish" ? "confirm_finish" : "confirm_block",
      {},
    );
    document.getElementById("confirm-blank").textContent = blank.length
      ? page.say("confirm_blank", { count: blank.length })
      : "";
    page.show("overview");
  }

  overview.addEventListener("click", (event) => {
    const button = event.target.closest("[data-overview-go]");
    if (button) page.go(Number(button.dataset.overviewGo));
  });
  document.getElementById("overview-back").addEventListener("click", () => page.show("items"));
  document.getElementById("overview-on").addEventListener("click", () => page.show("confirm"));
  document.getElementById("confirm-back").addEventListener("click", () => page.show("overview"));
  document.getElementById("confirm-yes").addEventListener("click", () => page.finish(kind));
  return open;
}
