// How long the candidate was away from the exam's tab or window, without glances and what the page itself caused.

const LEAST_MS = { tab_hidden: 1000, window_left: 2000 };
/** Who stays away is noted after this long, and then from time to time. */
const FIRST_PIECE_MS = 10000;
const PIECE_MS = 30000;

/**
 * `note(kind, {ago, seconds, count})` hears of each stay, and of each further piece of a long one with `count` 0;
 * `isExcused()`: whether the page itself has just caused what happens now.
 */
export class AwaySpans {
  constructor({ note, isExcused = () => false, now = () => performance.now() }) {
    Object.assign(this, { note, isExcused, now });
    this.isHidden = false;
    this.isBlurred = false;
    this.span = null;
  }

  set(isHidden, isBlurred) {
    this.isHidden = isHidden;
    this.isBlurred = isBlurred;
    const kind = isHidden ? "tab_hidden" : isBlurred ? "window_left" : null;
    if (kind === null) this.#end();
    else if (this.span === null) this.#begin(kind);
    else if (kind === "tab_hidden" && this.span.kind === "window_left") this.#worsen();
  }

  /** Call it now and then: a stay that goes on is told before it is over. */
  tick() {
    const { span } = this;
    if (span === null || span.isExcused) return;
    const untold = this.now() - span.toldUntil;
    if (untold >= (span.isTold ? PIECE_MS : FIRST_PIECE_MS)) this.#tell(span, untold);
  }

  /** The page goes, or nothing is to be noted for now. */
  finish() {
    this.#end();
  }

  #begin(kind) {
    const at = this.now();
    this.span = { kind, toldUntil: at, isTold: false, isExcused: this.isExcused() };
  }

  /** A window that was left and is now covered: one stay, named after the graver half unless it is told already. */
  #worsen() {
    if (this.span.isTold) return;
    this.span.kind = "tab_hidden";
  }

  #end() {
    const { span } = this;
    this.span = null;
    if (span === null || span.isExcused) return;
    const untold = this.now() - span.toldUntil;
    if (untold > 0 && (span.isTold || untold >= LEAST_MS[span.kind])) this.#tell(span, untold);
  }

  #tell(span, untold) {
    this.note(span.kind, { ago: untold, seconds: Math.round(untold / 100) / 10, count: span.isTold ? 0 : 1 });
    span.isTold = true;
    span.toldUntil = this.now();
  }
}
