// The device check: browser, connection, camera and microphone, each with a sentence and a way to try again.

import { missingMedia } from "./media_problems.js";
import { checkMicrophone } from "./microphone.js";
import { checkNetwork } from "./network_check.js";

const WORDS = { waiting: "not checked yet", running: "checking…", good: "works", bad: "needs attention" };

/** Events: "settled" {ok}, whenever it is known whether what the exam needs works. */
export class DeviceCheck extends EventTarget {
  constructor({ element, camera, attemptUrl, socketUrl }) {
    super();
    Object.assign(this, { element, camera, attemptUrl, socketUrl });
    this.results = {};
    this.video = element.querySelector("video");
    this.select = element.querySelector("[data-camera-choice]");
    for (const button of element.querySelectorAll("[data-check-again]")) {
      button.addEventListener("click", () => this.#again(button.closest("[data-check]").dataset.check));
    }
    this.select.addEventListener("change", () => camera.choose(this.select.value));
    camera.addEventListener("state", ({ detail }) => this.#showCamera(detail));
  }

  /** Runs all checks, one after the other, so that the browser asks one question at a time. */
  async run() {
    await this.#again("browser");
    await this.#again("network");
    await this.#again("camera");
  }

  /** What the exam needs works: the microphone is not captured in this exam, so it may fail. */
  get isGood() {
    return ["browser", "network", "camera"].every((name) => this.results[name] === true);
  }

  async #again(name) {
    this.#show(name, "running", "");
    const checks = {
      browser: () => this.#checkBrowser(),
      network: () => checkNetwork(this.attemptUrl, this.socketUrl),
      camera: () => this.#checkCamera(),
      microphone: () => checkMicrophone((level) => this.#showLevel(level)),
    };
    const { ok, text } = await checks[name]();
    this.#settle(name, ok, text);
  }

  #checkBrowser() {
    const missing = missingMedia();
    if (missing) return { ok: false, text: missing.text };
    if (!("indexedDB" in window) || !("showModal" in HTMLDialogElement.prototype)) {
      return { ok: false, text: "This browser is too old for the exam. Please use a current Firefox, Chrome, Edge or Safari." };
    }
    return { ok: true, text: "This browser has what the exam needs." };
  }

  async #checkCamera() {
    const ok = await this.camera.open();
    return { ok, text: ok ? "You should see yourself in the picture." : this.camera.text };
  }

  #showCamera({ state, text }) {
    const { stream } = this.camera;
    this.video.hidden = stream === null;
    if (this.video.srcObject !== stream) this.video.srcObject = stream;
    if (stream) this.#offerChoice();
    if (this.results.camera !== undefined && state !== "off") {
      this.#settle("camera", state === "ok", state === "ok" ? "You should see yourself in the picture." : text);
    }
  }

  async #offerChoice() {
    const cameras = await this.camera.list();
    this.select.replaceChildren(...cameras.map(({ id, label }) => new Option(label, id, false, id === this.camera.deviceId)));
    this.select.closest(".field").hidden = cameras.length < 2;
  }

  #showLevel(level) {
    this.element.querySelector("meter").value = level;
  }

  #settle(name, ok, text) {
    this.results[name] = ok;
    this.#show(name, ok ? "good" : "bad", text);
    this.dispatchEvent(new CustomEvent("settled", { detail: { ok: this.isGood } }));
  }

  #show(name, state, text) {
    const row = this.element.querySelector(`[data-check="${name}"]`);
    row.dataset.state = state;
    row.querySelector("[data-check-state]").textContent = WORDS[state];
    row.querySelector("[data-check-text]").textContent = text;
    row.querySelector("[data-check-again]").disabled = state === "running";
  }
}
