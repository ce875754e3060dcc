// Live pictures in the tiles that are in view, behind one switch.

import { inShort } from "./live_words.js";

const MOST_TILES = 16;
const LINGER_MS = 4000; // scrolling past and back is not worth a new connection
const KEY = "proctor-live-pictures";

export class LiveWall {
  /** `button`: the switch; `tileOf(attempt)`: the tile's node or undefined. */
  constructor({ button, viewer, tileOf }) {
    Object.assign(this, { button, viewer, tileOf });
    this.visible = [];
    this.shown = new Map(); // attempt: when it left the view, or null
    this.isOn = readFlag();
    button.hidden = false;
    this.#mark();
    button.addEventListener("click", () => this.#toggle());
    viewer.addEventListener("state", ({ detail }) => this.shown.has(detail.attempt) && this.#draw(detail));
    document.addEventListener("visibilitychange", () => this.#update());
    setInterval(() => this.#update(), 1000);
  }

  /** The attempts whose tiles are in view. */
  show(attempts) {
    this.visible = attempts;
    this.#update();
  }

  #toggle() {
    this.isOn = !this.isOn;
    writeFlag(this.isOn);
    this.#mark();
    if (!this.isOn) for (const attempt of [...this.shown.keys()]) this.#drop(attempt);
    this.#update();
  }

  /** A page that nobody looks at watches nobody. */
  #update() {
    const wanted = new Set(this.isOn && !document.hidden ? this.visible.slice(0, MOST_TILES) : []);
    const now = performance.now();
    for (const [attempt, left] of this.shown) {
      if (wanted.has(attempt)) this.shown.set(attempt, null);
      else if (left === null) this.shown.set(attempt, now);
      else if (now - left > LINGER_MS) this.#drop(attempt);
    }
    for (const attempt of wanted) {
      if (this.shown.has(attempt) || !this.tileOf(attempt)) continue;
      this.shown.set(attempt, null);
      this.#draw(this.viewer.want(attempt, "tile"));
    }
  }

  #drop(attempt) {
    this.shown.delete(attempt);
    this.viewer.leave(attempt, "tile");
    const picture = this.tileOf(attempt)?.querySelector(".tile-picture");
    picture?.querySelector("video")?.remove();
    picture?.querySelector(".tile-live-state")?.remove();
  }

  #draw(call) {
    const picture = this.tileOf(call.attempt)?.querySelector(".tile-picture");
    if (!picture) return;
    const video = picture.querySelector("video") ?? picture.appendChild(makeVideo(picture.querySelector("img").alt));
    const label = picture.querySelector(".tile-live-state") ?? picture.appendChild(makeLabel());
    const stream = call.stream ?? null;
    if (video.srcObject !== stream) video.srcObject = stream;
    if (stream) video.play().catch(() => {}); // interrupted by the next stream, or by its end
    video.hidden = call.state !== "live";
    label.dataset.state = call.state;
    const words = inShort(call);
    if (label.textContent !== words) label.textContent = words;
  }

  #mark() {
    this.button.setAttribute("aria-pressed", String(this.isOn));
  }
}

function makeVideo(name) {
  const video = document.createElement("video");
  video.className = "tile-live";
  video.muted = true;
  video.playsInline = true;
  video.autoplay = true;
  video.hidden = true;
  video.setAttribute("aria-label", name.replace("Latest picture of", "Live picture of"));
  return video;
}

function makeLabel() {
  const label = document.createElement("span");
  label.className = "tile-live-state";
  return label;
}

function readFlag() {
  try {
    return sessionStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
}

function writeFlag(isOn) {
  try {
    sessionStorage.setItem(KEY, isOn ? "on" : "off");
  } catch {
    // After a reload the switch is off again.
  }
}
