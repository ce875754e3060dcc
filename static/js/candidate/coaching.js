// Calm advice: a sentence appears when it has held for some seconds, and goes when all has been well for a while.

const SHOW_AFTER_MS = 2500;
const HIDE_AFTER_MS = 2000;

export class Coaching {
  /** `show(sentence)` puts a sentence on the page; "" takes it away. */
  constructor(show) {
    this.show = show;
    this.shown = "";
    this.candidate = "";
    this.since = 0;
    this.wellSince = null;
  }

  /** Takes in the coaching of one frame: [{code, text}], most important first. */
  take(coaching, now = performance.now()) {
    const first = coaching[0]?.text ?? "";
    if (first === "") return this.#takeWell(now);
    this.wellSince = null;
    if (first !== this.candidate) {
      this.candidate = first;
      this.since = now;
    }
    if (first !== this.shown && now - this.since >= SHOW_AFTER_MS) this.#put(first);
    return this.shown;
  }

  clear() {
    this.candidate = "";
    this.wellSince = null;
    this.#put("");
  }

  #takeWell(now) {
    this.candidate = "";
    this.wellSince ??= now;
    if (this.shown && now - this.wellSince >= HIDE_AFTER_MS) this.#put("");
    return this.shown;
  }

  #put(sentence) {
    if (sentence === this.shown) return;
    this.shown = sentence;
    this.show(sentence);
  }
}
