// The candidate's own voice at check-in: recorded here, played back, and sent only when the candidate says so.

import { postBytes, requestDelete } from "../shared/http.js";
import { recordedType } from "./clip_recorder.js";
import { Microphone } from "./microphone.js";
import { SoundLevel, TICK_MS, placeOf } from "./sound_level.js";

const LONGEST_MS = 20000;
/** Heard by loudness, this is so much more than what is asked for that the server finds enough speech in it. */
const ENOUGH_OVER = 1.35;
const BITS_PER_SECOND = 32000;
/** A busy server lets a recording wait for some time. */
const ANSWER_MS = 60000;
const SPOKEN_DB = -55;
const ABOVE_NOISE_DB = 8;
const NO_RECORDER = "This browser cannot record sound. Go on without: nothing follows from that.";

/** Event: "settled", when the candidate goes on, with or without a voice. */
export class VoiceStep extends EventTarget {
  constructor({ element, attemptUrl, microphone = new Microphone(), sound = new SoundLevel() }) {
    super();
    Object.assign(this, { element, microphone, sound, url: attemptUrl + "voice/" });
    this.need = Number(element.dataset.need);
    const part = (name) => element.querySelector(`[data-voice-${name}]`);
    this.meter = element.querySelector("meter");
    this.scale = part("scale");
    this.count = part("count");
    this.feedback = part("feedback");
    this.playback = part("playback");
    this.leave = part("leave-out");
    this.buttons = Object.fromEntries(["record", "stop", "use", "done", "again"].map((name) => [name, part(name)]));
    this.recorder = null;
    this.blob = null;
    this.hasVoice = false;
    this.buttons.record.addEventListener("click", () => this.record());
    this.buttons.again.addEventListener("click", () => this.record());
    this.buttons.stop.addEventListener("click", () => this.finish());
    this.buttons.use.addEventListener("click", () => this.send());
    this.buttons.done.addEventListener("click", () => this.#settle());
    this.leave.addEventListener("click", () => this.leaveOut());
    sound.addEventListener("heard", ({ detail }) => this.#hear(detail));
    microphone.addEventListener("state", ({ detail }) => this.#follow(detail));
  }

  /** Nothing is heard before "Start recording". */
  begin() {
    this.#remember(false);
    if (recordedType()) return this.#offer("record");
    this.#offer();
    return this.#say("info", [NO_RECORDER]);
  }

  /** Lets go of the microphone and of what was recorded. */
  stop() {
    const { recorder } = this;
    this.recorder = null; // what it still gives is nobody's
    if (recorder && recorder.state !== "inactive") recorder.stop();
    this.#deafen();
    this.#keep(null);
  }

  async record() {
    this.#keep(null);
    this.#offer();
    this.#say("info", ["Waiting for your microphone…"]);
    if (!(await this.microphone.open())) return this.#failed(this.microphone.text);
    const parts = [];
    try {
      const recorder = new MediaRecorder(this.microphone.stream, { mimeType: recordedType(), audioBitsPerSecond: BITS_PER_SECOND });
      recorder.addEventListener("dataavailable", ({ data }) => data.size && parts.push(data));
      recorder.addEventListener("stop", () => recorder === this.recorder && this.#review(recorder, parts));
      recorder.start();
      this.recorder = recorder;
    } catch (error) {
      return this.#failed(`The recording did not start (${error.name}). Try again, or go on without.`);
    }
    this.spokenMs = 0;
    this.until = performance.now() + LONGEST_MS;
    this.sound.listen(this.microphone.stream);
    this.scale.hidden = false;
    // Short, and nothing more until the end: a screen reader's own voice is not to be recorded.
    this.#say("info", ["Recording: please speak now."]);
    this.#offer("stop");
    return this.buttons.stop.focus();
  }

  /** Ends the recording; it is played back before anything is sent. */
  finish() {
    if (this.recorder && this.recorder.state !== "inactive") this.recorder.stop();
  }

  async send() {
    this.#offer();
    this.leave.disabled = true;
    this.#say("info", ["Listening to your recording…"]);
    try {
      const type = this.blob.type || "application/octet-stream";
      this.#judge(await postBytes(this.url, this.blob, { "Content-Type": type }, { timeoutMs: ANSWER_MS }));
    } catch (error) {
      if (error.status === undefined) throw error;
      this.#say("danger", [error.detail]);
      this.#offer(...(error.isTemporary ? ["use", "again"] : ["again"]));
      this.#focusFirst();
    } finally {
      this.leave.disabled = false;
    }
  }

  /** Also deletes a voice that was taken before. */
  async leaveOut() {
    this.stop();
    try {
      await requestDelete(this.url);
      this.#settle();
    } catch (error) {
      if (error.status === undefined) throw error;
      this.#failed(error.detail);
    }
  }

  #judge({ ok, problems, seconds }) {
    if (!ok) {
      const before = this.hasVoice ? ["The recording from before still counts."] : [];
      this.#say("warning", ["This recording cannot be used yet.", ...problems.map(({ text }) => text), ...before]);
      this.#offer("again", ...(this.hasVoice ? ["done"] : []));
    } else {
      this.#keep(null);
      this.#remember(true);
      this.#say("success", [`Done: ${seconds} seconds of your voice were measured. The recording is not kept.`]);
      this.#offer("done", "again");
    }
    this.#focusFirst();
  }

  #review(recorder, parts) {
    this.recorder = null;
    this.#deafen();
    if (!parts.length) return this.#failed("Nothing was recorded. Please try again, or go on without.");
    this.#keep(new Blob(parts, { type: recorder.mimeType || recordedType() }));
    this.#say("info", ["Recorded. You can listen to it; it is sent when you choose “Use this recording”."]);
    this.#offer("use", "again");
    return this.#focusFirst();
  }

  #hear({ db, noiseDb }) {
    if (!this.recorder) return;
    this.meter.value = placeOf(db);
    if (db > Math.max(SPOKEN_DB, (noiseDb ?? SPOKEN_DB) + ABOVE_NOISE_DB)) this.spokenMs += TICK_MS;
    const leftMs = this.until - performance.now();
    const heard = Math.min(this.need, Math.floor(this.spokenMs / 1000 / ENOUGH_OVER));
    this.count.textContent = `${heard} of ${this.need} seconds of speech heard, ${Math.max(0, Math.ceil(leftMs / 1000))} s left`;
    if (leftMs <= 0 || this.spokenMs >= this.need * ENOUGH_OVER * 1000) this.finish();
  }

  /** A microphone that is unplugged ends the recording, and what there is can still be used. */
  #follow({ state }) {
    if (this.recorder && !["ok", "off"].includes(state)) this.finish();
  }

