// How long the screen was not shared although it should be, without the first seconds: those are for sharing it again.

const PIECE_MS = 30000;

/** `note({ago, seconds, count})` hears of each gap once it has lasted, and of each further piece with `count` 0. */
export class ScreenGaps {
  constructor({ note, now = () => performance.now() }) {
    Object.assign(this, { note, now });
    this.gap = null;
  }

  /** `graceMs`: how long a gap that begins now is nobody's business. */
  set(isMissing, graceMs) {
    if (!isMissing) this.finish();
    else if (this.gap === null) this.gap = { toldUntil: this.now(), isTold: false, graceMs };
  }

  /** Call it now and then: a gap that goes on is told before it is over. */
  tick() {
    if (this.gap === null) return;
    const untold = this.now() - this.gap.toldUntil;
    if (untold >= (this.gap.isTold ? PIECE_MS : this.gap.graceMs)) this.#tell(untold);
  }

  /** Shared again, or nothing is noted for now. A gap within the grace is left out. */
  finish() {
    if (this.gap?.isTold && this.now() > this.gap.toldUntil) this.#tell(this.now() - this.gap.toldUntil);
    this.gap = null;
  }

  #tell(untold) {
    this.note({ ago: untold, seconds: Math.round(untold / 100) / 10, count: this.gap.isTold ? 0 : 1 });
    Object.assign(this.gap, { isTold: true, toldUntil: this.now() });
  }
}
