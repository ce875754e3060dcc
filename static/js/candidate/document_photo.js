// The photo of an identity document: from the camera or a file, looked at by the server at once.

import { postBytes, requestDelete } from "../shared/http.js";
import { pictureOf } from "./frame_sender.js";

const LONG_SIDE = 1600;
const QUALITY = 0.9;

/** Event: "settled", when the server has kept a photo or the candidate goes on without one. */
export class DocumentPhoto extends EventTarget {
  constructor({ element, camera, attemptUrl }) {
    super();
    Object.assign(this, { element, camera, url: attemptUrl + "document/" });
    const part = (name) => element.querySelector(`[data-${name}]`);
    this.video = element.querySelector("video");
    this.around = part("document-camera");
    this.picture = part("photo");
    this.type = part("document-type");
    this.typeProblem = part("document-type-problem");
    this.file = part("document-file");
    this.take = part("take-photo");
    this.anyway = part("send-anyway");
    this.feedback = part("photo-feedback");
    this.take.addEventListener("click", () => this.#fromCamera());
    this.file.addEventListener("change", () => this.#fromFile());
    this.type.addEventListener("change", () => this.#hasType());
    this.anyway.addEventListener("click", () => this.#send(this.blob, true));
    part("leave-out").addEventListener("click", () => this.#leaveOut());
    camera.addEventListener("state", () => this.#showCamera());
  }

  /** Shows the live picture, where the candidate has agreed to the camera. */
  async begin(usesCamera) {
    this.around.hidden = !usesCamera;
    this.take.hidden = !usesCamera;
    this.#say("info", []);
    this.#freeze(null);
    if (usesCamera && !this.camera.stream) await this.camera.open();
    this.#showCamera();
  }

  #showCamera() {
    if (this.video.srcObject !== this.camera.stream) this.video.srcObject = this.camera.stream;
    this.take.disabled = this.camera.state !== "ok";
  }

  #hasType() {
    const isChosen = this.type.value !== "";
    this.typeProblem.textContent = isChosen ? "" : "Say first which document it is.";
    this.typeProblem.hidden = isChosen;
    this.type.setAttribute("aria-invalid", String(!isChosen));
    if (!isChosen) this.type.focus();
    return isChosen;
  }

  async #fromCamera() {
    if (!this.#hasType()) return;
    if (!this.picture.hidden) return this.#again();
    const blob = await pictureOf(this.video, undefined, QUALITY, LONG_SIDE);
    if (blob === null) this.#say("danger", ["The camera gave no picture. Try again."]);
    else await this.#send(blob, false);
  }

  async #fromFile() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file || !this.#hasType()) return;
    const blob = await smaller(file);
    if (blob === null) this.#say("danger", ["This file is no picture that your browser can read. Choose a JPEG, PNG or WebP picture."]);
    else await this.#send(blob, false);
  }

  async #send(blob, anyway) {
    this.blob = blob;
    this.#freeze(blob);
    this.anyway.hidden = true;
    this.take.disabled = true;
    this.#say("info", ["Looking at your photo…"]);
    try {
      const address = `${this.url}?type=${this.type.value}${anyway ? "&anyway=yes" : ""}`;
      const { ok, problems } = await postBytes(address, blob, { "Content-Type": "image/jpeg" });
      if (ok) return this.dispatchEvent(new CustomEvent("settled"));
      this.#say("warning", ["This photo cannot be compared yet.", ...problems.map(({ text }) => text)]);
      this.anyway.hidden = false;
    } catch (error) {
      if (error.status === undefined) throw error;
      this.#say("danger", [error.detail]);
    }
    this.#showCamera();
    return undefined;
  }

  async #leaveOut() {
    try {
      await requestDelete(this.url);
      this.dispatchEvent(new CustomEvent("settled"));
    } catch (error) {
      if (error.status === undefined) throw error;
      this.#say("danger", [error.detail]);
    }
  }

  #again() {
    this.#freeze(null);
    this.#say("info", []);
    this.anyway.hidden = true;
    return undefined;
  }

  /** Shows the photo that was taken, or the live picture again. */
  #freeze(blob) {
    if (this.picture.src.startsWith("blob:")) URL.revokeObjectURL(this.picture.src);
    this.picture.hidden = blob === null;
    this.video.hidden = blob !== null;
    if (blob) {
      this.picture.src = URL.createObjectURL(blob);
      this.around.hidden = false;
    } else this.picture.removeAttribute("src");
    this.take.textContent = blob === null ? "Take a photo of the document" : "Take another photo";
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

/** The picture of a file as JPEG, its longer side at most 1600 pixels; null for what is no picture. */
async function smaller(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return null;
  }
  const scale = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d", { alpha: false }).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
