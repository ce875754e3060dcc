// The microphone of the watched exam: recorded while the exam runs and this tab holds it, kept, and sent.

import { ClipNumbers } from "./clip_numbers.js";
import { ClipRecorder, recordedType } from "./clip_recorder.js";
import { ClipSender } from "./clip_sender.js";
import { openClipStore } from "./clip_store.js";
import { Microphone } from "./microphone.js";
import { MicrophonePanel } from "./microphone_panel.js";
import { SoundGaps } from "./sound_gaps.js";
import { SoundLevel, TICK_MS } from "./sound_level.js";
import { SoundMemory } from "./sound_memory.js";

const REPORTED = { ok: "ok", denied: "denied", none: "none" };
/** While the clock runs; what is said in a pause is nobody's business. */
const RECORDED = ["in_progress", "overdue"];

export class SoundRoom {
  constructor({ root, socket }) {
    this.socket = socket;
    this.url = root.dataset.clips;
    this.attempt = Number(root.dataset.attempt);
    this.state = "";
    this.isWanted = false;
    this.isHeld = false;
    this.listenFirst = false;
    this.isWithdrawn = false;
    this.keeping = new Set();
    this.microphone = new Microphone();
    this.panel = new MicrophonePanel(root);
    this.level = new SoundLevel();
    this.memory = new SoundMemory(TICK_MS);
    this.numbers = new ClipNumbers(this.attempt);
    this.recorder = new ClipRecorder({ numbers: this.numbers, clock: socket.clock });
    this.gaps = new SoundGaps({ numbers: this.numbers, clock: socket.clock });
    this.opening = this.#openStore();
    this.#listen();
  }

  /** This tab holds the attempt now. */
  hold() {
    this.isHeld = true;
    this.#update();
  }

  /** Another page has the attempt: what is kept here is still sent, and nothing more is recorded. */
  release() {
    this.isHeld = false;
    this.microphone.stop();
    this.#update();
    this.panel.showSound("recorded on the other page");
  }

  /** Takes in the server's greeting: whether, and in pieces of which length, sound is wanted. */
  async greet({ clips, state }) {
    await this.opening;
    this.isWanted = clips.wanted;
    this.listenFirst = clips.listen_first;
    this.recorder.bitsPerSecond = clips.bits_per_second;
    this.#setSeconds(clips.seconds);
    this.numbers.atLeast(clips.last_sequence);
    this.#report();
    this.move(state);
    this.sender.hurry();
  }

  move(state) {
    this.state = state ?? this.state;
    this.#update();
  }

  /** The exam is over: stops at once. Resolves when the last piece is kept; the next page sends it. */
  async close() {
    this.release();
    this.panel.showSound("stopped: the exam is over");
    await this.opening;
    await Promise.allSettled([...this.keeping]);
  }

  /** The agreement was withdrawn: the microphone is off, and nothing that was recorded leaves this computer. */
  async withdraw() {
    this.isWithdrawn = true;
    this.release();
    this.panel.showSound("stopped: you withdrew your agreement");
    await this.opening;
    this.sender.stop();
    await Promise.allSettled([...this.keeping]);
    await this.store.clear();
  }

  async #openStore() {
    this.store = await openClipStore(this.attempt);
    const left = await this.store.list();
    if (left.length) this.numbers.atLeast(left.at(-1).sequence);
    const page = document.getElementById("exam");
    this.sender = new ClipSender({ store: this.store, isSaving: () => page.dataset.saving === "true" });
    this.sender.addEventListener("answered", ({ detail }) => this.#answered(detail));
    this.sender.addEventListener("waiting", () => this.#tellFate("recorded and kept here; sent as soon as possible"));
    this.store.addEventListener("dropped", () => this.#tellFate("recorded; a piece had to be deleted unsent"));
    document.addEventListener("attempt:storage-full", () => this.store.giveWay());
    window.addEventListener("online", () => this.sender.hurry());
  }

  #listen() {
    this.microphone.addEventListener("state", () => this.#followMicrophone());
    this.level.addEventListener("heard", ({ detail }) => {
      if (detail.code !== "asleep") this.memory.note(detail.db, performance.now());
      this.panel.showLevel(detail, this.microphone.label);
    });
    this.recorder.addEventListener("clip", ({ detail }) => this.#keepClip(detail));
    this.recorder.addEventListener("failed", () => this.#tellFate("a piece could not be recorded; it goes on"));
    this.gaps.addEventListener("gap", ({ detail }) => this.#keep(() => this.store.keep({ ...detail, url: this.url }, null)));
    this.panel.onRestart(() => this.microphone.open());
  }

  #followMicrophone() {
    const { microphone, panel, level } = this;
    panel.showState(microphone.isMuted ? "muted" : microphone.state, microphone.text);
    if (microphone.state === "ok") level.listen(microphone.stream);
    else level.stop();
    this.#report();
    this.#update();
  }

  /** Starts and stops what has to run now: recordings, or word of the time without any. */
  #update() {
    const isTime = this.isHeld && this.isWanted && !this.isWithdrawn && RECORDED.includes(this.state);
    const { microphone, recorder, gaps, panel } = this;
    const canRecord = microphone.state === "ok" && recordedType() !== "";
    if (isTime && canRecord) recorder.start(microphone.stream);
    else recorder.stop();
    if (isTime && !["ok", "off"].includes(microphone.state)) gaps.start();
    else gaps.stop();
    if (!this.isHeld || this.isWithdrawn) return;
    if (isTime) panel.showSound(canRecord ? `recorded in pieces of ${recorder.seconds} s` : "not recorded: the microphone gives nothing");
    else if (this.state === "paused") panel.showSound("not recorded while the exam is paused");
    else if (this.state) panel.showSound("not recorded");
  }

  #keepClip({ blob, from, until, ...clip }) {
    const { isQuiet, level } = this.memory.judge(from, until);
    const isLeftOut = this.listenFirst && isQuiet;
    this.#keep(async () => {
      const sound = isLeftOut ? null : await blob.arrayBuffer();
      await this.store.keep({ ...clip, level, url: this.url }, sound);
    });
  }

  async #keep(work) {
    if (this.isWithdrawn) return;
    const kept = this.opening.then(work);
    this.keeping.add(kept);
    try {
      await kept;
    } finally {
      this.keeping.delete(kept);
    }
    this.sender.wake();
  }

  #answered({ clip_seconds: seconds, next, coaching, analysed }) {
    this.listenFirst = next === "listen_first";
    if (seconds) this.#setSeconds(seconds);
    if (analysed) this.panel.showCoaching(coaching);
    this.#update();
  }

  #setSeconds(seconds) {
    this.recorder.seconds = seconds;
    this.gaps.seconds = seconds;
  }

  #tellFate(words) {
    if (this.recorder.isRunning) this.panel.showSound(words);
  }

  #report() {
    const { state, isMuted, label } = this.microphone;
    if (state === "off") return;
    this.socket.send({ type: "microphone", state: isMuted ? "muted" : (REPORTED[state] ?? "ended"), label });
  }
}
