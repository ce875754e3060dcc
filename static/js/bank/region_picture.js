// The picture of the region editor: draws the regions, and turns the pointer into what the editor is asked for.

import { handlesOf } from "./region_shapes.js";

const SVG = "http://www.w3.org/2000/svg";

export class RegionPicture {
  constructor(svg, editor) {
    this.svg = svg;
    this.editor = editor;
    this.drag = null;
    svg.addEventListener("pointerdown", (event) => this.#down(event));
    svg.addEventListener("pointermove", (event) => this.#move(event));
    svg.addEventListener("pointerup", (event) => this.#up(event));
    svg.addEventListener("pointercancel", () => this.#stop());
  }

  focus() {
    this.svg.focus({ preventScroll: true });
  }

  load(address, description, onSize) {
    this.svg.setAttribute("aria-label", description || "The picture, not described yet");
    const image = this.svg.querySelector("image");
    if (image.getAttribute("href") === address && this.editor.size.every(Boolean)) return;
    image.setAttribute("href", address);
    const probe = new Image();
    probe.addEventListener("load", () => onSize(probe.naturalWidth, probe.naturalHeight));
    probe.src = address;
  }

  draw(regions, chosen, corners) {
    const [width, height] = this.editor.size;
    if (!width || !height) return;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    set(this.svg.querySelector("image"), { width, height });
    const shapes = regions.map((region, place) => region && this.#shape(region, place, place === chosen)).filter(Boolean);
    const begun = corners.length ? [make("polyline", { points: corners.join(" "), class: "region-begun" })] : [];
    const dots = corners.map((point) => this.#dot(point, { class: "region-corner" }));
    const handles = regions[chosen] ? handlesOf(regions[chosen]).map((point, number) => this.#dot(point, { class: "region-handle", "data-handle": number })) : [];
    this.svg.querySelector("[data-shapes]").replaceChildren(...shapes, ...begun, ...dots, ...handles);
  }

  #shape(region, place, isChosen) {
    const group = make("g", { "data-place": place, class: isChosen ? "region region-chosen" : "region" });
    group.append(outline(region));
    const [x, y] = middleOf(region);
    const number = make("text", { x, y, class: "region-number", "font-size": this.#unit() * 3.2, dy: "0.35em" });
    number.textContent = place + 1;
    group.append(number);
    return group;
  }

  #dot([cx, cy], attributes) {
    return make("circle", { cx, cy, r: this.#unit() * (matchMedia("(pointer: coarse)").matches ? 2 : 1.2), ...attributes });
  }

  /** A hundredth of the longer side, so that what is drawn looks alike on pictures of any size. */
  #unit() {
    return Math.max(...this.editor.size) / 100;
  }

  #point({ clientX, clientY }) {
    const [width, height] = this.editor.size;
    const at = new DOMPoint(clientX, clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [Math.min(Math.max(Math.round(at.x), 0), width), Math.min(Math.max(Math.round(at.y), 0), height)];
  }

  #down(event) {
    if (event.button !== 0 || this.drag) return;
    event.preventDefault();
    this.focus();
    const start = this.#point(event);
    const handle = event.target.closest("[data-handle]");
    const shape = event.target.closest("[data-place]");
    const isDrawing = this.editor.corners.length > 0 || (!handle && !shape);
    if (!isDrawing && shape) this.editor.choose(Number(shape.dataset.place));
    const place = isDrawing ? null : this.editor.chosen;
    this.drag = { start, place, handle: handle ? Number(handle.dataset.handle) : null, region: place === null ? null : this.editor.regions[place], end: start };
    this.svg.setPointerCapture(event.pointerId);
  }

  #move(event) {
    if (!this.drag) return;
    const { start, place, handle, region } = this.drag;
    this.drag.end = this.#point(event);
    const regions = this.editor.regions;
    if (place === null) regions.push(this.editor.drawn(start, this.drag.end));
    else regions[place] = this.editor.drag(place, handle, start, this.drag.end, region);
    this.draw(regions, place === null ? regions.length - 1 : place, this.editor.corners);
  }

  #up() {
    if (!this.drag) return;
    const { start, place, handle, region, end } = this.drag;
    this.drag = null;
    if (place !== null) {
      if (String(start) !== String(end)) this.editor.replace(place, this.editor.drag(place, handle, start, end, region), "");
    } else if (this.editor.shape === "polygon") this.editor.corner(end);
    else this.editor.add(this.editor.drawn(start, end));
  }

  #stop() {
    this.drag = null;
    this.editor.show();
  }
}

function middleOf(region) {
  if (region.shape === "circle") return [region.x, region.y];
  if (region.shape === "rect") return [region.x + region.width / 2, region.y + region.height / 2];
  return [0, 1].map((side) => region.points.reduce((sum, point) => sum + point[side], 0) / region.points.length);
}

function outline(region) {
  if (region.shape === "circle") return make("circle", { cx: region.x, cy: region.y, r: region.r });
  if (region.shape === "rect") return make("rect", { x: region.x, y: region.y, width: region.width, height: region.height });
  return make("polygon", { points: region.points.join(" ") });
}

function make(name, attributes) {
  return set(document.createElementNS(SVG, name), attributes);
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
