// Dialogs of the exam: questions to confirm, and states that stay until the server says otherwise.

/** A dialog that asks. `ask(fill)` opens it and resolves to true on confirm; `work` may refuse with a sentence. */
export class ConfirmDialog {
  constructor(dialog) {
    this.dialog = dialog;
    this.confirm = dialog.querySelector("[data-dialog-confirm]");
    this.problem = dialog.querySelector("[data-dialog-problem]");
    dialog.querySelector("[data-dialog-close]")?.addEventListener("click", () => dialog.close());
  }

  /** `work` runs on confirm while the dialog is open; it throws an Error with the sentence to show. */
  ask(work = async () => {}) {
    this.#showProblem("");
    this.dialog.showModal();
    return new Promise((resolve) => {
      let isConfirmed = false;
      this.dialog.onclose = () => resolve(isConfirmed);
      this.confirm.onclick = async () => {
        this.confirm.disabled = true;
        try {
          await work();
          isConfirmed = true;
          this.dialog.close();
        } catch (error) {
          this.#showProblem(error.message);
        } finally {
          this.confirm.disabled = false;
        }
      };
    });
  }

  #showProblem(sentence) {
    if (!this.problem) return;
    this.problem.textContent = sentence;
    this.problem.hidden = sentence === "";
  }
}

/** A dialog that shows a state. It stays open until `hide`, whatever keys are pressed. */
export class StateDialog {
  constructor(dialog) {
    this.dialog = dialog;
    this.isShown = false;
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    // Trap: browsers close a dialog on a second Escape even if the first was prevented.
    dialog.addEventListener("close", () => {
      if (this.isShown) dialog.showModal();
    });
  }

  show() {
    if (this.isShown) return;
    this.isShown = true;
    this.dialog.showModal();
    this.dialog.querySelector("h2").focus();
  }

  hide() {
    if (!this.isShown) return;
    this.isShown = false;
    this.dialog.close();
  }
}