  #deafen() {
    this.sound.stop();
    this.microphone.stop();
    this.scale.hidden = true;
    this.meter.value = 0;
    this.count.textContent = "";
  }

  #settle() {
    this.stop();
    this.dispatchEvent(new CustomEvent("settled"));
  }

  #failed(sentence) {
    this.#deafen();
    this.#say("danger", [sentence]);
    this.#offer("record", ...(this.hasVoice ? ["done"] : []));
    this.buttons.record.focus();
  }

  #keep(blob) {
    if (this.playback.src) URL.revokeObjectURL(this.playback.src);
    this.blob = blob;
    this.playback.hidden = blob === null;
    if (blob) this.playback.src = URL.createObjectURL(blob);
    else this.playback.removeAttribute("src");
  }

  /** Whether the server has a voice: then going on without one deletes it. */
  #remember(hasVoice) {
    this.hasVoice = hasVoice;
    this.leave.textContent = hasVoice ? "Delete it and go on without" : "Go on without (nothing follows)";
  }

  #offer(...names) {
    for (const [name, button] of Object.entries(this.buttons)) button.hidden = !names.includes(name);
  }

  #focusFirst() {
    Object.values(this.buttons).find((button) => !button.hidden)?.focus();
  }

  #say(tone, sentences) {
    this.feedback.className = "notice notice-" + tone;
    this.feedback.hidden = sentences.length === 0;
    this.feedback.replaceChildren(...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      return line;
    }));
  }
}
