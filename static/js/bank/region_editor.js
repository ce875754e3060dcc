// Draws the right places of a picture: by pointer, touch or keys. The text field says the same and stays the
// one that is saved; lines that are no region yet are left in it as they are.

import { RegionPicture } from "./region_picture.js";
import { between, inTheMiddle, inWords, moved, readLine, resized, withHandle, writeLine } from "./region_shapes.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const NAMES = { rect: "Rectangle", circle: "Circle", polygon: "Polygon" };
const REFERENCE = /^\s*(?:media:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*$/;

class RegionEditor {
  constructor(root, form) {
    this.root = root;
    this.fields = form.elements;
    this.text = form.elements.regions;
    this.shape = "rect";
    this.chosen = null;
    this.corners = [];
    this.past = [];
    this.lastChange = "";
    this.picture = new RegionPicture(root.querySelector("[data-picture]"), this);
    this.status = root.querySelector("[data-news]");
    root.addEventListener("click", ({ target }) => this.#click(target.closest("button")));
    root.addEventListener("keydown", (event) => this.#key(event));
    this.text.addEventListener("input", () => this.show());
    for (const name of ["media", "width", "height", "description"]) this.fields[name].addEventListener("change", () => this.#newPicture());
    this.#newPicture();
  }

  get size() {
    return [Number(this.fields.width.value) || 0, Number(this.fields.height.value) || 0];
  }

  get lines() {
    return this.text.value.split("\n").filter((line) => line.trim());
  }

  get regions() {
    return this.lines.map(readLine);
  }

  #newPicture() {
    const found = REFERENCE.exec(this.fields.media.value);
    this.root.querySelector("[data-without]").hidden = Boolean(found);
    this.root.querySelector("[data-with]").hidden = !found;
    if (!found) return;
    this.picture.load(`/api/v1/media/${found[1]}/`, this.fields.description.value, (width, height) => {
      if (!this.fields.width.value) this.fields.width.value = width;
      if (!this.fields.height.value) this.fields.height.value = height;
      this.show();
    });
    this.show();
  }

  show() {
    if (this.chosen >= this.lines.length) this.chosen = null;
    this.picture.draw(this.regions, this.chosen, this.corners);
    this.root.querySelector("[data-list]").replaceChildren(...this.regions.map((region, place) => this.#entry(region, place)));
    this.root.querySelector("[data-undo]").disabled = !this.past.length;
    this.root.querySelector("[data-delete]").disabled = this.chosen === null;
    this.root.querySelector("[data-close]").hidden = this.corners.length < 3;
    for (const button of this.root.querySelectorAll("[data-shape]")) button.setAttribute("aria-pressed", button.dataset.shape === this.shape);
  }

  #entry(region, place) {
    const entry = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.choose = place;
    button.setAttribute("aria-pressed", place === this.chosen);
    button.textContent = `Place ${place + 1}: ${region ? inWords(region) : "cannot be read; see the text below"}`;
    entry.append(button);
    return entry;
  }

  #click(button) {
    if (!button) return;
    const { shape, choose } = button.dataset;
    if (shape) this.#take(shape);
    else if (choose) this.choose(Number(choose), { focus: true });
    else if ("add" in button.dataset) this.add(inTheMiddle(this.shape, this.size));
    else if ("close" in button.dataset) this.#closePolygon();
    else if ("delete" in button.dataset) this.#delete();
    else if ("undo" in button.dataset) this.#undo();
    else if ("media" in button.dataset) this.#choosePicture();
  }

  #take(shape) {
    this.shape = shape;
    this.corners = [];
    this.show();
    this.#say(shape === "polygon" ? "Polygon: click corner after corner, then close it." : `${NAMES[shape]}: drag on the picture.`);
  }

  #choosePicture() {
    const onChosen = (_, media) => {
      if (media.kind !== "picture") return this.#say("That is no picture. Choose another one.");
      this.fields.media.value = media.reference;
      if (!this.fields.description.value) this.fields.description.value = media.description;
      this.fields.width.value = "";
      this.fields.height.value = "";
      return this.#newPicture();
    };
    document.dispatchEvent(new CustomEvent("media:choose", { detail: { onChosen } }));
  }

  #key(event) {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    if (isUndo) this.#undo();
    else if (!event.target.closest("[data-picture]")) return;
    else if (event.key === "Escape" && this.corners.length) this.#take("polygon");
    else if (event.key === "Enter" && this.corners.length) this.#closePolygon();
    else if (event.key === "Delete" || event.key === "Backspace") this.#delete();
    else if (STEPS[event.key]) this.#step(event);
    else return;
    event.preventDefault();
  }

  #step({ key, shiftKey, altKey }) {
    const region = this.regions[this.chosen];
    if (!region) return this.#say("Choose a place first, or put one in the middle.");
    const far = altKey ? 1 : Math.max(1, Math.round(Math.max(...this.size) / 100));
    const [dx, dy] = STEPS[key].map((step) => step * far);
    const changed = (shiftKey ? resized : moved)(region, dx, dy, this.size);
    this.replace(this.chosen, changed, `${shiftKey ? "resize" : "move"} ${this.chosen}`);
    return this.#say(inWords(changed));
  }

  // what the picture asks for

  choose(place, { focus = false } = {}) {
    this.chosen = place;
    this.lastChange = "";
    this.show();
    if (focus) this.picture.focus();
    const region = this.regions[place];
    if (region) this.#say(`Place ${place + 1} chosen: ${inWords(region)}`);
  }

  /** A drag over the empty picture; nothing of it is kept before it ends. */
  drawn(from, to) {
    return this.shape === "polygon" ? null : between(this.shape, from, to, this.size);
  }

  add(region) {
    if (!region) return;
    this.#write([...this.lines, writeLine(region)], "");
    this.choose(this.lines.length - 1, { focus: true });
    this.#say(`Place ${this.lines.length} added: ${inWords(region)}`);
  }

  corner(point) {
    if (this.shape !== "polygon") return;
    this.corners.push(point);
    this.show();
    this.#say(`Corner ${this.corners.length}.${this.corners.length >= 3 ? " Close the polygon when all corners are there." : ""}`);
  }

  replace(place, region, change) {
    this.#write(this.lines.map((line, number) => (number === place ? writeLine(region) : line)), change);
  }

  drag(place, handle, start, point, region) {
    if (handle === null) return moved(region, point[0] - start[0], point[1] - start[1], this.size);
    return withHandle(region, handle, point, this.size);
  }

  #closePolygon() {
    const points = this.corners;
    this.corners = [];
    if (points.length >= 3) this.add({ shape: "polygon", points });
    else this.show();
  }

  #delete() {
    if (this.chosen === null) return this.#say("Choose a place first.");
    const gone = this.chosen;
    this.chosen = null;
    this.#write(this.lines.filter((_, place) => place !== gone), "");
    this.picture.focus();
    return this.#say(`Place ${gone + 1} is removed. Undo brings it back.`);
  }

  #undo() {
    if (!this.past.length) return this.#say("There is nothing to undo.");
    this.text.value = this.past.pop();
    this.lastChange = "";
    this.show();
    return this.#say("Undone.");
  }

  /** Steps of one kind in a row are undone together. */
  #write(lines, change) {
    if (!change || change !== this.lastChange) this.past.push(this.text.value);
    this.lastChange = change;
    this.text.value = lines.join("\n");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #say(sentence) {
    this.status.textContent = sentence;
  }
}

const root = document.getElementById("region-editor");
const form = document.getElementById("question_form");
if (root && form.elements.regions) {
  const row = form.elements.regions.closest(".form-row");
  row.before(root);
  root.hidden = false;
  new RegionEditor(root, form);
}
