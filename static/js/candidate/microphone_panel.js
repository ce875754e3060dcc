// What the page says of the microphone during the exam: its state, how loud it is, what becomes of the sound.

import { CalmWords } from "./calm_words.js";
import { placeOf, soundAdvice } from "./sound_level.js";

const STATE_WORDS = {
  off: "off",
  ok: "on",
  denied: "not allowed",
  none: "not found",
  ended: "stopped",
  muted: "muted",
  busy: "used by another program",
  failed: "not working",
  insecure: "not possible here",
  old_browser: "not possible here",
};
/** What is worth a sentence while somebody writes an exam: silence is as it should be. */
const ADVISED = ["no_signal", "asleep"];
const METER_MS = 300;

export class MicrophonePanel {
  constructor(element) {
    this.state = element.querySelector("[data-microphone-state]");
    this.fate = element.querySelector("[data-sound-state]");
    this.meter = element.querySelector("[data-sound-meter]");
    this.problem = element.querySelector("[data-microphone-problem]");
    this.restart = element.querySelector("[data-restart-microphone]");
    this.summary = document.getElementById("watch-state");
    this.words = new CalmWords((text) => showSentence(this.problem, text));
    this.meteredAt = 0;
    this.coaching = "";
  }

  /** `onRestart` runs when the candidate asks for the microphone again. */
  onRestart(work) {
    this.restart.addEventListener("click", work);
  }

  showState(state, text) {
    const isFine = state === "ok" || state === "off";
    this.isOn = state === "ok";
    setText(this.state, STATE_WORDS[state]);
    this.summary.dataset.microphone = state;
    setText(this.summary.querySelector("[data-watch-microphone]"), `, microphone ${STATE_WORDS[state]}`);
    this.restart.hidden = isFine;
    this.meter.hidden = !this.isOn;
    if (isFine) this.meter.value = 0;
    this.words.clear();
    this.words.say(isFine ? this.coaching : text);
  }

  /** What becomes of the sound: being recorded, waiting, stopped. */
  showSound(words) {
    setText(this.fate, words);
  }

  /** One window of sound: {db, code} of SoundLevel. */
  showLevel({ db, code }, label) {
    if (!this.isOn || performance.now() - this.meteredAt < METER_MS) return;
    this.meteredAt = performance.now();
    this.meter.value = placeOf(db);
    this.words.say(ADVISED.includes(code) ? soundAdvice(code, label).replace("choose “Check again”", "click anywhere") : this.coaching);
  }

  /** What the server found in the newest recording: [{code, text}]. */
  showCoaching(hints) {
    this.coaching = hints[0]?.text ?? "";
  }
}

function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function showSentence(element, sentence) {
  setText(element, sentence);
  element.hidden = sentence === "";
}
