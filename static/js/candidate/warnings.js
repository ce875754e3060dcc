// Messages of a proctor: one dialog after the other, each to be acknowledged.

import { StateDialog } from "./exam_dialogs.js";
import { postRenewing } from "./renewing_post.js";

export class Warnings {
  constructor(dialog) {
    this.element = dialog;
    this.dialog = new StateDialog(dialog);
    this.queue = [];
    this.known = new Set();
    this.button = dialog.querySelector("[data-dialog-confirm]");
    this.problem = dialog.querySelector("[data-dialog-problem]");
    this.button.addEventListener("click", () => this.#acknowledge());
  }

  /** Takes in warnings [{id, text, sent_at}]; those that are known already are not shown twice. */
  add(warnings) {
    for (const warning of warnings) {
      if (this.known.has(warning.id) || warning.acknowledged_at) continue;
      this.known.add(warning.id);
      this.queue.push(warning);
    }
    this.#show();
  }

  /** Acknowledged on another device of the same candidate. */
  drop(id) {
    this.known.add(id);
    this.queue = this.queue.filter((warning) => warning.id !== id);
    this.#show();
  }

  #show() {
    const [first] = this.queue;
    if (!first) {
      this.dialog.hide();
      return;
    }
    const count = this.queue.length > 1 ? `1 of ${this.queue.length} messages` : "";
    this.element.querySelector("[data-warning-count]").textContent = count;
    const text = this.element.querySelector("[data-warning-text]");
    text.textContent = first.text;
    text.lang = first.language || document.documentElement.lang;
    this.element.querySelector("[data-warning-time]").textContent = new Date(first.sent_at).toLocaleTimeString([], { timeStyle: "short" });
    this.problem.hidden = true;
    this.dialog.show();
  }

  async #acknowledge() {
    const [first] = this.queue;
    this.button.disabled = true;
    try {
      await postRenewing(`/api/v1/warnings/${first.id}/acknowledge/`);
      this.drop(first.id);
    } catch (error) {
      if (error.status === undefined) throw error;
      this.problem.textContent = error.detail + " Please try again.";
      this.problem.hidden = false;
    } finally {
      this.button.disabled = false;
    }
  }
}
