// Sends kept recordings one at a time, the newest first: what happens now matters most to who watches.

import { postBytes, postJSON } from "../shared/http.js";
import { renewing } from "./renewing_post.js";

const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 60000;
const SIGNED_OUT_RETRY_MS = 15000;
/** The server may look for a free listener for 25 s before it answers. */
const ANSWER_LIMIT_MS = 60000;
const LOOK_AGAIN_MS = 250;
/** Who types without a pause saves without a pause; after this long a recording goes all the same. */
const LONGEST_WAIT_MS = 5000;
const KEEPS = [401, 403, 408, 425, 429];

/**
 * Events: "answered" {the server's clip answer}; "refused" {sequence, code} when the server will never take a piece;
 * "waiting" {code} when it is tried again later; "empty" when nothing is left.
 */
export class ClipSender extends EventTarget {
  /** `isSaving()`: whether answers are under way; they go first. `post(piece, sound)` is for tests. */
  constructor({ store, isSaving = () => false, post = postPiece }) {
    super();
    Object.assign(this, { store, isSaving, post });
    this.retryMs = FIRST_RETRY_MS;
    this.timer = null;
    this.isStopped = false;
    this.working = null;
    this.postponed = new Map();
  }

  /** Begins to send, unless it does already or has to wait. Resolves when there is nothing to do for now. */
  wake() {
    if (this.isStopped || this.timer !== null) return this.working ?? Promise.resolve();
    this.working ??= this.#work().finally(() => {
      this.working = null;
    });
    return this.working;
  }

  /** The connection is back: no more waiting. */
  hurry() {
    clearTimeout(this.timer);
    this.timer = null;
    this.retryMs = FIRST_RETRY_MS;
    this.postponed.clear();
    return this.wake();
  }

  stop() {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  async #work() {
    while (!this.isStopped) {
      const pieces = await this.store.list();
      // What another tab has kept is found as well: the list is read anew each time.
      const waits = pieces.map(({ sequence }) => (this.postponed.get(sequence) ?? 0) - performance.now());
      const piece = pieces.findLast((_, place) => waits[place] <= 0);
      if (!piece) {
        if (pieces.length) this.#wait(Math.min(...waits), "postponed");
        else this.#tell("empty", {});
        return;
      }
      await this.#letAnswersGo();
      if (this.isStopped || !(await this.#send(piece))) return;
    }
  }

  /** False when nothing can be sent for now. */
  async #send(piece) {
    let answer;
    try {
      answer = await this.post(piece, piece.size ? await this.store.sound(piece.sequence) : null);
    } catch (error) {
      if (error.status === undefined) throw error;
      return this.#failed(piece, error);
    }
    this.retryMs = FIRST_RETRY_MS;
    await this.store.remove(piece.sequence);
    this.#tell("answered", answer);
    return true;
  }

  async #failed(piece, error) {
    const { status, code } = error;
    if (status >= 400 && status < 500 && !KEEPS.includes(status)) {
      await this.store.remove(piece.sequence);
      this.#tell("refused", { sequence: piece.sequence, code });
      return true;
    }
    if (status >= 500 && status !== 503) {
      // Perhaps a fault with this very piece: it must not hold up the others.
      this.postponed.set(piece.sequence, performance.now() + LONGEST_RETRY_MS);
      return true;
    }
    const delay = error.retryAfterMs ?? (status === 401 ? SIGNED_OUT_RETRY_MS : this.#nextDelay());
    this.#wait(delay, code);
    return false;
  }

  #wait(delay, code) {
    if (this.isStopped) return;
    this.#tell("waiting", { code });
    this.timer = setTimeout(() => {
      this.timer = null;
      this.wake();
    }, delay);
  }

  #nextDelay() {
    const delay = this.retryMs * (0.75 + Math.random() / 2);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
    return delay;
  }

  async #letAnswersGo() {
    const until = performance.now() + LONGEST_WAIT_MS;
    while (this.isSaving() && performance.now() < until) await pause(LOOK_AGAIN_MS);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** Sends one piece to its address; resolves to the server's answer. Throws ApiError. */
export function postPiece({ url, sequence, startedAt, seconds, level, mime }, sound) {
  const options = { timeoutMs: ANSWER_LIMIT_MS, priority: "low" };
  if (sound === null) {
    const notice = { sequence, started_at: Math.round(startedAt), seconds, level_db: level };
    return renewing(() => postJSON(url, notice, options));
  }
  const headers = {
    "Content-Type": mime,
    "X-Sequence": String(sequence),
    "X-Captured-At": String(Math.round(startedAt)),
    "X-Duration": seconds.toFixed(2),
  };
  return renewing(() => postBytes(url, sound, headers, options));
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
