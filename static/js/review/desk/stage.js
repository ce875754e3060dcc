// The stage: one playhead, and camera, screen, sound and question of its moment side by side.

import { endOf, loopAround, nearest, nextSpeed, playOn, questionAt, sinceStart, stretchesOf } from "./moments.js";
import { Pane } from "./pane.js";

const TICK_MS = 100;
/** While it is dragged nothing is opened that is only passed by. */
const SETTLE_MS = 150;
const ZOOMS = [1, 4, 16];
const TRACKS = { camera: "No camera picture was kept for this moment.", screen: "Nothing of the screen was kept for this moment.", sound: "No recording was kept for this moment." };

/** Events: "stopped" when playing has come to the end. */
export class Stage extends EventTarget {
  constructor(data, links) {
    super();
    this.data = data;
    this.byId = (id) => document.getElementById(`desk-${id}`);
    const say = (sentence) => { this.byId("problem").textContent = sentence; };
    this.panes = Object.keys(TRACKS).map((track) => new Pane(this.byId(track), TRACKS[track], links, say));
    this.items = Object.keys(TRACKS).map((track) => data.items.filter((item) => item.track === track));
    this.stretches = stretchesOf(data.items);
    this.range = this.byId("playhead");
    this.speed = 1;
    this.timer = 0;
    this.loop = null;
    this.clock = new Intl.DateTimeFormat("en-GB", { timeZone: data.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.byId("stage").hidden = false;
    document.querySelector(".desk-zoom").hidden = false;
    this.range.addEventListener("input", () => this.seek(data.begin + Number(this.range.value)));
    this.byId("timeline").addEventListener("click", (event) => this.#clicked(event));
  }

  get isPlaying() {
    return this.timer !== 0;
  }

  /** Moves the playhead; `now`: what is there is opened at once. */
  seek(moment, { now = false } = {}) {
    this.moment = Math.min(Math.max(moment, this.data.begin), this.data.end);
    this.#drawPlace();
    clearTimeout(this.settling);
    if (now || this.isPlaying) this.#showPanes();
    else this.settling = setTimeout(() => this.#showPanes(), SETTLE_MS);
  }

  step(by) {
    this.seek(this.moment + by);
  }

  toggle() {
    if (this.isPlaying) this.stop();
    else this.play();
  }

  play() {
    if (!this.loop && playOn(this.stretches, this.moment, 0) === null) this.moment = this.stretches[0]?.[0] ?? this.data.begin;
    this.lastTick = performance.now();
    this.timer = setInterval(() => this.#tick(), TICK_MS);
    this.byId("stage").querySelector('[data-slot="play"]').textContent = "Stop";
  }

  stop() {
    clearInterval(this.timer);
    this.timer = 0;
    for (const pane of this.panes) pane.stop();
    this.byId("stage").querySelector('[data-slot="play"]').textContent = "Play";
    this.#drawPlace();
  }

  /** Repeats the seconds around `incident`, or plays on again with null. */
  setLoop(incident) {
    this.loop = incident ? loopAround(incident) : null;
    this.byId("stage").querySelector('[data-act="loop"]').setAttribute("aria-pressed", String(this.loop !== null));
    if (this.loop) this.seek(this.loop[0], { now: true });
  }

  changeSpeed(by) {
    this.speed = nextSpeed(this.speed, by);
    this.byId("speed").textContent = `${this.speed}×`;
  }

  zoom(by) {
    const svg = this.byId("timeline");
    const place = Math.min(Math.max(ZOOMS.indexOf(Number(svg.dataset.zoom)) + by, 0), ZOOMS.length - 1);
    svg.dataset.zoom = String(ZOOMS[place]);
    document.querySelector(".desk-zoom [role=status]").textContent = `${ZOOMS[place]}×`;
    this.#keepInView();
  }

  /** A piece of evidence on the stage. */
  showItem(id) {
    const item = this.data.items.find((each) => each.id === id);
    if (item) this.seek(item.at, { now: true });
  }

  #tick() {
    const now = performance.now();
    const seconds = ((now - this.lastTick) / 1000) * this.speed;
    this.lastTick = now;
    if (this.loop) {
      const next = this.moment + seconds;
      this.seek(next >= this.loop[1] || next < this.loop[0] ? this.loop[0] : next);
      return;
    }
    const next = playOn(this.stretches, this.moment, seconds);
    if (next === null || next > this.data.end + endOf({ at: 0, seconds: 0 })) {
      this.stop();
      this.dispatchEvent(new CustomEvent("stopped"));
    } else this.seek(next);
  }

  #showPanes() {
    const playing = this.isPlaying ? { speed: this.speed } : null;
    this.panes.forEach((pane, place) => pane.show(nearest(this.items[place], this.moment), this.moment, playing));
  }

  #drawPlace() {
    const { begin, end, start, questions } = this.data;
    const share = (this.moment - begin) / Math.max(end - begin, 1);
    const line = this.byId("line");
    for (const name of ["x1", "x2"]) line.setAttribute(name, `${share * 100}%`);
    line.setAttribute("visibility", "visible");
    const question = questionAt(questions, this.moment);
    const time = `${this.clock.format(this.moment * 1000)}, ${sinceStart(this.moment, start)}`;
    this.byId("clock").textContent = time;
    this.byId("question").textContent = question ? `Question on the screen: ${question}` : "Question on the screen: not known";
    this.range.value = String(Math.round(this.moment - begin));
    this.range.setAttribute("aria-valuetext", question ? `${time}; question ${question}` : time);
    this.#keepInView();
  }

  #keepInView() {
    const box = this.byId("scroll");
    if (box.scrollWidth <= box.clientWidth || this.moment === undefined) return;
    const x = ((this.moment - this.data.begin) / Math.max(this.data.end - this.data.begin, 1)) * box.scrollWidth;
    if (x < box.scrollLeft || x > box.scrollLeft + box.clientWidth) box.scrollLeft = x - box.clientWidth / 2;
  }

  #clicked(event) {
    const box = this.byId("timeline").getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    const key = event.target.dataset?.key ?? "";
    if (key.startsWith("incident-")) this.dispatchEvent(new CustomEvent("incident", { detail: Number(key.slice(9)) }));
    else if (key.startsWith("item-")) this.showItem(Number(key.slice(5)));
    else this.seek(this.data.begin + share * (this.data.end - this.data.begin), { now: true });
  }
}
