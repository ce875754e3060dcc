// Tells of the time in which the microphone gave nothing, in pieces like those of recordings.

const SHORTEST_S = 5;
const NOTHING_DB = -100;

/** Event: "gap" {sequence, startedAt, seconds, level}. */
export class SoundGaps extends EventTarget {
  constructor({ numbers, clock }) {
    super();
    Object.assign(this, { numbers, clock });
    this.seconds = 30;
    this.since = null;
  }

  start() {
    if (this.since !== null) return;
    this.#begin();
    this.timer = setInterval(() => this.#end() && this.#begin(), this.seconds * 1000);
  }

  stop() {
    if (this.since === null) return;
    clearInterval(this.timer);
    if ((performance.now() - this.since) / 1000 >= SHORTEST_S) this.#end();
    this.since = null;
  }

  #begin() {
    this.since = performance.now();
    this.startedAt = this.clock.now();
  }

  #end() {
    const seconds = (performance.now() - this.since) / 1000;
    const detail = { sequence: this.numbers.take(), startedAt: this.startedAt, seconds, level: NOTHING_DB };
    this.dispatchEvent(new CustomEvent("gap", { detail }));
    return true;
  }
}
