// A camera or microphone of the candidate: opens it, notices when it ends or gives nothing, and brings it back.

import { explain, missingMedia } from "./media_problems.js";

const MUTED_AFTER_MS = 2000;

/**
 * `state`: "off", "ok", "denied", "none", "ended", "busy", "failed", "insecure", "old_browser". Events: "state"
 * {state, text}; "devices" when something was plugged in or out. `stream` is null unless the device runs.
 */
export class MediaDevice extends EventTarget {
  /** `name`: "camera" or "microphone"; `wishes`: constraints of its track; `gone`, `silent`: what to say then. */
  constructor({ name, kind, wishes, gone, silent }) {
    super();
    Object.assign(this, { name, kind, wishes, gone, silent });
    this.medium = kind === "videoinput" ? "video" : "audio";
    this.state = "off";
    this.text = "";
    this.stream = null;
    this.isWanted = false;
    this.opening = null;
    this.#followDevices();
  }

  get track() {
    return this.stream?.getTracks()[0] ?? null;
  }

  get label() {
    return this.track?.label ?? "";
  }

  /** Switched off at the device or in the system: it is there, but gives nothing. */
  get isMuted() {
    return this.state === "ended" && this.track !== null;
  }

  get deviceId() {
    return this.track?.getSettings().deviceId ?? "";
  }

  /**
   * Opens the device, the one chosen at check-in if it is there. Resolves to true when it runs. `given`: a promise
   * of its stream, or of null, when it is asked for together with another device.
   */
  open(deviceId = this.#readChoice(), given = null) {
    this.isWanted = true;
    this.opening ??= this.#open(deviceId, given).finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  /** Stops capture for good: the light of the device goes out. */
  stop() {
    this.isWanted = false;
    this.#release();
    this.#become("off", "");
  }

  /** Takes another device of this kind and remembers it for the exam. */
  async choose(deviceId) {
    this.#rememberChoice(deviceId);
    this.#release();
    return this.open(deviceId);
  }

  /** The devices of this kind: [{id, label}]; labels are known once one has been allowed. */
  async list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    // Chrome lists the system's choice for calls once more under this name.
    const own = devices.filter((device) => device.kind === this.kind && device.deviceId !== "communications");
    const title = this.name[0].toUpperCase() + this.name.slice(1);
    return own.map((device, index) => ({ id: device.deviceId, label: device.label || `${title} ${index + 1}` }));
  }

  /** What to ask the browser for: the device that was chosen at check-in. */
  get constraints() {
    const deviceId = this.#readChoice();
    return deviceId ? { ...this.wishes, deviceId: { exact: deviceId } } : this.wishes;
  }

  async #open(deviceId, given) {
    const missing = missingMedia();
    if (missing) return this.#become(missing.code, missing.text);
    this.#release();
    try {
      this.stream = (await given) ?? (await this.#request(deviceId));
    } catch (error) {
      const { code, text } = explain(error, this.name);
      return this.#become(code, text);
    }
    if (!this.isWanted) {
      this.#release();
      return false;
    }
    this.#watch(this.track);
    return this.#become("ok", "");
  }

  async #request(deviceId) {
    if (!deviceId) return this.#ask(this.wishes);
    try {
      return await this.#ask({ ...this.wishes, deviceId: { exact: deviceId } });
    } catch (error) {
      if (error.name !== "OverconstrainedError") throw error;
      return this.#ask(this.wishes);
    }
  }

  #ask(wishes) {
    return navigator.mediaDevices.getUserMedia({ [this.medium]: wishes });
  }

  #watch(track) {
    const isOurs = () => this.track === track;
    const tellIfMuted = () => setTimeout(() => track.muted && isOurs() && this.#become("ended", this.silent), MUTED_AFTER_MS);
    track.addEventListener("ended", () => isOurs() && this.#lose(this.gone));
    track.addEventListener("mute", tellIfMuted);
    track.addEventListener("unmute", () => isOurs() && this.#become("ok", ""));
    if (track.muted) tellIfMuted();
  }

  #lose(text) {
    this.#release();
    this.#become("ended", text);
  }

  #release() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  #become(state, text) {
    const isNew = state !== this.state || text !== this.text;
    this.state = state;
    this.text = text;
    if (isNew || state === "ok") this.dispatchEvent(new CustomEvent("state", { detail: { state, text } }));
    return state === "ok";
  }

  /** A device that was plugged in, or allowed in the settings, comes back by itself. */
  #followDevices() {
    const again = () => {
      if (this.isWanted && this.state !== "ok") this.open();
    };
    navigator.mediaDevices?.addEventListener("devicechange", () => {
      this.dispatchEvent(new CustomEvent("devices"));
      again();
    });
    // Firefox does not know these permissions by name; there the button is the way.
    navigator.permissions?.query({ name: this.name }).then(
      (permission) => permission.addEventListener("change", () => permission.state === "granted" && again()),
      () => {},
    );
  }

  get #choiceKey() {
    return "proctor-" + this.name;
  }

  #readChoice() {
    try {
      return localStorage.getItem(this.#choiceKey) ?? "";
    } catch {
      return "";
    }
  }

  #rememberChoice(deviceId) {
    try {
      localStorage.setItem(this.#choiceKey, deviceId);
    } catch {
      // Without storage the exam page takes the browser's first device.
    }
  }
}

/** Opens a camera and a microphone with one question of the browser; each alone when they cannot be had together. */
export function openTogether(camera, microphone) {
  const both = missingMedia() ? Promise.resolve(null) : askForBoth(camera.constraints, microphone.constraints);
  const part = (medium) => both.then((stream) => stream && new MediaStream(stream.getTracks().filter((each) => each.kind === medium)));
  const first = camera.open(undefined, part("video"));
  // One after the other: where each has to be asked for alone, the browser shows one question at a time.
  const second = microphone.open(undefined, first.then(() => part("audio")));
  return Promise.all([first, second]);
}

async function askForBoth(video, audio) {
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio });
  } catch {
    // Which of the two is missing, or was refused, is said when each is asked for alone.
    return null;
  }
}
