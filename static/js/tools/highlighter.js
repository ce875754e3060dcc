// Marks words in the texts of questions, by pointer or with a word cursor; kept on this computer alone.

import { joinWords, splitWords } from "./words_of_text.js";

const NAME = "highlighter:";
const TEXTS = ".stem, .gap-text";
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

export class Highlighter {
  constructor({ button, news, store }) {
    Object.assign(this, { button, news, store });
    this.texts = new Map();
    button.addEventListener("click", () => this.#switch(button.getAttribute("aria-pressed") !== "true"));
  }

  /** Takes in a question and shows what was marked in it before. */
  async prepare(question) {
    const found = [...question.querySelectorAll(TEXTS)];
    for (const [index, element] of found.entries()) {
      const name = `${NAME}${question.dataset.item}:${index}`;
      const text = new MarkedText(element, { news: this.news, keep: (marks) => this.store.put(name, marks).catch(() => {}) });
      this.texts.set(element, text);
      text.show((await this.store.get(name)) ?? []);
      if (this.#isOn) text.start();
    }
  }

  get #isOn() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  #switch(isOn) {
    this.button.setAttribute("aria-pressed", String(isOn));
    for (const text of this.texts.values()) isOn ? text.start() : text.stop();
    this.news.textContent = isOn ? "Highlighter on. Go to the text of the question with Tab, or click words in it." : "Highlighter off.";
  }
}

/** One text: its words in order, and which of them are marked. */
class MarkedText {
  constructor(element, { news, keep }) {
    Object.assign(this, { element, news, keep });
    this.words = [];
    this.cursor = 0;
    this.anchor = null;
    this.isOn = false;
    element.addEventListener("click", (event) => this.#click(event));
    element.addEventListener("pointerup", () => this.#takeSelection());
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("blur", () => this.#point(null));
  }

  /** Marks the words with these numbers. */
  show(marks) {
    if (marks.length === 0) return;
    this.#split();
    for (const mark of marks) if (this.words[mark]) setMarked(this.words[mark], true);
  }

  start() {
    this.isOn = true;
    this.#split();
    this.element.classList.add("is-markable");
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "application");
    this.element.setAttribute("aria-roledescription", "text to highlight");
    this.element.setAttribute("aria-label", "Text of the question");
    this.element.setAttribute("aria-describedby", "highlighter-help");
  }

  stop() {
    this.isOn = false;
    this.element.classList.remove("is-markable");
    for (const name of ["tabindex", "role", "aria-label", "aria-roledescription", "aria-describedby"]) this.element.removeAttribute(name);
    this.#point(null);
    if (this.#marks().length === 0) this.#join();
  }

  #split() {
    if (this.words.length === 0) this.words = splitWords(this.element);
  }

  #join() {
    joinWords(this.element);
    this.words = [];
    this.cursor = 0;
  }

  #marks() {
    return this.words.flatMap((word, index) => (isMarked(word) ? [index] : []));
  }

  #click({ target }) {
    const word = target.closest("[data-word]");
    if (!this.isOn || !word || !document.getSelection().isCollapsed) return;
    this.cursor = this.words.indexOf(word);
    this.#mark(this.cursor, this.cursor, !isMarked(word));
  }

  /** Words that were selected with the pointer are marked together. */
  #takeSelection() {
    const selection = document.getSelection();
    if (!this.isOn || selection.isCollapsed) return;
    const chosen = this.words.filter((word) => selection.containsNode(word, true));
    if (chosen.length === 0) return;
    this.#mark(this.words.indexOf(chosen[0]), this.words.indexOf(chosen.at(-1)), !chosen.every(isMarked));
    // Deferred: the click that follows has to see that this was a selection.
    setTimeout(() => selection.removeAllRanges());
  }

  #key(event) {
    // Fields in a text keep their keys.
    if (!this.isOn || event.target !== this.element || this.words.length === 0) return;
    const step = STEPS[event.key];
    if (step) this.#move(step, event.shiftKey);
    else if (event.key === "Enter" || event.key === " ") this.#markChosen();
    else if (event.key === "Home") this.#move(-this.words.length, event.shiftKey);
    else if (event.key === "End") this.#move(this.words.length, event.shiftKey);
    else return;
    event.preventDefault();
  }

  #move(step, extends_) {
    const isFirst = !this.element.querySelector(".is-pointed");
    if (extends_) this.anchor ??= this.cursor;
    else this.anchor = null;
    if (!isFirst || extends_) this.cursor = Math.min(this.words.length - 1, Math.max(0, this.cursor + step));
    this.#point(this.cursor);
    const word = this.words[this.cursor];
    this.news.textContent = `${word.textContent}${isMarked(word) ? ", highlighted" : ""}${this.anchor === null ? "" : ", chosen"}`;
  }

  #markChosen() {
    const [from, to] = [this.anchor ?? this.cursor, this.cursor].sort((a, b) => a - b);
    const chosen = this.words.slice(from, to + 1);
    this.#mark(from, to, !chosen.every(isMarked));
    this.anchor = null;
    this.#point(this.cursor);
  }

  #mark(from, to, isOn) {
    const chosen = this.words.slice(from, to + 1);
    for (const word of chosen) setMarked(word, isOn);
    const said = chosen.map((word) => word.textContent).join(" ");
    this.news.textContent = `${said}: ${isOn ? "highlighted" : "highlight removed"}.`;
    this.keep(this.#marks());
  }

  /** Shows the word cursor, or takes it away. */
  #point(cursor) {
    const [from, to] = cursor === null ? [1, 0] : [this.anchor ?? cursor, cursor].sort((a, b) => a - b);
    this.words.forEach((word, index) => word.classList.toggle("is-pointed", index >= from && index <= to));
    if (cursor === null) this.anchor = null;
    else this.words[cursor].scrollIntoView({ block: "nearest" });
  }
}

function isMarked(word) {
  return word.getAttribute("role") === "mark";
}

function setMarked(word, isOn) {
  if (isOn) word.setAttribute("role", "mark");
  else word.removeAttribute("role");
}
