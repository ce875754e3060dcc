// Sends pictures of the screen at a set pace, only when it has changed, one at a time, after answers.

import { postBytes } from "../shared/http.js";
import { renewing } from "./renewing_post.js";
import { ScreenChanges } from "./screen_changes.js";

/** In memory only: what waits when the page goes is lost, and counted. */
const MOST_WAITING = 12;
const RETRY_MS = 5000;
const AGAIN_MS = 1000;
const SIGNED_OUT_RETRY_MS = 15000;
const NEVER = new Set(["consent_missing", "ended", "not_started"]);

/** Events: "sent" {blob, kept}, "unchanged", "waiting" {count}, "refused" {code}, "skipped": no picture to be had. */
export class ScreenSender extends EventTarget {
  /** `camera`: a ScreenCamera; `clock`: the server's; `isSaving()`: answers are under way; `post` is for tests. */
  constructor({ camera, clock, url, isSaving = () => false, post = postScreen }) {
    super();
    Object.assign(this, { camera, clock, url, isSaving, post });
    this.changes = new ScreenChanges();
    this.sequence = -1;
    this.waiting = [];
    this.counts = { unchanged: 0, dropped: 0 };
    this.isRunning = false;
    this.isPosting = false;
    this.lookTimer = this.postTimer = null;
  }

  /** `lastSequence`: the newest number that the server knows. */
  start(seconds, lastSequence) {
    this.seconds = seconds;
    this.sequence = Math.max(this.sequence, lastSequence);
    if (this.isRunning) return;
    this.isRunning = true;
    this.changes.forget();
    this.#later(AGAIN_MS);
  }

  /** No more looks; what was taken is still sent. */
  rest() {
    this.isRunning = false;
    clearTimeout(this.lookTimer);
  }

  /** Nothing more leaves this computer. */
  stop() {
    this.rest();
    clearTimeout(this.postTimer);
    this.waiting = [];
  }

  /** The connection is back. */
  hurry() {
    clearTimeout(this.postTimer);
    this.postTimer = null;
    this.#post();
  }

  /** Trap: timers, never requestAnimationFrame, which stops while the tab is hidden. */
  #later(delay) {
    clearTimeout(this.lookTimer);
    if (this.isRunning) this.lookTimer = setTimeout(() => this.#look(), delay);
  }

  async #look() {
    if (!this.camera.hasPicture) {
      this.#tell("skipped");
      this.#later(AGAIN_MS);
      return;
    }
    const now = performance.now();
    if (this.changes.look(this.camera.look(), now)) await this.#take(now);
    else {
      this.counts.unchanged += 1;
      this.#tell("unchanged");
    }
    this.#later(this.seconds * 1000);
  }

  async #take(now) {
    const blob = await this.camera.take();
    if (blob === null || !this.isRunning) return;
    this.changes.took(now);
    this.sequence += 1;
    const { unchanged } = this.counts;
    this.counts.unchanged = 0;
    this.waiting.push({ sequence: this.sequence, at: this.clock.now(), blob, unchanged });
    if (this.waiting.length > MOST_WAITING) {
      this.waiting.shift();
      this.counts.dropped += 1;
    }
    this.#post();
  }

  async #post() {
    if (this.isPosting || this.postTimer !== null || this.waiting.length === 0) return;
    if (this.isSaving()) {
      this.#postLater(AGAIN_MS);
      return;
    }
    this.isPosting = true;
    const piece = this.waiting.at(-1); // what happens now matters most to who watches
    const { dropped } = this.counts;
    let wait = 0;
    try {
      const answer = await this.post(this.url, { ...piece, dropped });
      if (answer.code === "picture_in_flight") wait = AGAIN_MS;
      else {
        this.#remove(piece);
        this.counts.dropped -= dropped;
        this.#follow(answer, piece);
      }
    } catch (error) {
      if (error.status === undefined) throw error;
      wait = this.#failed(error, piece);
    } finally {
      this.isPosting = false;
    }
    if (wait) this.#postLater(wait);
    else this.#post();
  }

  #follow({ accepted, code, kept, screen_seconds: seconds, last_sequence: last }, { blob }) {
    this.seconds = seconds || this.seconds;
    this.sequence = Math.max(this.sequence, last ?? -1);
    if (accepted) this.#tell("sent", { blob, kept });
    else this.#tell("refused", { code });
  }

  /** How long to wait before the next try; 0: this picture is given up. */
  #failed(error, piece) {
    if (error.isTemporary || error.status === 401 || error.status === 403) {
      this.#tell("waiting", { count: this.waiting.length });
      return error.retryAfterMs ?? (error.status === 401 ? SIGNED_OUT_RETRY_MS : RETRY_MS);
    }
    this.#remove(piece);
    this.counts.dropped += 1;
    if (NEVER.has(error.code)) this.stop();
    this.#tell("refused", { code: error.code });
    return 0;
  }

  #postLater(delay) {
    clearTimeout(this.postTimer);
    this.postTimer = setTimeout(() => {
      this.postTimer = null;
      this.#post();
    }, delay);
  }

  #remove(piece) {
    this.waiting = this.waiting.filter((each) => each.sequence !== piece.sequence);
  }

  #tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** Sends one picture; resolves to the server's answer. Throws ApiError. */
export function postScreen(url, { sequence, at, blob, unchanged, dropped }) {
  const headers = {
    "Content-Type": "image/jpeg",
    "X-Sequence": String(sequence),
    "X-Captured-At": String(Math.round(at)),
    "X-Unchanged": String(unchanged),
    "X-Dropped": String(dropped),
  };
  return renewing(() => postBytes(url, blob, headers, { priority: "low" }));
}
