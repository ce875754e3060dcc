// Advice that changes calmly: a sentence stays for a while, so that it can be read, and read out, to its end.

const STAYS_MS = 2000;

export class CalmWords {
  /** `put(sentence)` shows one. A sentence that comes too soon is dropped: whoever advises says it again. */
  constructor(put, staysMs = STAYS_MS) {
    Object.assign(this, { put, staysMs });
    this.clear();
  }

  say(sentence, now = performance.now()) {
    if (sentence === this.shown || now - this.changedAt < this.staysMs) return;
    this.shown = sentence;
    this.changedAt = now;
    this.put(sentence);
  }

  /** Something new begins: the next sentence is shown at once. */
  clear() {
    this.shown = null;
    this.changedAt = -Infinity;
  }
}
