// "What is watched": the candidate's own picture, what is captured in which state, and calm advice.

import { CalmWords } from "./calm_words.js";
import { Coaching } from "./coaching.js";

const NOTICE_MS = 8000;
const COLLAPSED_KEY = "proctor-panel-collapsed";
const STATE_WORDS = {
  off: "off",
  ok: "on",
  denied: "not allowed",
  none: "not found",
  ended: "stopped",
  busy: "used by another program",
  failed: "not working",
  insecure: "not possible here",
  old_browser: "not possible here",
};

const UNUSABLE_WORDS = {
  too_dark: "too dark",
  back_lit: "the light comes from behind you",
  over_exposed: "too bright",
  blurred: "blurred",
  too_small: "too small",
  compressed: "too coarse",
};
const REFUSED_WORDS = { paused: "not looked at while the exam is paused", taken_over: "sent from the other page" };

export class CapturePanel {
  constructor(element) {
    this.element = element;
    this.summary = document.getElementById("watch-state");
    this.video = element.querySelector("video");
    this.cameraState = element.querySelector("[data-camera-state]");
    this.pictureState = element.querySelector("[data-picture-state]");
    this.programState = element.querySelector("[data-program-state]");
    this.program = new CalmWords((words) => setText(this.programState, words));
    this.problem = element.querySelector("[data-camera-problem]");
    this.advice = element.querySelector("[data-advice]");
    this.restart = element.querySelector("[data-restart-camera]");
    this.coaching = new Coaching(() => this.#showAdvice());
    this.notice = "";
    this.noticeUntil = 0;
    this.cameraWords = "Camera starting";
    this.isSilent = false;
    this.#rememberFold(element.querySelector("[data-self-view]"));
  }

  /** `onRestart` runs when the candidate asks for the camera again. */
  onRestart(work) {
    this.restart.addEventListener("click", work);
  }

  showCamera({ state, text }, stream) {
    this.element.dataset.camera = state;
    this.summary.dataset.camera = state;
    this.cameraWords = `Camera ${STATE_WORDS[state]}`;
    this.#showSummary();
    setText(this.cameraState, STATE_WORDS[state]);
    showSentence(this.problem, state === "ok" || state === "off" ? "" : text);
    this.restart.hidden = state === "ok" || state === "off";
    if (this.video.srcObject !== stream) this.video.srcObject = stream;
    if (stream) this.video.play().catch(() => setText(this.pictureState, "waiting for the camera"));
    if (state !== "ok") this.coaching.clear();
  }

  /** What becomes of the pictures: being sent, waiting for the connection, stopped. */
  showPictures(words) {
    setText(this.pictureState, words);
  }

  showResult(result) {
    this.showPictures(REFUSED_WORDS[result.code] ?? "being sent and looked at");
    this.program.say(programWords(result));
    if (!result.analysed) return;
    const advice = this.coaching.take(result.coaching ?? []);
    if (advice === "" && performance.now() > this.noticeUntil) this.#setNotice("");
  }

  /** The socket is open, but nothing comes back: neither side may believe that all is well. */
  showSilence(isSilent) {
    this.isSilent = isSilent;
    this.#showSummary();
    if (isSilent) this.rest("no answer from the server: nothing arrives there now");
  }

  /** No picture reaches the program now; `words`: why. */
  rest(words) {
    this.showPictures(words);
    this.program.clear();
    this.program.say("looks at nothing now");
  }

  /** No picture could be taken although the connection is there. */
  showNoPicture() {
    this.showPictures("none: the camera gives no picture");
  }

  /** A sentence of the server about something that was noticed; it goes when all has been well again. */
  showNotice(sentence) {
    this.noticeUntil = performance.now() + NOTICE_MS;
    this.#setNotice(sentence);
  }

  #showSummary() {
    this.summary.dataset.silent = String(this.isSilent);
    setText(this.summary.querySelector("[data-watch-text]"), this.cameraWords + (this.isSilent ? ", no answer from the server" : ""));
  }

  #setNotice(sentence) {
    this.notice = sentence;
    this.#showAdvice();
  }

  /** One sentence at a time: what was noticed says the same as the advice, only more firmly. */
  #showAdvice() {
    showSentence(this.advice, this.notice || this.coaching.shown);
  }

  #rememberFold(details) {
    details.open = readFlag(COLLAPSED_KEY) !== "true";
    details.addEventListener("toggle", () => writeFlag(COLLAPSED_KEY, String(!details.open)));
  }
}

function programWords({ accepted, analysed, code, quality }) {
  if (!accepted) return "looks at nothing now";
  if (!analysed) return code === "overloaded" ? "busy: leaves out pictures, at nobody's cost" : "looks at the next picture";
  if (quality && !quality.usable) {
    const reasons = quality.reasons.map((each) => UNUSABLE_WORDS[each]).filter(Boolean);
    return `cannot judge the picture${reasons.length ? `: ${reasons.join(", ")}` : ""}`;
  }
  return "looks at each picture";
}

function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function showSentence(element, sentence) {
  setText(element, sentence);
  element.hidden = sentence === "";
}

function readFlag(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function writeFlag(key, value) {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // The panel opens again after a reload.
  }
}
