// The last look before submitting: what is not answered, what is flagged, what has not been sent.

import { isAnswered } from "./widgets.js";

export class FinalCheck {
  /** `list`: the QuestionList; `goTo(index)` shows a question. */
  constructor({ element, list, answers, goTo }) {
    Object.assign(this, { element, list, answers, goTo });
  }

  get unanswered() {
    return this.#where(({ value }) => !isAnswered(value));
  }

  get flagged() {
    return this.#where(({ flagged }) => flagged);
  }

  /** Answered questions that ask for a certainty and have none. */
  get unsure() {
    return this.#where(({ value, certainty }, { asksCertainty }) => asksCertainty && isAnswered(value) && certainty === null);
  }

  /** `isLast`: no question can be opened any more, so there is no way back. */
  show(unsent, { isLast = false } = {}) {
    this.#part("#back-to-questions").hidden = isLast;
    const total = this.list.places.length;
    const missing = this.unanswered.length;
    this.#part("[data-check-summary]").textContent =
      missing === 0 ? `You have answered all ${total} questions.` : `You have answered ${total - missing} of ${total} questions.`;
    this.#list("[data-check-unanswered]", this.unanswered);
    this.#list("[data-check-flagged]", this.flagged);
    this.#list("[data-check-unsure]", this.unsure);
    this.showUnsent(unsent);
    this.element.hidden = false;
    this.element.querySelector("h2").focus();
  }

  showUnsent(unsent) {
    const notice = this.#part("[data-check-unsent]");
    notice.hidden = unsent === 0;
    notice.textContent =
      unsent === 1 ? "One change is still on its way to the server." : `${unsent} changes are still on their way to the server.`;
  }

  hide() {
    this.element.hidden = true;
  }

  /** One sentence for the dialog that asks for the last confirmation. */
  get question() {
    const missing = this.unanswered.length;
    const open = missing === 0 ? "You have answered every question." : missing === 1 ? "One question is not answered." : `${missing} questions are not answered.`;
    return open + " After this you cannot change anything.";
  }

  #where(test) {
    return this.list.places.map((_, index) => index).filter((index) => test(this.answers.get(this.list.places[index].item), this.list.places[index]));
  }

  #list(selector, indexes) {
    const part = this.#part(selector);
    part.hidden = indexes.length === 0;
    part.querySelector("ul").replaceChildren(...indexes.map((index) => this.#entry(index)));
  }

  #entry(index) {
    const entry = document.createElement("li");
    const label = "Question " + this.list.places[index].number;
    const closed = this.list.closedBecause(index);
    if (!closed) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-small";
      button.textContent = label;
      button.addEventListener("click", () => this.goTo(index));
      entry.append(button);
    } else {
      entry.textContent = `${label} (${closed})`;
    }
    return entry;
  }

  #part(selector) {
    return this.element.querySelector(selector);
  }
}
