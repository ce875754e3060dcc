// Records a private call in the proctor's browser: both sides mixed, in pieces that go to the server while the call goes on.

import { ClipRecorder, recordedType } from "../candidate/clip_recorder.js";
import { postBytes, postJSON } from "../shared/http.js";

const PIECE_S = 10;
const BITS_PER_SECOND = 32000;
/** As long as the server takes pieces (proctoring/ingest/call_recording.py). */
const MOST_S = 30 * 60;
const MOST_WAITING = 60;
const AGAIN_MS = [2000, 5000, 10000, 20000];
/** So long after the end it is tried; then the server takes nothing any more. */
const MOST_TRIES_AFTER_END = 30;

export const WORDS = {
  "": "The sound of this call is being recorded.",
  no_recorder: "Not recorded: this browser cannot record sound. The call goes on.",
  failed: "Not recorded: recording has failed in this browser. The call goes on.",
  not_taken: "Parts are not recorded: they could not be brought to the server. The call goes on.",
  refused: "Not recorded any more: the server refused it. The call goes on.",
  too_long: "Not recorded any more: half an hour is the longest. The call goes on.",
};

/**
 * Event "state" {problem, words}: with each change; "" while all is well.
 * Only what is sent is recorded: who mutes the microphone mutes it for the recording as well (`setOwn(null)`).
 */
export class CallRecorder extends EventTarget {
  /** `clock.now()`: the server's; `answeredAt`: milliseconds, as `clock`. The rest: for tests. */
  constructor({ call, clock, answeredAt, send = postBytes, report = postJSON, makeContext = () => new AudioContext(), makeRecorder = (options) => new ClipRecorder(options), makeStream = (tracks) => new MediaStream(tracks), canRecord = () => recordedType() !== "" }) {
    super();
    Object.assign(this, { clock, answeredAt, send, reportTo: report, makeContext, makeRecorder, makeStream, canRecord });
    this.base = `/api/v1/calls/${call}/recording/`;
    this.problem = null;
    this.waiting = [];
    this.sources = { own: null, remote: null };
    Object.assign(this, { recorder: null, context: null, isStopped: false, isSending: false, isTold: false });
  }

  /** Begins with silence; the two sides are added as they come. */
  start() {
    try {
      if (!this.canRecord()) throw Object.assign(new Error("MediaRecorder"), { name: "NotSupportedError" });
      this.context = this.makeContext();
      this.mix = this.context.createMediaStreamDestination();
      this.context.resume?.()?.catch(() => {}); // it runs already after the click that began the call
      const numbers = { take: () => Math.max(0, Math.round(this.clock.now() - this.answeredAt)) };
      this.recorder = this.makeRecorder({ numbers, clock: this.clock });
      Object.assign(this.recorder, { seconds: PIECE_S, bitsPerSecond: BITS_PER_SECOND });
      this.recorder.addEventListener("clip", ({ detail }) => this.#keep(detail));
      this.recorder.addEventListener("failed", () => this.#say("failed"));
      this.recorder.start(this.mix.stream);
      this.longest = setTimeout(() => this.#halt("too_long"), Math.max(0, MOST_S * 1000 - (this.clock.now() - this.answeredAt)));
      this.#tell("");
    } catch (error) {
      this.recorder = null;
      this.#say(error.name === "NotSupportedError" ? "no_recorder" : "failed");
    }
  }

  /** The own microphone as it is sent, or null. */
  setOwn(track) {
    this.#connect("own", track ? this.makeStream([track]) : null);
  }

  /** What comes from the other side; a new connection has a new stream. */
  setRemote(stream) {
    this.#connect("remote", stream);
  }

  /** The call is over: the last piece follows, then the server is told that this was all. */
  stop() {
    if (this.isStopped) return;
    this.isStopped = true;
    this.#halt("");
    if (this.recorder && this.recorder.pieces?.size) this.last = setTimeout(() => this.#drain(), AGAIN_MS[0]);
    else this.#drain();
  }

  /** Another page of the same person records on: what this one has is sent, nothing is said of the end. */
  leave() {
    this.isTold = true;
    this.stop();
  }

  #halt(problem) {
    clearTimeout(this.longest);
    this.recorder?.stop();
    for (const name of Object.keys(this.sources)) this.#connect(name, null);
    if (problem) this.#say(problem);
  }

  #connect(name, stream) {
    if (!this.context) return;
    this.sources[name]?.disconnect();
    this.sources[name] = null;
    if (stream === null || !stream.getAudioTracks().length) return;
    this.sources[name] = this.context.createMediaStreamSource(stream);
    this.sources[name].connect(this.mix);
  }

  #keep({ sequence, startedAt, mime, blob }) {
    this.waiting.push({ sequence, startedAt, mime, blob, tries: 0 });
    if (this.waiting.length > MOST_WAITING) {
      this.waiting.shift();
      this.#say("not_taken");
    }
    this.#drain();
  }

  async #drain() {
    if (this.isSending) return;
    this.isSending = true;
    while (this.waiting.length) {
      const [piece] = this.waiting;
      const isDone = await this.#sendOne(piece);
      if (isDone) this.waiting = this.waiting.filter((each) => each !== piece);
      else await new Promise((again) => setTimeout(again, AGAIN_MS[Math.min(piece.tries - 1, AGAIN_MS.length - 1)]));
    }
    this.isSending = false;
    if (this.isStopped && !this.recorder?.pieces?.size) this.#close();
  }

  /** True when the piece may go: it was taken, or never will be. */
  async #sendOne(piece) {
    const headers = { "Content-Type": piece.mime.split(";")[0], "X-Sequence": String(piece.sequence), "X-Captured-At": String(Math.round(piece.startedAt)) };
    try {
      await this.send(this.base, piece.blob, headers);
      return true;
    } catch (error) {
      piece.tries += 1;
      if (error.isTemporary && !(this.isStopped && piece.tries > MOST_TRIES_AFTER_END)) return false;
      if (error.isTemporary) this.#say("not_taken");
      else if (error.code === "too_long") this.#halt("too_long");
      else if (error.status === 403 || error.status === 404) this.#halt("refused");
      else this.#say("refused");
      return true;
    }
  }

  async #close() {
    clearTimeout(this.last);
    if (!this.isClosed) await this.context?.close?.();
    this.isClosed = true;
    if (this.isTold) return;
    this.isTold = true;
    await this.#report({ problem: this.problem ?? "", done: true });
  }

  /** The first thing that went wrong is what is written down. */
  #say(problem) {
    if (this.problem) return;
    this.#tell(problem);
    this.#report({ problem });
  }

  /** Told again at the end; without either the server sees by itself what is missing. */
  async #report(body) {
    try {
      await this.reportTo(`${this.base}report/`, body);
    } catch (error) {
      console.warn("recording of the call:", error.detail ?? error.message);
    }
  }

  #tell(problem) {
    this.problem = problem;
    this.dispatchEvent(new CustomEvent("state", { detail: { problem, words: WORDS[problem] } }));
  }
}
