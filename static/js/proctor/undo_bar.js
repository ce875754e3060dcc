// "12 paused. Undo": after an act, for half a minute; later each candidate's panel offers the same.

import { postJSON } from "../shared/http.js";
import { saidOf, undoneOf } from "./act_words.js";

const STAYS_MS = 30000;
const UNDO_MS = 120000; // of five hundred, on a busy server; asked for again it does nothing twice

/** `onUndone(run)`: of the undoing; `say(text)`: for screen readers. */
export class UndoBar {
  constructor(element, { onUndone, say }) {
    Object.assign(this, { element, onUndone, say });
    this.text = element.querySelector("[data-undo-text]");
    this.button = element.querySelector("[data-undo]");
    this.button.addEventListener("click", () => this.undo());
    element.querySelector("[data-close]").addEventListener("click", () => this.hide());
    // Who is about to use it must not lose it.
    for (const kind of ["focusin", "pointerenter"]) element.addEventListener(kind, () => clearTimeout(this.timer));
    for (const kind of ["focusout", "pointerleave"]) element.addEventListener(kind, () => this.wait());
  }

  show(act, run) {
    Object.assign(this, { act, run });
    this.text.textContent = saidOf(act, run);
    this.button.hidden = !run.can_undo;
    this.element.hidden = false;
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), STAYS_MS);
  }

  hide() {
    clearTimeout(this.timer);
    this.element.hidden = true;
  }

  async undo() {
    if (this.button.disabled) return;
    this.button.disabled = true;
    try {
      clearTimeout(this.timer);
      this.text.textContent = "Taking it back …";
      const undone = await postJSON(`/api/v1/actions/${this.run.run}/undo/`, {}, { timeoutMs: UNDO_MS });
      this.text.textContent = undoneOf(this.act, undone);
      this.button.hidden = true;
      this.say(this.text.textContent);
      this.onUndone(undone);
    } catch (error) {
      this.text.textContent = error.detail ?? "This did not work. Try again.";
      this.say(this.text.textContent);
    } finally {
      this.button.disabled = false;
      this.wait();
    }
  }
}
