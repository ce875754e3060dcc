// One line on the proctor's page while the service that carries live video does not answer.

import { isOfTheService, tryingAgain } from "./live_words.js";

export class LiveNews {
  /** `line`: where it is said, a status line; `times`: ZoneTimes of the page. */
  constructor({ line, viewer, times }) {
    Object.assign(this, { line, times });
    this.down = new Map(); // attempt: when it is tried again
    viewer.addEventListener("state", ({ detail }) => this.#note(detail));
  }

  /** While it tries again the line stays: a line that comes and goes is read aloud each time. */
  #note({ attempt, state, code, againAt }) {
    if (state === "connecting") return;
    if (state === "unavailable" && isOfTheService(code)) this.down.set(attempt, againAt);
    else this.down.delete(attempt);
    const words = this.down.size ? tryingAgain(Math.min(...this.down.values()), this.times) : "";
    if (this.line.textContent !== words) this.line.textContent = words;
  }
}
