// Live advice before the photo: small pictures are looked at by the server, which keeps none of them.

import { postBytes } from "../shared/http.js";
import { CalmWords } from "./calm_words.js";
import { pictureOf } from "./frame_sender.js";
import { MARKS, marksOf } from "./look_marks.js";

const AGAIN_MS = 1000;
const AFTER_FAULT_MS = 5000;
const IDLE_AFTER_MS = 120000;
const IDLE_EVERY_MS = 5000;
const ANSWER_LIMIT_MS = 5000;
const SIGNS = { good: "✓", bad: "!", unknown: "–" };
const WORDS = { good: "good", bad: "needs attention", unknown: "not known yet" };
const WELL = "Your picture is good: one face, clear and well lit.";
const PAUSED = "Live advice is paused. Nothing is sent.";

/** Looks about once a second from `begin` to `stop`, one picture under way at a time; hidden pages send none. */
export class CameraLook {
  constructor({ element, camera, video, attemptUrl }) {
    Object.assign(this, { element, camera, video, attemptUrl });
    this.canvas = document.createElement("canvas");
    this.overlay = element.querySelector("[data-look-overlay]");
    this.pause = element.querySelector("[data-look-pause]");
    const advice = element.querySelector("[data-look-advice]");
    this.words = new CalmWords((sentence) => {
      if (advice.textContent !== sentence) advice.textContent = sentence;
    });
    this.isRunning = false;
    this.isPaused = false;
    this.timer = null;
    this.underWay = null;
    this.pause.addEventListener("click", () => this.#togglePause());
    document.addEventListener("visibilitychange", () => this.#next(0));
    for (const sign of ["pointerdown", "keydown"]) document.addEventListener(sign, () => this.#noteActive());
  }

  begin() {
    if (this.isRunning) return;
    this.isRunning = true;
    this.#noteActive();
    this.#next(0);
  }

  stop() {
    this.isRunning = false;
    this.#next(0);
  }

  #noteActive() {
    this.activeAt = performance.now();
  }

  #next(delay) {
    clearTimeout(this.timer);
    const isWanted = this.isRunning && !this.isPaused && !document.hidden;
    if (!isWanted) {
      this.underWay?.abort();
      this.#clear();
    } else if (this.underWay === null) {
      this.timer = setTimeout(() => this.#look(), delay);
    }
  }

  async #look() {
    this.underWay = new AbortController();
    const { signal } = this.underWay;
    let delay = AGAIN_MS;
    try {
      delay = await this.#ask(signal);
    } catch (error) {
      if (error.status === undefined) throw error;
      // Advice is a help, not a condition: without it the photo itself is judged.
      if (!error.isTemporary) this.isRunning = false;
      delay = error.retryAfterMs ?? AFTER_FAULT_MS;
      this.#clear();
    } finally {
      this.underWay = null;
    }
    const isIdle = performance.now() - this.activeAt > IDLE_AFTER_MS;
    this.#next(signal.aborted ? 0 : Math.max(delay, isIdle ? IDLE_EVERY_MS : 0));
  }

  async #ask(signal) {
    if (!this.camera.stream || this.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !this.video.videoWidth) {
      this.#clear();
      return AGAIN_MS;
    }
    const blob = await pictureOf(this.video, this.canvas);
    if (blob === null || signal.aborted) return AGAIN_MS;
    const options = { signal, timeoutMs: ANSWER_LIMIT_MS };
    const answer = await postBytes(this.attemptUrl + "look/", blob, { "Content-Type": "image/jpeg" }, options);
    if (answer.looked && !signal.aborted) this.#show(answer);
    return answer.next_look_after_ms;
  }

  #show({ ok, problems, face, width, height }) {
    const marks = marksOf(problems.map(({ code }) => code), face !== null);
    for (const mark of MARKS) this.#mark(mark, marks[mark]);
    this.words.say(ok ? WELL : problems[0].text);
    this.overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.overlay.dataset.state = ok ? "good" : "bad";
    this.#drawGuide(width, height);
    this.#drawFace(face);
  }

  /** Where a head fits well: in the middle, with room around it. */
  #drawGuide(width, height) {
    const guide = this.overlay.querySelector("ellipse");
    const tall = 0.36 * height;
    for (const [name, value] of Object.entries({ cx: width / 2, cy: 0.45 * height, rx: 0.74 * tall, ry: tall })) guide.setAttribute(name, value);
  }

  #drawFace(face) {
    const box = this.overlay.querySelector("rect");
    box.toggleAttribute("hidden", face === null);
    if (face === null) return;
    for (const [name, value] of Object.entries({ x: face.x, y: face.y, width: face.w, height: face.h })) box.setAttribute(name, value);
  }

  #clear() {
    for (const mark of MARKS) this.#mark(mark, "unknown");
    this.overlay.dataset.state = "unknown";
    this.#drawFace(null);
    this.words.clear();
    this.words.say(this.isPaused ? PAUSED : "");
  }

  #mark(mark, state) {
    const entry = this.element.querySelector(`[data-mark="${mark}"]`);
    entry.dataset.state = state;
    entry.querySelector("[data-mark-sign]").textContent = SIGNS[state];
    entry.querySelector("[data-mark-word]").textContent = ": " + WORDS[state];
  }

  #togglePause() {
    this.isPaused = !this.isPaused;
    this.pause.textContent = this.isPaused ? "Go on with live advice" : "Pause live advice";
    this.#next(0);
  }
}
