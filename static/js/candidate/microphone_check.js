// The microphone's row of the device check: a level, advice, and a choice; the sound stays in the browser.

import { CalmWords } from "./calm_words.js";
import { Microphone } from "./microphone.js";
import { SoundLevel, placeOf, soundAdvice } from "./sound_level.js";

const LISTEN_MS = 120000;
/** So long one has to be heard; then nobody is held up by a microphone that is there but hears nothing. */
const PATIENCE_MS = 15000;
const DEAF = ["listening", "no_signal", "nothing", "asleep"];

/**
 * Events: "settled" {state, text}, whenever what is said about the microphone changes. `mayGoOn`: it runs, and
 * was heard or had its time.
 */
export class MicrophoneCheck extends EventTarget {
  constructor(row) {
    super();
    this.row = row;
    this.microphone = new Microphone();
    this.sound = new SoundLevel();
    this.meter = row.querySelector("meter");
    this.select = row.querySelector("select");
    this.stopButton = row.querySelector("[data-stop-listening]");
    this.words = new CalmWords((text) => this.#settle(text));
    this.hasHeard = false;
    this.mayGoOn = false;
    this.code = "listening";
    this.isRunning = false;
    this.select.addEventListener("change", () => this.#begin(() => this.microphone.choose(this.select.value)));
    this.stopButton.addEventListener("click", () => this.#end());
    this.microphone.addEventListener("state", ({ detail }) => this.#follow(detail));
    this.microphone.addEventListener("devices", () => this.isRunning && this.#offerChoice());
    this.sound.addEventListener("heard", ({ detail }) => this.#hear(detail));
  }

  /** Opens the microphone and listens for two minutes at most, or until `stop`. */
  begin() {
    return this.#begin(() => this.microphone.open());
  }

  stop() {
    this.isRunning = false;
    clearTimeout(this.timer);
    this.sound.stop();
    this.microphone.stop();
    this.meter.value = 0;
    this.#showParts();
  }

  /** Who has not been heard yet is not called faulty. */
  #end() {
    const wasHeard = this.hasHeard;
    this.stop();
    if (!wasHeard) this.#settle("Choose “Check” and say a few words, or tap on the table.", "waiting");
  }

  async #begin(open) {
    clearTimeout(this.timer);
    this.isRunning = true;
    this.hasHeard = false;
    this.mayGoOn = false;
    this.code = "listening";
    this.words.clear();
    this.timer = setTimeout(() => this.#end(), LISTEN_MS);
    await open();
  }

  #follow({ state, text }) {
    if (state === "off") return;
    this.mayGoOn = false;
    if (state === "ok") {
      this.since = performance.now();
      this.sound.listen(this.microphone.stream);
      this.#offerChoice();
    } else {
      this.sound.stop();
      this.meter.value = 0;
      this.hasHeard = false;
      this.words.clear();
      this.words.say(text);
    }
    this.#showParts();
  }

  #hear({ db, code }) {
    this.meter.value = placeOf(db);
    const before = this.#state;
    this.hasHeard ||= !DEAF.includes(code);
    this.mayGoOn = this.hasHeard || performance.now() - this.since > PATIENCE_MS;
    // Who has been heard may be silent now.
    if (!this.hasHeard || !DEAF.includes(code)) this.code = code;
    if (this.#state !== before) this.words.clear();
    const advice = soundAdvice(this.code, this.microphone.label);
    this.words.say(this.#state === "bad" ? `${advice} You can go on all the same.` : advice);
  }

  /** As the rows of the device check call it. */
  get #state() {
    if (this.hasHeard) return "good";
    return this.microphone.state === "ok" && !this.mayGoOn ? "running" : "bad";
  }

  async #offerChoice() {
    const found = await this.microphone.list();
    this.select.replaceChildren(...found.map(({ id, label }) => new Option(label, id, false, id === this.microphone.deviceId)));
    this.select.closest(".field").hidden = found.length < 2;
  }

  #showParts() {
    this.stopButton.hidden = !this.microphone.stream;
    this.row.querySelector("[data-sound-scale]").hidden = !this.microphone.stream;
  }

  #settle(text, state = this.#state) {
    this.dispatchEvent(new CustomEvent("settled", { detail: { state, text } }));
  }
}
