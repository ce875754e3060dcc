// Forward-only questions and timed sections on the exam page: dialogs, the section's clock, the card between parts.

import { ConfirmDialog, StateDialog } from "./exam_dialogs.js";
import { ExamClock } from "./exam_clock.js";
import { isAnswered } from "./widgets.js";

const byId = (id) => document.getElementById(id);

/** `page` offers list, answers, showCurrent(), showProblem(sentence). */
export class PartSteps {
  constructor({ page, parts, watch, clock }) {
    Object.assign(this, { page, parts, watch, clock });
    this.forwardDialog = new ConfirmDialog(byId("forward-dialog"));
    this.finishDialog = new ConfirmDialog(byId("part-dialog"));
    this.overDialog = new StateDialog(byId("part-over-dialog"));
    this.startCard = byId("part-start");
    this.lastDeadline = watch.snapshot.deadline_at;
    this.isBusy = false;
  }

  listen() {
    this.startCard.addEventListener("click", ({ target }) => this.#begin(target));
    this.parts.addEventListener("replaced", () => this.#showClock());
    this.parts.addEventListener("moved", () => this.#showClock());
    if (!this.parts.parts.in_order) return;
    const display = document.querySelector("[data-part-clock]");
    const announcement = byId("part-clock-announcement");
    this.partClock = new ExamClock({ clock: this.clock, display, announcement, where: " in this part" });
    this.partClock.addEventListener("due", () => this.#timeIsUp());
    this.watch.addEventListener("changed", ({ detail }) => this.#heard(detail.snapshot));
    this.#showClock();
    this.partClock.start();
  }

  /** Shows the card between two parts, if one of them waits to be begun. Returns whether it does. */
  showStart({ focus = true } = {}) {
    const title = this.startCard.querySelector("h2");
    this.startCard.hidden = title === null;
    if (title && focus) title.focus();
    return title !== null;
  }

  hideStart() {
    this.startCard.hidden = true;
  }

  /** Leaves the shown question for good, after a question when it is not answered. */
  async leave({ item }) {
    if (!isAnswered(this.page.answers.get(item).value)) {
      await this.forwardDialog.ask(() => this.parts.leave(item));
      return;
    }
    await this.#try(() => this.parts.leave(item));
  }

  async finish({ section }) {
    const own = this.page.list.places.filter((place) => place.section === section);
    const done = own.filter(({ item }) => isAnswered(this.page.answers.get(item).value)).length;
    byId("part-dialog-text").textContent =
      `You have answered ${done} of ${own.length} questions here. You cannot come back to this part.`;
    await this.finishDialog.ask(() => this.parts.closeSection(section));
  }

  async #begin(target) {
    const button = target.closest("[data-begin-part]");
    if (!button) return;
    const problem = this.startCard.querySelector("[data-part-problem]");
    problem.hidden = true;
    button.disabled = true;
    try {
      await this.parts.openSection(button.dataset.beginPart);
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  }

  async #try(work) {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      await work();
    } catch (error) {
      this.page.showProblem(error.message);
    } finally {
      this.isBusy = false;
    }
  }

  #showClock() {
    if (!this.partClock) return;
    const running = this.parts.running;
    byId("part-clock").hidden = !running?.deadline_at;
    this.partClock.set({ deadline_at: running?.deadline_at, paused_at: this.watch.snapshot.paused_at });
  }

  /** A pause stops the section's clock; time given back moves its end, which only the server knows. */
  #heard({ deadline_at: deadline }) {
    this.#showClock();
    if (deadline === this.lastDeadline || this.watch.hasEnded) return;
    this.lastDeadline = deadline;
    this.#try(() => this.parts.compare());
  }

  async #timeIsUp() {
    if (this.watch.hasEnded || !this.parts.running) return;
    byId("part-over-text").textContent =
      "What you have written here is being sent. The next part can be opened in a moment. If the connection is down, keep this page open: answers given in time count when they arrive.";
    this.finishDialog.dialog.close();
    this.overDialog.show();
    await this.parts.afterTime();
    this.overDialog.hide();
    this.page.showCurrent();
  }
}
