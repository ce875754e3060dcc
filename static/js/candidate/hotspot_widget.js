// Marks places in a picture, by pointer or with a cross that the arrow keys move; the position is spoken.

const SVG = "http://www.w3.org/2000/svg";
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The places marked, [[x, y], ...] in pixels of the picture, or null. */
export function readPlaces(widget) {
  const places = placesOf(widget);
  return places.length ? places : null;
}

export function writePlaces(widget, value) {
  widget.dataset.value = JSON.stringify(value ?? []);
  show(widget);
}

export function preparePlaces(widget) {
  const picture = widget.querySelector("[data-picture]");
  const cross = { x: Math.round(widget.dataset.width / 2), y: Math.round(widget.dataset.height / 2) };
  drawCross(widget, cross);
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    cross.x = within(((event.clientX - box.left) / box.width) * widget.dataset.width, widget.dataset.width);
    cross.y = within(((event.clientY - box.top) / box.height) * widget.dataset.height, widget.dataset.height);
    drawCross(widget, cross);
    mark(widget, cross);
  });
  picture.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step) {
      const far = Math.max(1, Math.round((event.shiftKey ? 0.1 : 0.01) * Math.max(widget.dataset.width, widget.dataset.height)));
      cross.x = within(cross.x + step[0] * far, widget.dataset.width);
      cross.y = within(cross.y + step[1] * far, widget.dataset.height);
      drawCross(widget, cross);
      say(widget, inWords(widget, [cross.x, cross.y]));
    } else if (event.key === "Enter" || event.key === " ") mark(widget, cross);
    else return;
    event.preventDefault();
  });
  widget.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-removes]");
    if (!button) return;
    change(widget, placesOf(widget).filter((_, number) => number !== Number(button.dataset.removes)));
    say(widget, "The place is removed.");
    picture.focus();
  });
}

function mark(widget, { x, y }) {
  const needed = Number(widget.dataset.needed);
  const places = needed === 1 ? [] : placesOf(widget);
  if (places.length >= needed) return say(widget, `All ${needed} places are marked. Remove one first.`);
  change(widget, [...places, [x, y]]);
  return say(widget, `Marked: ${inWords(widget, [x, y])}.`);
}

function change(widget, places) {
  writePlaces(widget, places);
  widget.dispatchEvent(new Event("input", { bubbles: true }));
}

function show(widget) {
  const places = placesOf(widget);
  const radius = Math.max(widget.dataset.width, widget.dataset.height) / 80 + 2;
  widget.querySelector("[data-marks]").replaceChildren(...places.map(([cx, cy]) => shape("circle", { cx, cy, r: radius, class: "hotspot-mark" })));
  widget.querySelector("[data-places]").replaceChildren(...places.map((place, number) => entryFor(widget, place, number)));
}

function entryFor(widget, place, number) {
  const entry = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small";
  button.dataset.removes = number;
  button.textContent = "Remove";
  button.setAttribute("aria-label", `Remove place ${number + 1}`);
  entry.append(`Place ${number + 1}: ${inWords(widget, place)} `, button);
  return entry;
}

function drawCross(widget, { x, y }) {
  const arm = Math.max(widget.dataset.width, widget.dataset.height) / 40;
  const [across, down] = widget.querySelectorAll("[data-cross] line");
  set(across, { x1: x - arm, x2: x + arm, y1: y, y2: y });
  set(down, { x1: x, x2: x, y1: y - arm, y2: y + arm });
}

function inWords(widget, [x, y]) {
  const percent = (part, whole) => Math.round((100 * part) / whole);
  return `${percent(x, widget.dataset.width)} % from the left, ${percent(y, widget.dataset.height)} % from the top`;
}

function within(number, most) {
  return Math.min(Math.max(Math.round(number), 0), Number(most));
}

function shape(name, attributes) {
  return set(document.createElementNS(SVG, name), attributes);
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function placesOf(widget) {
  return JSON.parse(widget.dataset.value ?? "[]");
}

function say(widget, sentence) {
  widget.querySelector("[data-place-news]").textContent = sentence;
}
