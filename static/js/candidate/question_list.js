// Which question is shown, which may be opened, and the list that says answered, flagged and current in words.

import { isAnswered } from "./widgets.js";

/**
 * `questions`: the question elements in paper order. Events: "leaving" {from}, before another one is shown;
 * "chosen" {index}, by a click in the list. In a section with data-navigation="forward" only the furthest question reached is open.
 */
export class QuestionList extends EventTarget {
  constructor({ questions, list, answers, storageKey }) {
    super();
    Object.assign(this, { questions, list, answers, storageKey });
    this.current = null;
    this.reached = this.#readReached();
    this.buttons = questions.map((question, index) => this.#buttonFor(question, index));
  }

  /** Whether the candidate may open question `index` now. */
  mayOpen(index) {
    const question = this.questions[index];
    if (!question) return false;
    if (question.dataset.navigation !== "forward") return true;
    return index === this.#frontier(question.dataset.section);
  }

  /** Why question `index` cannot be opened, in words; "" when it can. */
  closedBecause(index) {
    if (this.mayOpen(index)) return "";
    return this.#isPassed(index) ? "closed" : "not open yet";
  }

  /** Index of the question after the shown one that may be opened by "next", or -1 at the end. */
  get next() {
    return this.current + 1 < this.questions.length ? this.current + 1 : -1;
  }

  /** Index of the question before the shown one when it may be opened again, or -1. */
  get previous() {
    return this.current > 0 && this.mayOpen(this.current - 1) ? this.current - 1 : -1;
  }

  /** True when going on from the shown question closes it for good. */
  get closesOnNext() {
    return this.questions[this.current]?.dataset.navigation === "forward";
  }

  /** The question to begin with: the furthest one of the last visit, or the first one that may be opened. */
  get start() {
    const last = Number(this.reached.last ?? 0);
    return this.mayOpen(last) ? last : Math.max(0, this.questions.findIndex((_, index) => this.mayOpen(index)));
  }

  /** Shows question `index`; going forward in a forward-only section closes what lies before it. */
  show(index, { focus = true } = {}) {
    if (this.current !== null) {
      this.dispatchEvent(new CustomEvent("leaving", { detail: { from: this.questions[this.current] } }));
      this.questions[this.current].hidden = true;
    }
    const question = this.questions[index];
    this.current = index;
    this.#reach(question.dataset.section, index);
    this.reached.last = index;
    this.#writeReached();
    question.hidden = false;
    this.refresh();
    if (focus) question.querySelector("h2").focus();
  }

  /** Closes the shown question if its section is forward-only, and gives the index of the one to show next. */
  closeAndNext() {
    const next = this.next;
    const leaving = this.questions[this.current];
    if (this.closesOnNext) this.#reach(leaving.dataset.section, next);
    return this.mayOpen(next) ? next : this.#frontier(this.questions[next].dataset.section);
  }

  /** Hides the questions, for the final check. */
  hide() {
    if (this.current === null) return;
    this.dispatchEvent(new CustomEvent("leaving", { detail: { from: this.questions[this.current] } }));
    this.questions[this.current].hidden = true;
    this.refresh({ current: -1 });
  }

  /** Brings the words and marks of the list up to date. */
  refresh({ current = this.current } = {}) {
    this.buttons.forEach((button, index) => {
      const { value, flagged } = this.answers.get(this.questions[index].dataset.item);
      const parts = [isAnswered(value) ? "answered" : "not answered"];
      if (flagged) parts.push("flagged");
      if (!this.mayOpen(index)) parts.push(this.closedBecause(index));
      button.dataset.answered = String(isAnswered(value));
      button.dataset.flagged = String(flagged);
      button.disabled = !this.mayOpen(index);
      if (index === current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      button.setAttribute("aria-label", `Question ${index + 1}, ${parts.join(", ")}`);
    });
  }

  #reach(section, index) {
    this.reached[section] = Math.max(index, this.#frontier(section));
  }

  #buttonFor(question, index) {
    const button = this.list.querySelector(`[data-goes-to="${question.dataset.item}"]`);
    button.addEventListener("click", () => this.dispatchEvent(new CustomEvent("chosen", { detail: { index } })));
    return button;
  }

  #frontier(section) {
    const first = this.questions.findIndex((question) => question.dataset.section === section);
    return Math.max(first, this.reached[section] ?? -1, this.#answeredUpTo(section));
  }

  /** On another device the position is not known, but what is answered has certainly been reached. */
  #answeredUpTo(section) {
    let last = -1;
    this.questions.forEach((question, index) => {
      const isHere = question.dataset.section === section;
      if (isHere && isAnswered(this.answers.get(question.dataset.item).value)) last = index;
    });
    return last;
  }

  #isPassed(index) {
    return index < this.#frontier(this.questions[index].dataset.section);
  }

  #readReached() {
    try {
      return JSON.parse(localStorage.getItem(this.storageKey)) ?? {};
    } catch {
      return {};
    }
  }

  #writeReached() {
    try {
      localStorage.setItem(this.storageKey, JSON.stringify(this.reached));
    } catch {
      // Without storage the position is known until the page goes; answered questions tell it after a reload.
    }
  }
}
