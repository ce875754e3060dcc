// A short tone of two notes, made by the browser itself.

const NOTES = [[660, 0], [880, 0.14]];
const LENGTH_S = 0.22;

export class AlertTone {
  /** Browsers let a page sound only after somebody has clicked or typed in it. */
  constructor() {
    this.context = null;
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => this.context?.resume(), { passive: true });
  }

  /** Makes ready to sound; false where the browser cannot. */
  open() {
    if (!globalThis.AudioContext) return false;
    this.context ??= new AudioContext();
    return true;
  }

  /** `volume`: 0 to 100. Resolves to whether it could be heard. */
  async play(volume) {
    if (!this.open()) return false;
    // Without a click so far, this stays pending: the tone would come late, with that click.
    await Promise.race([this.context.resume(), new Promise((done) => { setTimeout(done, 300); })]);
    if (this.context.state !== "running") return false;
    for (const [pitch, after] of NOTES) this.#note(pitch, this.context.currentTime + after, (volume / 100) * 0.4);
    return true;
  }

  #note(pitch, at, loudness) {
    const tone = new OscillatorNode(this.context, { frequency: pitch, type: "sine" });
    const gain = new GainNode(this.context, { gain: 0 });
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loudness, at + 0.02);
    gain.gain.linearRampToValueAtTime(0, at + LENGTH_S);
    tone.connect(gain).connect(this.context.destination);
    tone.start(at);
    tone.stop(at + LENGTH_S);
  }
}
