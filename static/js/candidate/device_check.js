// The device check: browser, connection, camera and microphone, each with a sentence and a way to try again.

import { CameraLook } from "./camera_look.js";
import { missingMedia } from "./media_problems.js";
import { MicrophoneCheck } from "./microphone_check.js";
import { checkNetwork } from "./network_check.js";

const WORDS = { waiting: "not checked yet", running: "checking…", good: "works", bad: "needs attention" };

/** Events: "settled" {ok}, whenever it is known whether what the exam needs works. */
export class DeviceCheck extends EventTarget {
  constructor({ element, camera, attemptUrl, socketUrl }) {
    super();
    Object.assign(this, { element, camera, attemptUrl, socketUrl });
    this.results = {};
    this.isShown = false;
    this.video = element.querySelector("video");
    this.select = element.querySelector("[data-camera-choice]");
    this.look = new CameraLook({ element, camera, video: this.video, attemptUrl });
    this.microphone = new MicrophoneCheck(element.querySelector('[data-check="microphone"]'));
    this.needsMicrophone = element.dataset.microphone === "needed";
    for (const button of element.querySelectorAll("[data-check-again]")) {
      button.addEventListener("click", () => this.#again(button.closest("[data-check]").dataset.check));
    }
    this.select.addEventListener("change", () => camera.choose(this.select.value));
    camera.addEventListener("state", ({ detail }) => this.#showCamera(detail));
    camera.addEventListener("devices", () => camera.stream && this.#offerChoice());
    this.microphone.addEventListener("settled", ({ detail }) => this.#settleMicrophone(detail));
  }

  /** Runs all checks, one after the other, so that the browser asks one question at a time. */
  async run() {
    this.isShown = true;
    this.look.begin();
    await this.#again("browser");
    await this.#again("network");
    await this.#again("camera");
    if (this.needsMicrophone && this.isShown) await this.#again("microphone");
  }

  /** The step is left: no picture is looked at any more, and nothing listens. */
  stop() {
    this.isShown = false;
    this.look.stop();
    this.microphone.stop();
  }

  /** What the exam needs works: the microphone only where the exam listens. */
  get isGood() {
    const works = ["browser", "network", "camera"].every((name) => this.results[name] === true);
    return works && (!this.needsMicrophone || this.microphone.mayGoOn);
  }

  async #again(name) {
    this.#show(name, "running", "");
    if (name === "microphone") return this.microphone.begin();
    const checks = {
      browser: () => this.#checkBrowser(),
      network: () => checkNetwork(this.attemptUrl, this.socketUrl),
      camera: () => this.#checkCamera(),
    };
    const { ok, text } = await checks[name]();
    return this.#settle(name, ok, text);
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

  #settle(name, ok, text) {
    this.results[name] = ok;
    this.#show(name, ok ? "good" : "bad", text);
    this.#tell();
  }

  #settleMicrophone({ state, text }) {
    this.#show("microphone", state, text);
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new CustomEvent("settled", { detail: { ok: this.isGood } }));
  }

  #show(name, state, text) {
    const row = this.element.querySelector(`[data-check="${name}"]`);
    row.dataset.state = state;
    row.querySelector("[data-check-state]").textContent = WORDS[state];
    row.querySelector("[data-check-text]").textContent = text;
    row.querySelector("[data-check-again]").disabled = state === "running" && name !== "microphone";
  }
}
