// Puts the entries of an ordering question in order: by buttons, and by dragging for those who like it.

/** The ids in the order shown, or null while the candidate has not made the order an answer. */
export function readOrder(widget) {
  return widget.dataset.chosen === "true" ? entriesOf(widget).map((entry) => entry.dataset.entry) : null;
}

/** Shows that order; null goes back to the order of the beginning, which is no answer. */
export function writeOrder(widget, value) {
  const order = value ?? JSON.parse(widget.dataset.start);
  const list = widget.querySelector("[data-entries]");
  const byId = new Map(entriesOf(widget).map((entry) => [entry.dataset.entry, entry]));
  if (entriesOf(widget).some((entry, place) => entry.dataset.entry !== order[place])) list.append(...order.map((id) => byId.get(id)));
  widget.dataset.chosen = String(value !== null && value !== undefined);
  showState(widget);
}

export function prepareOrder(widget) {
  widget.dataset.start = JSON.stringify(entriesOf(widget).map((entry) => entry.dataset.entry));
  widget.addEventListener("click", ({ target }) => clicked(widget, target));
  let dragged = null;
  widget.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-entry]") ?? null;
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  widget.addEventListener("dragover", (event) => {
    if (dragged && event.target.closest("[data-entry]")) event.preventDefault();
  });
  widget.addEventListener("drop", (event) => {
    const onto = event.target.closest("[data-entry]");
    if (!dragged || !onto || onto === dragged) return;
    event.preventDefault();
    const entries = entriesOf(widget);
    if (entries.indexOf(dragged) < entries.indexOf(onto)) onto.after(dragged);
    else onto.before(dragged);
    answered(widget, dragged);
  });
  widget.addEventListener("dragend", () => (dragged = null));
}

function entriesOf(widget) {
  return [...widget.querySelectorAll("[data-entry]")];
}

function clicked(widget, target) {
  const button = target.closest("[data-moves], [data-keeps]");
  if (!button) return;
  if (button.matches("[data-keeps]")) {
    answered(widget, button);
    return;
  }
  const entry = button.closest("[data-entry]");
  const other = button.dataset.moves === "up" ? entry.previousElementSibling : entry.nextElementSibling;
  if (!other) return;
  if (button.dataset.moves === "up") other.before(entry);
  else other.after(entry);
  // A node that moves loses the focus.
  button.focus();
  answered(widget, button);
}

function answered(widget, source) {
  widget.dataset.chosen = "true";
  showState(widget);
  const entry = source.closest("[data-entry]");
  const entries = entriesOf(widget);
  const words = entry ? `${textOf(entry)}: place ${entries.indexOf(entry) + 1} of ${entries.length}.` : "This order is your answer.";
  widget.querySelector("[data-order-news]").textContent = words;
  source.dispatchEvent(new Event("input", { bubbles: true }));
}

function showState(widget) {
  const isChosen = widget.dataset.chosen === "true";
  widget.querySelector("[data-order-state]").textContent = isChosen ? "This order is your answer." : "Not answered yet: the entries stand in no particular order.";
  widget.querySelector("[data-keeps]").hidden = isChosen;
  const entries = entriesOf(widget);
  entries.forEach((entry, place) => {
    // Not disabled: a button that is disabled under the finger loses the focus.
    entry.querySelector("[data-moves=up]").setAttribute("aria-disabled", String(place === 0));
    entry.querySelector("[data-moves=down]").setAttribute("aria-disabled", String(place === entries.length - 1));
  });
}

function textOf(entry) {
  return entry.querySelector("[data-entry-text]").textContent.trim();
}
