// The reference photo: a picture from the camera, judged by the server at once; taken again as often as wanted.

import { postBytes } from "../shared/http.js";
import { pictureOf } from "./frame_sender.js";

const PHOTO_QUALITY = 0.9;

/** Events: "accepted", when the server has taken a photo; "rejected", when it
 * was not good enough; "discarded", when a new one is to be taken. */
export class ReferencePhoto extends EventTarget {
  constructor({ element, camera, attemptUrl }) {
    super();
    Object.assign(this, { element, camera, attemptUrl });
    this.video = element.querySelector("video");
    this.picture = element.querySelector("[data-photo]");
    this.take = element.querySelector("[data-take-photo]");
    this.retake = element.querySelector("[data-retake-photo]");
    this.feedback = element.querySelector("[data-photo-feedback]");
    this.take.addEventListener("click", () => this.#takePhoto());
    this.retake.addEventListener("click", () => this.#startAgain());
    camera.addEventListener("state", ({ detail }) => this.#showCamera(detail));
  }

  /** Shows the live picture. */
  async begin() {
    if (!this.camera.stream) await this.camera.open();
    this.#showCamera({ state: this.camera.state, text: this.camera.text });
  }

  #showCamera({ state, text }) {
    if (this.video.srcObject !== this.camera.stream) this.video.srcObject = this.camera.stream;
    this.take.disabled = state !== "ok";
    if (state !== "ok" && state !== "off") this.#say("warning", [text]);
  }

  async #takePhoto() {
    this.take.disabled = true;
    this.#say("info", ["Looking at your photo…"]);
    const blob = await pictureOf(this.video, undefined, PHOTO_QUALITY);
    if (blob === null) return this.#failed("The camera gave no picture. Try again.");
    this.#freeze(URL.createObjectURL(blob));
    try {
      this.#judge(await postBytes(this.attemptUrl + "reference-photo/", blob, { "Content-Type": "image/jpeg" }));
    } catch (error) {
      if (error.status === undefined) throw error;
      this.#failed(error.detail);
    }
    return undefined;
  }

  #judge({ ok, problems }) {
    if (ok) {
      this.#say("success", ["This photo is good: one face, large enough, sharp and well lit."]);
      this.dispatchEvent(new CustomEvent("accepted"));
    } else {
      this.#say("warning", ["This photo cannot be used yet.", ...problems.map(({ text }) => text)]);
    }
    this.retake.hidden = false;
    this.take.hidden = true;
    if (!ok) {
      this.retake.focus();
      this.dispatchEvent(new CustomEvent("rejected"));
    }
  }

  #failed(sentence) {
    this.#say("danger", [sentence]);
    this.retake.hidden = false;
    this.take.hidden = true;
    this.retake.focus();
  }

  #startAgain() {
    this.#freeze("");
    this.#say("info", []);
    this.retake.hidden = true;
    this.take.hidden = false;
    this.take.disabled = this.camera.state !== "ok";
    this.take.focus();
    this.dispatchEvent(new CustomEvent("discarded"));
  }

  #freeze(address) {
    if (this.picture.src.startsWith("blob:")) URL.revokeObjectURL(this.picture.src);
    this.picture.hidden = address === "";
    this.video.hidden = address !== "";
    if (address) this.picture.src = address;
    else this.picture.removeAttribute("src");
  }

  #say(tone, sentences) {
    this.feedback.className = "notice notice-" + tone;
    this.feedback.hidden = sentences.length === 0;
    this.feedback.replaceChildren(...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      return line;
    }));
  }
}
