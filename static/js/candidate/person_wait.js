// Waiting for a person at check-in: asks how it stands, says so in words, and goes on when it is decided.

import { getJSON, postJSON } from "../shared/http.js";

const ASK_MS = 4000;

/** `onLeave()`: check-in is over. A message of the person makes the page load again, which shows it. */
export class PersonWait {
  constructor(element, attemptUrl, onLeave) {
    Object.assign(this, { element, url: attemptUrl + "identity-check/", onLeave });
    this.words = element.querySelector("[data-queue-words]");
    this.problem = element.querySelector("[data-step-problem]");
    this.again = element.querySelector("[data-ask-again]");
    this.isWaiting = false;
    this.round = 0;
    this.again.addEventListener("click", () => this.ask());
  }

  /** Asks for a person; who waits already keeps the place. */
  async ask() {
    this.problem.hidden = true;
    try {
      this.#show(await postJSON(this.url));
    } catch (error) {
      if (error.status === undefined) throw error;
      this.problem.textContent = error.detail;
      this.problem.hidden = false;
    }
  }

  /** Looks again every few seconds while its step is shown. */
  async begin() {
    this.round += 1;
    const { round } = this;
    while (round === this.round && !this.element.hidden) {
      try {
        this.#show(await getJSON(this.url));
      } catch (error) {
        // No answer: the next try comes.
        if (!error.isTemporary) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  }

  #show(answer) {
    if (!["checking_in", "scheduled"].includes(answer.attempt_state)) return this.onLeave();
    if (this.isWaiting && answer.check_state !== "waiting") return location.reload();
    this.isWaiting = answer.check_state === "waiting";
    this.again.hidden = this.isWaiting;
    const text = this.isWaiting ? wordsFor(answer) : "Nobody is asked yet. When you are ready, ask a person.";
    if (this.words.textContent !== text) this.words.textContent = text;
    return undefined;
  }
}

function wordsFor({ place, waited_seconds: waited, about_minutes: about }) {
  const first = "Please keep this page open. A proctor checks who you are and lets you in; then this page goes on by itself.";
  const where = place === 1 ? "You are next." : `${place - 1} ${place === 2 ? "person is" : "people are"} before you.`;
  const minutes = Math.floor(waited / 60);
  const since = minutes ? ` You have waited ${minutes} minute${minutes === 1 ? "" : "s"}.` : "";
  const usual = about ? ` The last ones waited about ${about} minute${about === 1 ? "" : "s"}.` : "";
  return `${first} ${where}${since}${usual}`;
}
