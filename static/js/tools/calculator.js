// The calculator's panel: keys, memory, and the result, which is spoken; the arithmetic is in expression.js.

import { CalculatorProblem } from "./decimal.js";
import { LONGEST_EXPRESSION, evaluate } from "./expression.js";

const CONTINUES = /^[-+×÷^!%²³*/]/;

export class Calculator {
  constructor(panel) {
    this.kind = panel.dataset.kind;
    this.field = panel.querySelector("[data-expression]");
    this.result = panel.querySelector("[data-result]");
    this.stored = panel.querySelector("[data-memory]");
    this.angles = panel.querySelectorAll("[data-angle]");
    this.answer = null;
    this.memory = null;
    this.isDone = false;
    this.field.maxLength = LONGEST_EXPRESSION;
    panel.addEventListener("click", ({ target }) => this.#press(target.closest("button")));
    panel.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.calculate();
    });
    this.field.addEventListener("beforeinput", (event) => this.#goOn(event));
    this.field.addEventListener("input", () => (this.isDone = false));
    for (const choice of this.angles) choice.addEventListener("change", () => (this.isDone = false));
  }

  /** Shows the value of what is typed, or says why there is none; gives it back, or null. */
  calculate() {
    // Once more the same must not go on from its own result.
    if (this.isDone) return this.answer;
    try {
      const isDegrees = this.angles.length === 0 || this.angles[0].checked;
      const value = evaluate(this.field.value, { kind: this.kind, isDegrees, answer: this.answer });
      this.answer = value;
      this.isDone = true;
      this.#say(`= ${value}`);
      return value;
    } catch (problem) {
      if (!(problem instanceof CalculatorProblem)) throw problem;
      this.#say(problem.message, { isProblem: true });
      return null;
    }
  }

  #press(button) {
    if (!button) return;
    const { inserts, does } = button.dataset;
    if (inserts) this.#insert(inserts);
    else if (does) this.#acts[does]();
  }

  #acts = {
    clear: () => {
      this.field.value = "";
      this.isDone = false;
      this.#say("");
    },
    delete: () => this.#replace(this.isDone ? [0, this.field.value.length] : this.#beforeCaret(), ""),
    "memory-add": () => this.#changeMemory((memory, value) => memory.plus(value)),
    "memory-subtract": () => this.#changeMemory((memory, value) => memory.minus(value)),
    "memory-recall": () => this.#recall(),
    "memory-clear": () => {
      this.memory = null;
      this.#showMemory();
      this.#say("The memory is empty.");
    },
  };

  #changeMemory(change) {
    const value = this.calculate();
    if (value === null) return;
    this.memory = change(this.memory ?? value.minus(value), value);
    this.#showMemory();
    this.#say(`= ${value}. In memory: ${this.memory}`);
  }

  #recall() {
    if (this.memory === null) this.#say("The memory is empty.");
    else this.#insert(this.memory.isNegative ? `(${this.memory})` : String(this.memory));
  }

  #showMemory() {
    this.stored.textContent = this.memory === null ? "" : `M = ${this.memory}`;
    this.stored.hidden = this.memory === null;
  }

  /** Behind a result an operation goes on from it, and anything else begins anew. */
  #insert(text) {
    if (this.isDone) this.field.value = CONTINUES.test(text) ? "Ans" : "";
    const caret = this.isDone ? this.field.value.length : this.field.selectionStart;
    const end = this.isDone ? caret : this.field.selectionEnd;
    this.#replace([caret, end], text);
  }

  #replace([start, end], text) {
    this.isDone = false;
    if (this.field.value.length - (end - start) + text.length > LONGEST_EXPRESSION) return;
    this.field.setRangeText(text, start, end, "end");
  }

  /** The selection, or what stands before the caret: a whole name such as sin( goes at once. */
  #beforeCaret() {
    const { value, selectionStart: start, selectionEnd: end } = this.field;
    if (start !== end) return [start, end];
    const last = /(?:[A-Za-z]+\(?|√\(|∛\(|.)$/.exec(value.slice(0, start))?.[0] ?? "";
    return [start - last.length, start];
  }

  /** The same for what is typed on the keyboard. */
  #goOn(event) {
    if (!this.isDone || event.inputType !== "insertText") return;
    event.preventDefault();
    this.#insert(event.data);
  }

  #say(sentence, { isProblem = false } = {}) {
    this.result.textContent = sentence;
    this.result.classList.toggle("error-text", isProblem);
  }
}
