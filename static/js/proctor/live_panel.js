// The large live picture in the details of one candidate: one button to watch, another one to hear.

import { showScreen } from "./live_screen.js";
import { inWords } from "./live_words.js";

export class LivePanel {
  /** `dialog`: where the details are shown; a part with [data-live-view] in it offers the picture; `times`: ZoneTimes. */
  constructor({ dialog, viewer, times }) {
    Object.assign(this, { dialog, viewer, times });
    this.attempt = null;
    dialog.addEventListener("click", ({ target }) => this.#act(target));
    dialog.addEventListener("panel:left", () => this.#stop());
    viewer.addEventListener("state", ({ detail }) => detail.attempt === this.attempt && this.#draw(detail));
  }

  #act(target) {
    const view = target.closest("[data-live-view]");
    if (!view) return;
    if (target.closest("[data-live-sound]")) this.#toggleSound();
    else if (target.closest("[data-live-watch]")) this.#toggle(view);
  }

  #toggle(view) {
    const attempt = Number(view.dataset.attempt);
    const isWatching = this.attempt === attempt;
    this.#stop();
    if (isWatching) return;
    Object.assign(this, { attempt, view });
    this.#mark(true);
    this.#draw(this.viewer.want(attempt, "panel"));
  }

  #stop() {
    if (this.attempt === null) return;
    const { attempt } = this;
    this.attempt = null;
    this.viewer.leave(attempt, "panel");
    this.#part("video").srcObject = null;
    this.#part("figure").hidden = true;
    showScreen(this.view, null);
    this.#part("[data-live-state]").textContent = "";
    this.#showSound(false, false);
    this.#mark(false);
  }

  /** Muted at first: nobody is overheard by mistake, and the candidate is told when this is turned on. */
  #toggleSound() {
    const button = this.#part("[data-live-sound]");
    const isOn = button.getAttribute("aria-pressed") !== "true";
    this.viewer.setSound(this.attempt, isOn);
    this.#showSound(true, isOn);
  }

  #draw({ state, code, againAt, stream, screen = null, canHear, isRecorded }) {
    showScreen(this.view, screen);
    const video = this.#part("video");
    if (video.srcObject !== (stream ?? null)) video.srcObject = stream ?? null;
    if (stream) video.play().catch(() => {}); // interrupted by the next stream, or by its end
    this.#part("figure").hidden = state !== "live";
    const words = inWords({ state, code, againAt, isRecorded }, this.times);
    const line = this.#part("[data-live-state]");
    if (line.textContent !== words) line.textContent = words;
    this.#showSound(canHear, canHear && !video.muted);
  }

  #showSound(isOffered, isOn) {
    const button = this.#part("[data-live-sound]");
    button.hidden = !isOffered;
    button.setAttribute("aria-pressed", String(isOn));
    button.textContent = isOn ? "Turn sound off" : "Turn sound on";
    this.#part("video").muted = !isOn;
  }

  #mark(isOn) {
    this.#part("[data-live-watch]").textContent = isOn ? "Stop watching live" : "Watch live";
  }

  #part(selector) {
    return this.view.querySelector(selector);
  }
}
