// Sends camera pictures at the pace the server tells, one under way at a time: overload slows it, never piles up.

const LONG_SIDE = 640;
const JPEG_QUALITY = 0.7;
const ANSWER_LIMIT_MS = 10000;

/** Events: "result" {the server's frame answer}, "skipped" when no picture could be taken. */
export class FrameSender extends EventTarget {
  constructor({ video, socket }) {
    super();
    Object.assign(this, { video, socket });
    this.canvas = document.createElement("canvas");
    this.intervalMs = 1000;
    this.sequence = -1;
    this.isRunning = false;
    this.timer = null;
    this.waitingFor = null;
    socket.addEventListener("frame_result", ({ detail }) => this.#answered(detail));
    socket.addEventListener("error", ({ detail }) => this.#refused(detail));
    socket.addEventListener("closed", () => this.#next(this.intervalMs));
  }

  /** `lastSequence`: the number of the last frame that the server has had, -1 for none. */
  start(intervalMs, lastSequence) {
    this.intervalMs = intervalMs;
    this.sequence = Math.max(this.sequence, lastSequence);
    if (this.isRunning) return;
    this.isRunning = true;
    this.#next(0);
  }

  stop() {
    this.isRunning = false;
    this.waitingFor = null;
    clearTimeout(this.timer);
  }

  /** Trap: timers, never requestAnimationFrame, which stops while the tab is hidden. */
  #next(delay) {
    this.waitingFor = null;
    clearTimeout(this.timer);
    if (this.isRunning) this.timer = setTimeout(() => this.#sendOne(), delay);
  }

  async #sendOne() {
    if (!this.isRunning) return;
    const jpeg = this.socket.isOpen && this.#hasPicture() ? await this.#takePicture() : null;
    if (!this.isRunning) return;
    if (jpeg === null) {
      this.dispatchEvent(new CustomEvent("skipped"));
      this.#next(this.intervalMs);
      return;
    }
    const now = this.socket.clock.now();
    this.sequence += 1;
    this.waitingFor = this.sequence;
    if (!this.socket.sendFrame(this.sequence, now, jpeg)) this.#next(this.intervalMs);
    else this.timer = setTimeout(() => this.#next(0), ANSWER_LIMIT_MS);
  }

  #answered(result) {
    this.dispatchEvent(new CustomEvent("result", { detail: result }));
    if (this.waitingFor === null || result.sequence !== this.waitingFor) return;
    this.intervalMs = result.next_frame_after_ms || this.intervalMs;
    this.sequence = Math.max(this.sequence, result.last_sequence);
    this.#next(this.intervalMs);
  }

  /** A frame that was refused is not sent again; the next one is taken at the usual pace. */
  #refused({ sequence }) {
    if (this.waitingFor !== null && sequence === this.waitingFor) this.#next(this.intervalMs);
  }

  #hasPicture() {
    return this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && this.video.videoWidth > 0;
  }

  async #takePicture() {
    const blob = await pictureOf(this.video, this.canvas);
    return blob === null ? null : blob.arrayBuffer();
  }
}

/** The present picture of a video as JPEG, its longer side at most `longSide` pixels; null when it cannot be taken. */
export function pictureOf(video, canvas = document.createElement("canvas"), quality = JPEG_QUALITY, longSide = LONG_SIDE) {
  const scale = Math.min(1, longSide / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d", { alpha: false }).drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}
