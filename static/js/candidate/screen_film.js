// Remembers the last seconds of the shared screen as a film, in memory, and sends the pieces that the server asks for.

import { postBytes } from "../shared/http.js";
import { renewing } from "./renewing_post.js";

const PIECE_MS = 10000;
const REMEMBERED_MS = 30000;
const BITS_PER_SECOND = 250000;
const TYPES = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm", "video/mp4"];
const MOST_TRIES = 4;
const RETRY_MS = 5000;

/** The kind of film this browser can make; "" where none. */
export function filmType() {
  const can = globalThis.MediaRecorder?.isTypeSupported?.bind(globalThis.MediaRecorder);
  return can ? (TYPES.find((type) => can(type)) ?? "") : "";
}

/** Each piece is a whole film of its own, so that it can be played alone. Event "sent" {seconds}. */
export class ScreenFilm extends EventTarget {
  /** `clock`: the server's; `post(url, piece, ask)` is for tests. */
  constructor({ clock, url, post = postFilm }) {
    super();
    Object.assign(this, { clock, url, post });
    this.pieces = [];
    this.wishes = [];
    this.recorder = null;
    this.timer = null;
  }

  start(stream) {
    if (this.recorder || filmType() === "") return;
    this.stream = stream;
    this.#begin();
  }

  /** Stops and forgets: a pause, the end, or nothing is shared any more. What was asked for before is still sent. */
  stop() {
    clearTimeout(this.timer);
    const { recorder } = this;
    this.recorder = null;
    if (recorder?.state === "recording") recorder.stop();
    this.pieces = [];
  }

  /** The server wants the film from `from` to `to`, milliseconds of its clock, under the name `ask`. */
  want({ ask, from, to }) {
    this.wishes.push({ ask, from, to });
    for (const piece of this.pieces) this.#sendIfWanted(piece);
  }

  #begin() {
    let recorder;
    try {
      recorder = new MediaRecorder(this.stream, { mimeType: filmType(), videoBitsPerSecond: BITS_PER_SECOND });
    } catch (error) {
      console.warn("film of the screen:", error.name);
      return;
    }
    const startedAt = this.clock.now();
    recorder.addEventListener("dataavailable", ({ data }) => this.#keep(recorder, data, startedAt));
    recorder.start();
    this.recorder = recorder;
    this.timer = setTimeout(() => {
      recorder.state === "recording" && recorder.stop();
      if (this.recorder === recorder) this.#begin();
    }, PIECE_MS);
  }

  #keep(recorder, blob, startedAt) {
    const now = this.clock.now();
    const piece = { sequence: Math.floor(startedAt / 1000) % 2 ** 32, startedAt, endedAt: now, blob, mime: recorder.mimeType.split(";")[0] };
    if (blob.size === 0 || now - startedAt < 200) return;
    this.#sendIfWanted(piece);
    this.wishes = this.wishes.filter(({ to }) => to + PIECE_MS > now);
    // After `stop` nothing is remembered.
    if (this.recorder === null) return;
    this.pieces = [...this.pieces, piece].filter(({ endedAt }) => now - endedAt < REMEMBERED_MS);
  }

  #sendIfWanted(piece) {
    for (const { ask, from, to } of this.wishes) {
      if (piece.startedAt <= to && piece.endedAt >= from) this.#send(piece, ask, 1);
    }
  }

  async #send(piece, ask, tries) {
    try {
      await this.post(this.url, piece, ask);
      this.dispatchEvent(new CustomEvent("sent", { detail: { seconds: (piece.endedAt - piece.startedAt) / 1000 } }));
    } catch (error) {
      if (error.status === undefined) throw error;
      if (error.isTemporary && tries < MOST_TRIES) setTimeout(() => this.#send(piece, ask, tries + 1), RETRY_MS * tries);
    }
  }
}

/** Sends one piece under the name of the wish; resolves to the server's answer. Throws ApiError. */
export function postFilm(url, { sequence, startedAt, endedAt, blob, mime }, ask) {
  const headers = {
    "Content-Type": mime,
    "X-Sequence": String(sequence),
    "X-Captured-At": String(Math.round(startedAt)),
    "X-Seconds": Math.min(20, (endedAt - startedAt) / 1000).toFixed(2),
    "X-Ask": ask,
  };
  return renewing(() => postBytes(url, blob, headers, { priority: "low", timeoutMs: 60000 }));
}
