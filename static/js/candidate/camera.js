// The camera of the candidate: opens it, notices when it ends or goes blind, and brings it back.

import { explain, missingMedia } from "./media_problems.js";

const CHOICE_KEY = "proctor-camera";
const MUTED_AFTER_MS = 2000;

/**
 * `state`: "off", "ok", "denied", "none", "ended", "busy", "failed", "insecure", "old_browser". Events: "state"
 * {state, text}. `stream` is null unless the camera runs.
 */
export class Camera extends EventTarget {
  constructor() {
    super();
    this.state = "off";
    this.text = "";
    this.stream = null;
    this.isWanted = false;
    this.opening = null;
    this.#followDevices();
  }

  get label() {
    return this.stream?.getVideoTracks()[0]?.label ?? "";
  }

  get deviceId() {
    return this.stream?.getVideoTracks()[0]?.getSettings().deviceId ?? "";
  }

  /** Opens the camera, the one chosen at check-in if it is there. Resolves to true when it runs. */
  open(deviceId = readChoice()) {
    this.isWanted = true;
    this.opening ??= this.#open(deviceId).finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  /** Stops capture for good: the light of the camera goes out. */
  stop() {
    this.isWanted = false;
    this.#release();
    this.#become("off", "");
  }

  /** Takes another camera and remembers it for the exam. */
  async choose(deviceId) {
    rememberChoice(deviceId);
    this.#release();
    return this.open(deviceId);
  }

  /** The cameras of this device: [{id, label}]; labels are known once one has been allowed. */
  async list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter((device) => device.kind === "videoinput");
    return cameras.map((device, index) => ({ id: device.deviceId, label: device.label || "Camera " + (index + 1) }));
  }

  async #open(deviceId) {
    const missing = missingMedia();
    if (missing) return this.#become(missing.code, missing.text);
    this.#release();
    try {
      this.stream = await this.#request(deviceId);
    } catch (error) {
      const { code, text } = explain(error, "camera");
      return this.#become(code, text);
    }
    if (!this.isWanted) {
      this.#release();
      return false;
    }
    this.#watchTrack(this.stream.getVideoTracks()[0]);
    return this.#become("ok", "");
  }

  async #request(deviceId) {
    const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15, max: 30 } };
    if (!deviceId) return navigator.mediaDevices.getUserMedia({ video: size });
    try {
      return await navigator.mediaDevices.getUserMedia({ video: { ...size, deviceId: { exact: deviceId } } });
    } catch (error) {
      if (error.name !== "OverconstrainedError") throw error;
      return navigator.mediaDevices.getUserMedia({ video: size });
    }
  }

  #watchTrack(track) {
    const gone = "The camera has stopped. Plug it in again or switch it on, then choose “Start the camera again”.";
    track.addEventListener("ended", () => this.stream?.getVideoTracks()[0] === track && this.#lose(gone));
    const blind = "The camera gives no picture. Is it switched off or covered by a slider, or used by another program?";
    track.addEventListener("mute", () => {
      setTimeout(() => track.muted && this.stream?.getVideoTracks()[0] === track && this.#become("ended", blind), MUTED_AFTER_MS);
    });
    track.addEventListener("unmute", () => this.stream?.getVideoTracks()[0] === track && this.#become("ok", ""));
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

  /** A camera that was plugged in, or allowed in the settings, comes back by itself. */
  #followDevices() {
    const again = () => {
      if (this.isWanted && this.state !== "ok") this.open();
    };
    navigator.mediaDevices?.addEventListener("devicechange", again);
    // Firefox does not know this permission by name; there the button is the way.
    navigator.permissions?.query({ name: "camera" }).then(
      (permission) => permission.addEventListener("change", () => permission.state === "granted" && again()),
      () => {},
    );
  }
}

function readChoice() {
  try {
    return localStorage.getItem(CHOICE_KEY) ?? "";
  } catch {
    return "";
  }
}

function rememberChoice(deviceId) {
  try {
    localStorage.setItem(CHOICE_KEY, deviceId);
  } catch {
    // Without storage the exam page takes the browser's first camera.
  }
}
