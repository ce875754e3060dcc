// In the panel of one candidate: takes back what was done, as long as that is possible.

import { postJSON } from "../shared/http.js";

export class ActsPanel {
  constructor({ details, announcer }) {
    Object.assign(this, { details, announcer });
    details.dialog.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-take-back]");
      if (button) this.takeBack(button);
    });
  }

  async takeBack(button) {
    if (button.disabled) return;
    button.disabled = true;
    try {
      await postJSON(button.dataset.takeBack, {});
      this.announcer.say("Taken back.");
      this.details.dialog.querySelector("[data-close]").focus(); // a part with the focus in it is not replaced
      this.details.touch(this.details.attempt);
    } catch (error) {
      const problem = button.closest("section").querySelector("[data-act-problem]");
      problem.textContent = error.detail ?? "This did not work. Try again.";
      problem.hidden = false;
      button.disabled = false;
    }
  }
}
