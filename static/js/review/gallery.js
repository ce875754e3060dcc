// The evidence gallery: one picture large, the others as a strip; steps, runs through them, and opens the large view.

import { actOf, nextSpeed } from "../shared/clip_spans.js";
import { freshLinks, renewOnError } from "./evidence_links.js";
import { PictureViewer } from "./picture_viewer.js";

// At the greatest speed two pictures a second: never three flashes (WCAG 2.3.1).
const PICTURE_MS = 1000;

export class Gallery {
  /** `root`: the gallery, `dialog`: the large view; `base` and `incident`: where fresh links come from. */
  constructor(root, dialog, base, incident) {
    Object.assign(this, { base, incident });
    this.viewer = new PictureViewer(dialog);
    this.stage = root.querySelector("#stage");
    this.picture = root.querySelector("#stage-picture");
    this.caption = root.querySelector("#stage-caption");
    this.thumbs = [...root.querySelectorAll(".gallery-thumb")];
    this.stage.addEventListener("click", () => this.enlarge());
    for (const thumb of this.thumbs) thumb.addEventListener("click", () => this.show(Number(thumb.dataset.place)));
    const itemOf = (image) => Number(image.closest("[data-item]")?.dataset.item ?? this.thumbs[this.place].dataset.item);
    renewOnError(root, base, () => incident, itemOf);
    this.show(Number(root.dataset.first));
    this.#makeRun(root);
  }

  show(place) {
    this.place = place;
    const thumb = this.thumbs[place];
    this.picture.src = thumb.querySelector("img").src;
    this.picture.alt = thumb.dataset.alt;
    this.caption.textContent = `${place + 1} of ${this.thumbs.length}: ${thumb.dataset.alt}`;
    for (const each of this.thumbs) {
      if (each === thumb) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
    const strip = thumb.closest("ol");
    const left = thumb.offsetLeft - strip.offsetLeft;
    if (left < strip.scrollLeft || left + thumb.offsetWidth > strip.scrollLeft + strip.clientWidth) {
      strip.scrollLeft = left - strip.clientWidth / 2;
    }
  }

  step(by) {
    if (this.thumbs[this.place + by]) this.show(this.place + by);
  }

  /** Runs through the pictures at a speed, by the keys of the player of recordings. */
  #makeRun(root) {
    this.run = { speed: 1, timer: 0, isLoop: false };
    this.controls = root.querySelector("[data-run]");
    this.controls.hidden = this.thumbs.length < 2;
    const acts = {
      play: () => (this.run.timer ? this.#halt() : this.#start()),
      slower: () => this.#setSpeed(-1),
      faster: () => this.#setSpeed(1),
      loop: () => this.#toggleLoop(),
    };
    this.controls.addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
    root.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
      const act = acts[actOf(event.key, event.target.matches("button"))];
      if (!act || this.controls.hidden) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });
  }

  #start() {
    if (this.place === this.thumbs.length - 1) this.show(0);
    this.#plan();
    this.caption.setAttribute("aria-live", "off"); // a picture a second is too much to be read out
    this.controls.querySelector('[data-act="play"]').textContent = "Stop";
  }

  #plan() {
    clearInterval(this.run.timer);
    this.run.timer = setInterval(() => this.#next(), PICTURE_MS / this.run.speed);
  }

  #next() {
    if (this.thumbs[this.place + 1]) this.show(this.place + 1);
    else if (this.run.isLoop) this.show(0);
    else this.#halt();
  }

  #halt() {
    clearInterval(this.run.timer);
    this.run.timer = 0;
    this.caption.setAttribute("aria-live", "polite");
    this.controls.querySelector('[data-act="play"]').textContent = "Run through";
  }

  #setSpeed(by) {
    this.run.speed = nextSpeed(this.run.speed, by);
    this.controls.querySelector("[data-speed]").textContent = `${this.run.speed}×`;
    if (this.run.timer) this.#plan();
  }

  #toggleLoop() {
    this.run.isLoop = !this.run.isLoop;
    this.controls.querySelector('[data-act="loop"]').setAttribute("aria-pressed", String(this.run.isLoop));
  }

  enlarge() {
    const pictures = this.thumbs.map((thumb) => ({
      id: Number(thumb.dataset.item),
      url: thumb.querySelector("img").src,
      alt: thumb.dataset.alt,
    }));
    const renew = () => freshLinks(this.base, this.incident);
    this.viewer.open(pictures, this.place, renew, (place) => this.show(place));
  }
}
