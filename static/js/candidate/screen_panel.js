// What the candidate reads about the own screen: whether it is shared, what was sent last, and how to share it again.

import { helpFor } from "./screen_share.js";

const STATE_WORDS = {
  off: "not shared",
  asking: "your browser is asking",
  ok: "shared",
  window: "not shared",
  denied: "not shared",
  none: "not possible on this device",
  failed: "not shared",
  ended: "not shared any more",
};

export class ScreenPanel {
  constructor(section) {
    this.section = section;
    this.banner = document.getElementById("screen-banner");
    this.state = section.querySelector("[data-screen-state]");
    this.sent = section.querySelector("[data-screen-sent]");
    this.preview = section.querySelector("[data-screen-preview]");
    this.image = this.preview.querySelector("img");
    this.stopButton = section.querySelector("[data-stop-screen]");
    this.address = null;
    this.banner.querySelector("[data-screen-help]").textContent = helpFor(navigator.userAgent);
    // On a phone the panel is far below: what has to be done stands above the questions.
    document.getElementById("exam-notices").before(this.banner);
  }

  onShare(work) {
    this.banner.querySelector("[data-share-screen]").addEventListener("click", work);
  }

  onStop(work) {
    this.stopButton.addEventListener("click", work);
  }

  /** `share`: ScreenShare; `isWanted`: whether the exam still asks for it. */
  show({ state, text, surface, isPossible }, { isWanted, isPaused }) {
    const isShared = state === "ok";
    const unsure = isShared && surface !== "monitor" ? "; your browser does not tell whether all of it" : "";
    setText(this.state, isWanted ? STATE_WORDS[state] + unsure : "not asked for any more");
    this.stopButton.hidden = !isShared;
    this.banner.hidden = isShared || !isWanted;
    setText(this.banner.querySelector("[data-screen-problem]"), isPossible ? text : "");
    this.banner.querySelector("[data-screen-impossible]").hidden = isPossible;
    for (const part of this.banner.querySelectorAll("[data-screen-possible]")) part.hidden = !isPossible;
    this.banner.querySelector("[data-share-screen]").disabled = state === "asking";
    if (!isShared) setText(this.sent, "nothing is sent");
    else if (isPaused) setText(this.sent, "nothing while the exam is paused");
  }

  /** Capture has ended for this page. */
  rest(words) {
    setText(this.state, words);
    setText(this.sent, "nothing is sent");
    this.banner.hidden = true;
    this.stopButton.hidden = true;
  }

  /** The newest picture that the server has: exactly what others can see. */
  showSent(blob) {
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = URL.createObjectURL(blob);
    this.image.src = this.address;
    this.preview.hidden = false;
    setText(this.sent, "a picture when something changes");
  }

  showUnchanged() {
    setText(this.sent, "a picture when something changes");
  }

  showWaiting() {
    setText(this.sent, "waiting for the connection");
  }

  showFilmSent() {
    setText(this.sent, "a picture when something changes, and a short film just now");
  }
}

function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
