// Check-in: the candidate tries out sharing the whole screen. Nothing is sent; the exam's page asks again.

import { helpFor, ScreenShare } from "./screen_share.js";

/** Events: "settled" {shares}: goes on with the screen, or without it. */
export class ScreenStep extends EventTarget {
  constructor(element) {
    super();
    this.element = element;
    this.share = new ScreenShare();
    this.video = element.querySelector("video");
    this.words = element.querySelector("[data-screen-words]");
    this.tryButton = element.querySelector("[data-share-screen]");
    this.done = element.querySelector("[data-screen-done]");
    element.querySelector("[data-screen-help]").textContent = helpFor(navigator.userAgent);
    this.share.addEventListener("state", () => this.#show());
    this.tryButton.addEventListener("click", () => this.share.ask());
    this.done.addEventListener("click", () => this.#settle(true));
    element.querySelector("[data-screen-without]").addEventListener("click", () => this.#settle(false));
  }

  begin() {
    const isPossible = this.share.isPossible;
    for (const part of this.element.querySelectorAll("[data-screen-possible]")) part.hidden = !isPossible;
    this.element.querySelector("[data-screen-impossible]").hidden = isPossible;
    this.#show();
  }

  stop() {
    this.share.stop();
  }

  #settle(shares) {
    this.share.stop();
    this.dispatchEvent(new CustomEvent("settled", { detail: { shares } }));
  }

  #show() {
    const { state, text, surface, stream } = this.share;
    const isShared = state === "ok";
    const said = isShared
      ? surface === "monitor"
        ? "Your whole screen can be shared. Choose “Continue”."
        : "A screen is shared, but your browser does not tell whether it is the whole one. Please look at the picture; a person looks at it in the exam."
      : text;
    if (this.words.textContent !== said) this.words.textContent = said;
    this.words.dataset.state = isShared ? "good" : text ? "bad" : "waiting";
    this.video.hidden = !isShared;
    if (this.video.srcObject !== (isShared ? stream : null)) this.video.srcObject = isShared ? stream : null;
    this.tryButton.disabled = state === "asking";
    this.done.disabled = !isShared;
  }
}
