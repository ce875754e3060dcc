// The own camera and microphone in a meeting: turned on by a click, chosen, muted, and let go again.

import { Camera } from "../candidate/camera.js";
import { openTogether } from "../candidate/media_device.js";
import { Microphone } from "../candidate/microphone.js";
import { SoundLevel, placeOf, soundAdvice } from "../candidate/sound_level.js";

/** Event "changed", whenever what others may get changes: `picture` and `sound` are the tracks, or null. */
export class OwnMedia extends EventTarget {
  constructor(element) {
    super();
    this.element = element;
    this.camera = new Camera();
    this.microphone = new Microphone();
    this.level = new SoundLevel();
    this.isMuted = false;
    this.isCameraOff = false;
    this.hasBegun = false;
    this.cameraRow = element.querySelector('[data-check="camera"]');
    this.microphoneRow = element.querySelector('[data-check="microphone"]');
    for (const [device, row] of [[this.camera, this.cameraRow], [this.microphone, this.microphoneRow]]) {
      const select = row.querySelector("select");
      device.addEventListener("state", ({ detail }) => this.#follow(device, row, detail));
      device.addEventListener("devices", () => device.stream && this.#offerChoice(device, row));
      select.addEventListener("change", () => device.choose(select.value));
    }
    this.level.addEventListener("heard", ({ detail }) => this.#hear(detail));
  }

  get picture() {
    return this.isCameraOff ? null : this.camera.track;
  }

  get sound() {
    return this.isMuted ? null : this.microphone.track;
  }

  /** Whether at least one of the two works. */
  get isUsable() {
    return Boolean(this.camera.track || this.microphone.track);
  }

  async begin() {
    this.hasBegun = true;
    await openTogether(this.camera, this.microphone);
    this.#show();
  }

  /** The check is over: the meter needs no sound any more. */
  endCheck() {
    this.level.stop();
    this.microphoneRow.querySelector("[data-sound-scale]").hidden = true;
  }

  setMuted(isMuted) {
    this.isMuted = isMuted;
    this.#show();
  }

  /** Off means off: the light of the camera goes out. */
  async setCameraOff(isOff) {
    this.isCameraOff = isOff;
    if (isOff) this.camera.stop();
    else await this.camera.open();
    this.#show();
  }

  stop() {
    this.hasBegun = false;
    this.level.stop();
    this.camera.stop();
    this.microphone.stop();
    this.#show();
  }

  #follow(device, row, { state, text }) {
    const words = { camera: "Your camera works: you should see yourself.", microphone: "Say a few words…" }[device.name];
    row.querySelector("[data-check-text]").textContent = state === "ok" ? words : text;
    row.querySelector("[data-check-text]").classList.toggle("error", !["ok", "off"].includes(state));
    if (state === "ok") this.#offerChoice(device, row);
    if (device === this.microphone && this.hasBegun) this.#measure(state === "ok");
    this.#show();
  }

  #measure(isOn) {
    const scale = this.microphoneRow.querySelector("[data-sound-scale]");
    if (isOn && !this.isInRoom) this.level.listen(this.microphone.stream);
    else this.level.stop();
    scale.hidden = !isOn || this.isInRoom === true;
  }

  #hear({ db, code }) {
    this.microphoneRow.querySelector("meter").value = placeOf(db);
    const said = this.microphoneRow.querySelector("[data-check-text]");
    const words = soundAdvice(code, this.microphone.label);
    // Read aloud: only what is new.
    if (["good", "too_quiet", "too_loud", "noisy", "no_signal", "asleep"].includes(code) && said.textContent !== words) said.textContent = words;
  }

  async #offerChoice(device, row) {
    const found = await device.list();
    const select = row.querySelector("select");
    select.replaceChildren(...found.map(({ id, label }) => new Option(label, id, false, id === device.deviceId)));
    row.querySelector(".field").hidden = found.length < 2;
  }

  #show() {
    const stream = this.picture ? this.camera.stream : null;
    for (const video of this.element.querySelectorAll("[data-own-picture]")) {
      if (video.srcObject !== stream) video.srcObject = stream;
      video.hidden = stream === null;
      video.parentElement.querySelector("[data-no-picture]").hidden = stream !== null;
    }
    this.dispatchEvent(new CustomEvent("changed"));
  }
}
