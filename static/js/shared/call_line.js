// One side of a private call: its own tracks, the connection (call_peer.js), and playing what the other side sends.

import { CallPeer } from "./call_peer.js";
import { explain, missingMedia } from "../candidate/media_problems.js";

const WISHES = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15 } },
};
const NAMES = { audio: "microphone", video: "camera" };

/**
 * A track for the call: of a device that runs already (a copy, so that ending the call stops nothing else), or asked for now.
 * Throws an Error with the sentence to show.
 */
export async function takeTrack(kind, running = null) {
  if (running?.readyState === "live") return running.clone();
  const missing = missingMedia();
  if (missing) throw new Error(missing.text);
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ [kind]: WISHES[kind] });
    return stream.getTracks()[0];
  } catch (error) {
    throw new Error(explain(error, NAMES[kind]).text, { cause: error });
  }
}

/**
 * Events: "state" {state, code} as CallPeer; "picture" {isOn}: whether the other side sends a picture;
 * "blocked" {isBlocked}: the browser plays sound only after a click here (`play`); "stream" {stream}: what the other side
 * sends comes in a new stream; "muted" {track}: what of the own microphone is sent from now on, or null.
 */
export class CallLine extends EventTarget {
  /** `audio`, `video`: the elements that play; `send(message)`: to the server; `tracks`: {audio, video}, each may be null. */
  constructor({ call, isOfferer, kind, join, tracks, audio, video, send, makeCallPeer = (options) => new CallPeer(options) }) {
    super();
    Object.assign(this, { tracks, audio, video });
    this.isMuted = false;
    this.isCameraOff = false;
    const kinds = kind === "video" ? ["audio", "video"] : ["audio"];
    this.peer = makeCallPeer({ isOfferer, kinds, join, send: (message) => send({ type: "call", call, ...message }) });
    this.peer.addEventListener("state", ({ detail }) => this.#tell("state", detail));
    this.peer.addEventListener("remote", ({ detail }) => this.#show(detail));
    this.peer.setTrack("audio", tracks.audio);
    this.peer.setTrack("video", tracks.video);
    this.peer.start();
  }

  take(message) {
    return this.peer.take(message);
  }

  nudge() {
    this.peer.nudge();
  }

  setMuted(isMuted) {
    this.isMuted = isMuted;
    const track = isMuted ? null : this.tracks.audio;
    this.peer.setTrack("audio", track);
    this.#tell("muted", { track });
  }

  setCameraOff(isOff) {
    this.isCameraOff = isOff;
    this.peer.setTrack("video", isOff ? null : this.tracks.video);
  }

  /** After a click: browsers may refuse to play sound before one. */
  async play() {
    try {
      await this.audio.play();
      this.#tell("blocked", { isBlocked: false });
    } catch (error) {
      if (error.name === "NotAllowedError") this.#tell("blocked", { isBlocked: true });
    }
    if (this.video.srcObject) this.video.play().catch(() => {}); // interrupted by the next stream, or by its end
  }

  close() {
    this.peer.close();
    for (const track of Object.values(this.tracks)) track?.stop();
    this.audio.srcObject = null;
    this.video.srcObject = null;
  }

  #show({ stream, picture }) {
    if (this.audio.srcObject !== stream) {
      this.audio.srcObject = stream;
      this.video.srcObject = stream;
      this.video.muted = true; // the sound comes from the audio element, once
      this.play();
      this.#tell("stream", { stream });
    }
    this.#tell("picture", { isOn: picture });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** Seconds as 0:07, 12:34 or 1:02:03. */
export function lasted(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(rest).padStart(2, "0")}`;
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}
