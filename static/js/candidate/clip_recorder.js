// Records the microphone in pieces, each a complete recording: one that is lost takes no other with it.

const OVERLAP_MS = 250;
const AGAIN_MS = 2000;
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

/** The first kind of recording that this browser makes, or "" when it makes none. */
export function recordedType() {
  if (!globalThis.MediaRecorder) return "";
  return TYPES.find((each) => MediaRecorder.isTypeSupported(each)) ?? "";
}

/**
 * Events: "clip" {sequence, startedAt, seconds, from, until, mime, blob} for each piece; "failed" {name} when one
 * could not be recorded. `startedAt` is by `clock.now()`, in milliseconds; `from` and `until` by performance.now().
 * The length is measured: browsers slow down the timers of hidden pages, so that a piece may be longer than asked.
 */
export class ClipRecorder extends EventTarget {
  /** `numbers.take()`: the number of the next piece. `seconds` may change while it runs. */
  constructor({ numbers, clock }) {
    super();
    Object.assign(this, { numbers, clock });
    this.seconds = 30;
    this.bitsPerSecond = 24000;
    this.stream = null;
    this.timer = null;
    this.pieces = new Set();
  }

  get isRunning() {
    return this.stream !== null;
  }

  start(stream) {
    if (this.stream === stream) return;
    this.stop();
    this.stream = stream;
    this.#next();
  }

  /** Ends at once; what was recorded so far comes as a "clip". */
  stop() {
    this.stream = null;
    clearTimeout(this.timer);
    for (const piece of this.pieces) end(piece);
  }

  /** Trap: slices of one long recording (`timeslice`) cannot be played without its first one. */
  #next() {
    const before = [...this.pieces];
    try {
      this.#record();
    } catch (error) {
      this.#again(error.name);
      return;
    }
    // The old one goes on for a moment, so that no syllable is lost between the two.
    setTimeout(() => before.forEach(end), OVERLAP_MS);
    this.timer = setTimeout(() => this.#next(), this.seconds * 1000);
  }

  #record() {
    const recorder = new MediaRecorder(this.stream, { mimeType: recordedType(), audioBitsPerSecond: this.bitsPerSecond });
    const piece = { recorder, parts: [], sequence: null, startedAt: this.clock.now(), from: performance.now() };
    recorder.addEventListener("start", () => {
      piece.startedAt = this.clock.now();
      piece.from = performance.now();
    });
    recorder.addEventListener("dataavailable", ({ data }) => data.size && piece.parts.push(data));
    recorder.addEventListener("error", ({ error }) => this.#tellFailed(error?.name ?? "UnknownError"));
    recorder.addEventListener("stop", () => this.#finish(piece));
    recorder.start();
    piece.sequence = this.numbers.take();
    this.pieces.add(piece);
  }

  #finish(piece) {
    const { recorder, parts, sequence, startedAt, from } = piece;
    this.pieces.delete(piece);
    const until = performance.now();
    const mime = recorder.mimeType || recordedType();
    if (parts.length) {
      const blob = new Blob(parts, { type: mime });
      this.#tell("clip", { sequence, startedAt, seconds: (until - from) / 1000, from, until, mime, blob });
    } else {
      this.#tellFailed("EmptyRecording");
    }
    // It ended by itself, and no other one has begun.
    if (this.isRunning && this.pieces.size === 0) this.#schedule();
  }

  #again(name) {
    this.#tellFailed(name);
    this.#schedule();
  }

  #schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#next(), AGAIN_MS);
  }

  #tellFailed(name) {
    this.#tell("failed", { name });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function end({ recorder }) {
  if (recorder.state !== "inactive") recorder.stop();
}
