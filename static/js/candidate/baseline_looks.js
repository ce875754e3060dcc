// How the candidate usually sits: one picture now and then while they read; the server keeps numbers only.

import { postBytes } from "../shared/http.js";
import { pictureOf } from "./frame_sender.js";

/** Takes pictures from `begin` until the server has enough or `stop` is called. */
export class BaselineLooks {
  constructor({ element, camera, attemptUrl }) {
    Object.assign(this, { element, camera, attemptUrl });
    this.everyMs = Number(element.dataset.every);
    this.video = element.querySelector("video");
    this.bar = element.querySelector("progress");
    this.text = element.querySelector("[data-baseline-text]");
    this.early = element.querySelector("[data-baseline-early]");
    this.timer = null;
    this.isRunning = false;
    camera.addEventListener("state", ({ detail }) => this.isRunning && this.#showCamera(detail));
  }

  async begin() {
    this.isRunning = true;
    if (!this.camera.stream) await this.camera.open();
    this.#showCamera({ state: this.camera.state, text: this.camera.text });
    this.#next(0);
  }

  stop() {
    this.isRunning = false;
    clearTimeout(this.timer);
  }

  #next(delay) {
    clearTimeout(this.timer);
    if (this.isRunning) this.timer = setTimeout(() => this.#look(), delay);
  }

  #showCamera({ state, text }) {
    if (this.video.srcObject !== this.camera.stream) this.video.srcObject = this.camera.stream;
    if (state !== "ok" && state !== "off") this.#say(text);
  }

  async #look() {
    const blob = await pictureOf(this.video);
    if (!this.isRunning) return;
    if (blob === null) return this.#next(this.everyMs);
    try {
      const answer = await postBytes(this.attemptUrl + "baseline/", blob, { "Content-Type": "image/jpeg" });
      if (this.isRunning) this.#show(answer);
    } catch (error) {
      if (error.status === undefined) throw error;
      if (this.isRunning) this.#say(error.detail);
      if (!error.isTemporary) return this.stop();
    }
    return this.#next(this.everyMs);
  }

  #show({ looks, wanted, done, text }) {
    this.bar.max = wanted;
    this.bar.value = looks;
    this.#say(text);
    this.early.hidden = done;
    if (done) this.stop();
  }

  /** The same sentence again is not announced again. */
  #say(sentence) {
    if (this.text.textContent !== sentence) this.text.textContent = sentence;
  }
}
