// Turning the head at check-in: the server asks and judges; the page sends pictures and says what is asked.

import { postBytes, postJSON, requestDelete } from "../shared/http.js";
import { pictureOf } from "./frame_sender.js";

/** Event: "settled", when the candidate goes on, with or without it. */
export class HeadTurns extends EventTarget {
  constructor({ element, camera, attemptUrl, takePicture = pictureOf }) {
    super();
    Object.assign(this, { element, camera, url: attemptUrl + "liveness/", takePicture });
    const part = (name) => element.querySelector(`[data-turn-${name}]`);
    this.everyMs = Number(element.dataset.every);
    this.video = element.querySelector("video");
    this.text = part("text");
    this.count = part("count");
    this.beginButton = part("begin");
    this.done = part("done");
    this.leave = part("leave-out");
    this.challenge = "";
    this.timer = null;
    this.beginButton.addEventListener("click", () => this.start());
    this.done.addEventListener("click", () => this.#settle());
    this.leave.addEventListener("click", () => this.leaveOut());
    camera.addEventListener("state", () => this.#showCamera());
  }

  /** Shows the live picture; nothing is sent before "Begin". */
  async begin() {
    this.beginButton.hidden = false;
    this.leave.hidden = false;
    this.done.hidden = true;
    if (!this.camera.stream) await this.camera.open();
    this.#showCamera();
  }

  stop() {
    this.challenge = "";
    clearTimeout(this.timer);
  }

  /** One try: the server draws what it asks for. */
  async start() {
    this.beginButton.disabled = true;
    try {
      const answer = await postJSON(this.url);
      this.sequence = 0;
      this.challenge = answer.challenge;
      this.beginButton.hidden = true;
      this.text.focus(); // the button that had the focus is gone
      this.#show(answer);
    } catch (error) {
      if (error.status === undefined) throw error;
      if (error.code === "settled") this.#settle();
      else this.#say(error.detail);
    }
    this.#showCamera();
  }

  async leaveOut() {
    this.stop();
    try {
      await requestDelete(this.url);
      this.#settle();
    } catch (error) {
      if (error.status === undefined) throw error;
      this.#say(error.detail);
      this.#offerTry();
    }
  }

  #settle() {
    this.stop();
    this.dispatchEvent(new CustomEvent("settled"));
  }

  #showCamera() {
    if (this.video.srcObject !== this.camera.stream) this.video.srcObject = this.camera.stream;
    this.beginButton.disabled = this.camera.state !== "ok";
    if (!["ok", "off"].includes(this.camera.state)) this.#say(this.camera.text);
  }

  #next() {
    clearTimeout(this.timer);
    if (this.challenge) this.timer = setTimeout(() => this.look(), this.everyMs);
  }

  /** Sends one picture of the try under way; one is under way at a time. */
  async look() {
    const challenge = this.challenge;
    const blob = await this.takePicture(this.video);
    if (challenge !== this.challenge) return;
    if (blob === null) return this.#next();
    const address = `${this.url}looks/?challenge=${encodeURIComponent(challenge)}&sequence=${this.sequence++}`;
    try {
      const answer = await postBytes(address, blob, { "Content-Type": "image/jpeg" });
      if (challenge === this.challenge) this.#show(answer);
    } catch (error) {
      if (error.status === undefined) throw error;
      if (challenge === this.challenge) this.#refused(error);
    }
    return undefined;
  }

  #refused(error) {
    if (error.isTemporary || error.code === "old_look") return this.#next();
    this.stop();
    this.#say(error.detail);
    return this.#offerTry();
  }

  #show({ state, text, ask, turned, wanted, seconds_left: seconds }) {
    this.text.dataset.ask = ask;
    this.#say(text);
    this.count.textContent = state === "going_on" ? `${turned} of ${wanted} done, ${seconds} s left` : "";
    if (state === "going_on") return this.#next();
    this.stop();
    if (state === "again") return this.#offerTry();
    this.leave.hidden = true;
    this.beginButton.hidden = true;
    this.done.hidden = false;
    return this.done.focus();
  }

  #offerTry() {
    this.count.textContent = "";
    this.beginButton.textContent = "Try again";
    this.beginButton.hidden = false;
    this.beginButton.disabled = this.camera.state !== "ok";
    this.beginButton.focus();
  }

  /** The same sentence again is not announced again. */
  #say(sentence) {
    if (this.text.textContent !== sentence) this.text.textContent = sentence;
  }
}
