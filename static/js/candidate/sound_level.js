// How loud a microphone is, and what is wrong with it: measured in the browser, nothing is recorded or sent.

export const TICK_MS = 100;
/** Loudness of speech in dBFS (0 is the loudest possible): below and above it is coached. */
export const QUIET_DB = -45;
export const LOUD_DB = -10;
const FLOOR_DB = -100;
/** A microphone that is on hears at least its own noise; muted ones give zeros. */
const SIGNAL_DB = -90;
const HEARD_DB = -60;
const SCALE_BOTTOM_DB = -75;
const ABOVE_NOISE_DB = 8;
const CLEAR_OF_NOISE_DB = 12;
const NOISY_DB = -40;
const CLIPPED_AT = 0.99;
const CLIPPED_SHARE = 0.01;
const HEARD_WINDOWS = 2;
const LEAST_WINDOWS = 10;
/** The last five seconds are judged. */
const MOST_WINDOWS = 50;
/** Longer than this without any sound data: the browser waits for a click. */
const ASLEEP_MS = 1500;

/** One window of samples (-1 to 1): loudness {db} in dBFS and the share of samples at the limit {clipped}. */
export function measure(samples) {
  let power = 0;
  let clipped = 0;
  for (const sample of samples) {
    power += sample * sample;
    if (Math.abs(sample) >= CLIPPED_AT) clipped += 1;
  }
  const mean = power / Math.max(1, samples.length);
  return { db: Math.max(FLOOR_DB, 10 * Math.log10(mean + 1e-12)), clipped: clipped / Math.max(1, samples.length) };
}

/**
 * What windows in a row say: {code, levelDb, noiseDb}. `code`: "listening" (too few yet), "no_signal", "nothing",
 * "noisy", "too_quiet", "too_loud" or "good". `levelDb` is the loudness of what stands out of the noise, or null.
 */
export function judge(windows) {
  if (windows.length < LEAST_WINDOWS) return { code: "listening", levelDb: null, noiseDb: null };
  const sorted = windows.map(({ db }) => db).sort((a, b) => a - b);
  const noiseDb = sorted[Math.floor(sorted.length / 10)];
  if (sorted.at(-1) < SIGNAL_DB) return { code: "no_signal", levelDb: null, noiseDb };
  const heard = windows.filter(({ db }) => db > Math.max(HEARD_DB, noiseDb + ABOVE_NOISE_DB));
  if (heard.length < HEARD_WINDOWS) return { code: noiseDb > QUIET_DB ? "noisy" : "nothing", levelDb: null, noiseDb };
  const power = heard.reduce((sum, { db }) => sum + 10 ** (db / 10), 0) / heard.length;
  const levelDb = 10 * Math.log10(power);
  const clipped = heard.reduce((sum, window) => sum + window.clipped, 0) / heard.length;
  return { code: nameOf(levelDb, noiseDb, clipped), levelDb, noiseDb };
}

function nameOf(levelDb, noiseDb, clipped) {
  if (clipped > CLIPPED_SHARE || levelDb > LOUD_DB) return "too_loud";
  if (levelDb < QUIET_DB) return "too_quiet";
  if (noiseDb > NOISY_DB && levelDb - noiseDb < CLEAR_OF_NOISE_DB) return "noisy";
  return "good";
}

/** Place of a loudness on a scale from 0 to 100: below 25 too quiet, above 75 too loud. */
export function placeOf(db) {
  const part = (from, to) => Math.min(1, Math.max(0, (db - from) / (to - from)));
  return 25 * part(SCALE_BOTTOM_DB, QUIET_DB) + 50 * part(QUIET_DB, LOUD_DB) + 25 * part(LOUD_DB, 0);
}

/** What to say about a verdict of `judge`, or "asleep"; `label`: the name of the microphone, "" if not known. */
export function soundAdvice(code, label) {
  const from = label ? ` from “${label}”` : "";
  return {
    listening: "Say a few words, or tap on the table…",
    asleep: "Your browser waits for a click before it listens: choose “Check again”.",
    no_signal: `No sound at all comes${from}. It is muted, or it is not the one you speak into: look for a mute switch or key, or choose another microphone.`,
    nothing: `We hear nothing${from}. Say a few words or tap on the table; if the bar does not move, unmute it or choose another microphone.`,
    noisy: "There is a steady noise, such as a fan or a street: close the window, move away from it, or use a headset.",
    too_quiet: "We hear you, but very quietly: come closer to the microphone, or turn it up in the system settings.",
    too_loud: "We hear you, but much too loud: move away from the microphone, or turn it down in the system settings.",
    good: "Works: we hear you well.",
  }[code];
}

/** Listens to a stream. Events: "heard" {db, code, levelDb, noiseDb}, every `TICK_MS`. */
export class SoundLevel extends EventTarget {
  constructor() {
    super();
    this.context = null;
    this.timer = null;
    this.windows = [];
  }

  /** Trap: without a click on the page before, browsers give no sound; then the code is "asleep". */
  listen(stream) {
    this.stop();
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.context.createMediaStreamSource(stream).connect(this.analyser);
    this.samples = new Float32Array(this.analyser.fftSize);
    this.since = performance.now();
    this.timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.context?.close();
    this.context = null;
    this.windows = [];
  }

  #tick() {
    if (this.context.state !== "running") {
      if (performance.now() - this.since > ASLEEP_MS) this.#tell(FLOOR_DB, { code: "asleep", levelDb: null, noiseDb: null });
      return;
    }
    this.analyser.getFloatTimeDomainData(this.samples);
    const window = measure(this.samples);
    this.windows = [...this.windows, window].slice(-MOST_WINDOWS);
    this.#tell(window.db, judge(this.windows));
  }

  #tell(db, verdict) {
    this.dispatchEvent(new CustomEvent("heard", { detail: { db, ...verdict } }));
  }
}
