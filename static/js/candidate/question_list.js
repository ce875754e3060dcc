// Which question is shown, which may be opened, and the list that says answered, flagged and current in words.

import { isAnswered } from "./widgets.js";

/**
 * The server says of each question whether it is open, closed or ahead; only open ones are on the page.
 * Events: "leaving" {from}, before another one is shown; "chosen" {index}, by a click in the list.
 */
export class QuestionList extends EventTarget {
  /** `root` holds the questions and the buttons of the list; `inOrder`: sections are taken one after the other. */
  constructor({ root, answers, storageKey, inOrder }) {
    super();
    Object.assign(this, { root, answers, storageKey, inOrder });
    this.last = this.#readLast();
    this.read();
  }

  /** Reads what is on the page now: at first, and whenever the server has sent other parts of the paper. */
  read() {
    this.current = null;
    this.places = [...this.root.querySelectorAll("[data-goes-to]")].map((button, index) => this.#placeOf(button, index));
  }

  /** The questions that are open. */
  get questions() {
    return this.places.map(({ question }) => question).filter(Boolean);
  }

  /** Whether the candidate may open question `index` now. */
  mayOpen(index) {
    return this.places[index]?.access === "open";
  }

  /** Why question `index` cannot be opened, in words; "" when it can. */
  closedBecause(index) {
    if (this.mayOpen(index)) return "";
    return this.places[index].access === "closed" ? "closed" : "not open yet";
  }

  /** What "next" does: "show" another question, "leave" this one for good, "finish" the section, or "nothing". */
  get step() {
    const place = this.places[this.current];
    const isLastHere = this.places[this.current + 1]?.section !== place.section;
    if (this.inOrder && isLastHere) return "finish";
    if (this.current + 1 >= this.places.length) return "nothing";
    if (place.navigation === "forward") return "leave";
    return this.next < 0 ? "nothing" : "show";
  }

  /** Index of the first open question behind the shown one, or -1. */
  get next() {
    return this.places.findIndex((_, index) => index > this.current && this.mayOpen(index));
  }

  /** Index of the question before the shown one when it may be opened again, or -1. */
  get previous() {
    return this.current > 0 && this.mayOpen(this.current - 1) ? this.current - 1 : -1;
  }

  /** The question to go on with: the one last shown, or the next open one after it, or the first; -1 for none. */
  get start() {
    const last = this.places.findIndex(({ item }) => item === this.last);
    const after = this.places.findIndex((_, index) => index >= last && this.mayOpen(index));
    return after >= 0 ? after : this.places.findIndex((_, index) => this.mayOpen(index));
  }

  show(index, { focus = true } = {}) {
    this.#leave();
    const { question, item } = this.places[index];
    this.current = index;
    this.last = item;
    this.#writeLast();
    question.hidden = false;
    tellShown(Number(item));
    this.refresh();
    if (focus) question.querySelector("h2").focus();
  }

  /** Hides the questions, for the final check or between two parts. */
  hide() {
    this.#leave();
    tellShown(null);
    this.refresh({ current: -1 });
  }

  /** Brings the words and marks of the list up to date. */
  refresh({ current = this.current } = {}) {
    this.places.forEach(({ button, item, number }, index) => {
      const { value, flagged } = this.answers.get(item);
      const parts = [isAnswered(value) ? "answered" : "not answered"];
      if (flagged) parts.push("flagged");
      if (!this.mayOpen(index)) parts.push(this.closedBecause(index));
      button.dataset.answered = String(isAnswered(value));
      button.dataset.flagged = String(flagged);
      button.disabled = !this.mayOpen(index);
      if (index === current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      button.setAttribute("aria-label", `Question ${number}, ${parts.join(", ")}`);
    });
  }

  #leave() {
    if (this.current === null) return;
    const { question } = this.places[this.current];
    this.dispatchEvent(new CustomEvent("leaving", { detail: { from: question } }));
    question.hidden = true;
  }

  #placeOf(button, index) {
    const { goesTo: item, number, section, navigation, access } = button.dataset;
    const asksCertainty = "asksCertainty" in button.dataset;
    button.addEventListener("click", () => this.dispatchEvent(new CustomEvent("chosen", { detail: { index } })));
    const question = this.root.querySelector(`.question[data-item="${item}"]`);
    return { item, number, section, navigation, access, asksCertainty, button, question };
  }

  #readLast() {
    try {
      return localStorage.getItem(this.storageKey);
    } catch {
      return null;
    }
  }

  #writeLast() {
    try {
      localStorage.setItem(this.storageKey, this.last);
    } catch {
      // Without storage a reload begins with the first open question.
    }
  }
}

/** For what follows the page without being part of it. */
function tellShown(item) {
  document.dispatchEvent(new CustomEvent("attempt:question", { detail: { item } }));
}
