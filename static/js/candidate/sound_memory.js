// Whether a piece holds anything to hear: its loudness against the quietest that this microphone has been.

/** Louder than this above the floor is something: a quiet voice behind the candidate's must not be missed. */
const ABOVE_FLOOR_DB = 6;
/** Below this nothing is understood, however quiet the room. */
const LEAST_DB = -72;
/** From here on it is something in any room; a floor learnt from somebody who talks without a pause is too high. */
const CLEAR_DB = -55;
/** Fewer windows of sound than this are a click of the mouse. */
const LEAST_WINDOWS = 3;
/** A piece of which less was measured (a sleeping page) may hold anything. */
const LEAST_SHARE = 0.8;
const FEWEST_FOR_FLOOR = 50;
const KEPT_MS = 240000;
const MUTE_DB = -100;

export class SoundMemory {
  /** `tickMs`: how often loudness is noted. */
  constructor(tickMs) {
    this.tickMs = tickMs;
    this.windows = [];
    this.floor = null;
  }

  /** Loudness in dBFS of one window that ended `at` (performance.now()). */
  note(db, at) {
    this.windows.push({ db, at });
    if (this.windows[0].at < at - KEPT_MS) this.windows.shift();
  }

  /** The piece between two moments: {isQuiet, level}; `level` is its loudest window. Learns how quiet it can be. */
  judge(from, until) {
    const levels = this.windows.filter(({ at }) => at >= from && at <= until).map(({ db }) => db);
    const level = levels.length ? Math.max(...levels) : MUTE_DB;
    const isMeasured = levels.length >= (LEAST_SHARE * (until - from)) / this.tickMs;
    if (levels.length >= FEWEST_FOR_FLOOR) this.#learn(levels);
    if (!isMeasured || this.floor === null) return { isQuiet: false, level };
    const limit = Math.min(CLEAR_DB, Math.max(LEAST_DB, this.floor + ABOVE_FLOOR_DB));
    return { isQuiet: levels.filter((db) => db > limit).length < LEAST_WINDOWS, level };
  }

  /** Only downwards: when the room grows louder everything is sent, rather than too little. */
  #learn(levels) {
    const quiet = levels.sort((a, b) => a - b)[Math.floor(levels.length / 10)];
    this.floor = Math.min(this.floor ?? 0, quiet);
  }
}
