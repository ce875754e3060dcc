// Breaks of one's own: the button, the countdown while the clock stands still, and the way back.

import { formatDuration, inWords } from "../shared/clock.js";
import { ConfirmDialog, StateDialog } from "./exam_dialogs.js";
import { postRenewing } from "./renewing_post.js";

const TICK_MS = 250;
const LEAST_S = 5;
const byId = (id) => document.getElementById(id);

export class BreakRoom {
  constructor({ root, device, watch, journal, clock }) {
    Object.assign(this, { root, device, watch, journal, clock });
    this.until = null;
    this.button = byId("take-break");
    this.question = new ConfirmDialog(byId("break-question"));
    this.dialog = new StateDialog(byId("break-dialog"));
    this.back = byId("break-dialog").querySelector("[data-dialog-confirm]");
    this.problem = byId("break-dialog").querySelector("[data-dialog-problem]");
  }

  listen() {
    this.watch.addEventListener("changed", ({ detail }) => this.#show(detail.snapshot));
    this.button.addEventListener("click", () => this.#ask());
    this.back.addEventListener("click", () => this.#end());
    setInterval(() => this.#tick(), TICK_MS);
  }

  #show({ state, break_until: until, break_seconds_left: left, device }) {
    this.until = state === "paused" && until ? Date.parse(until) : null;
    this.button.hidden = !(left >= LEAST_S) || state !== "in_progress";
    this.button.textContent = `Take a break (${inWords(left)} left)`;
    byId("break-question-text").textContent =
      `Your clock stops for at most ${inWords(left)}. You cannot answer during the break; you can end it at any time. The camera stays on, pictures are not looked at.`;
    // Who holds the attempt elsewhere sees the break there.
    if (this.until && (!device || device === this.device)) this.dialog.show();
    else this.dialog.hide();
    this.#tick();
  }

  #tick() {
    if (this.until === null) return;
    byId("break-dialog").querySelector("[data-break-time]").textContent = formatDuration(this.clock.secondsUntil(this.until));
    // The server ends the break by itself; the page asks once it should have.
    if (this.clock.now() > this.until + 1500 && !this.isAsking) {
      this.isAsking = true;
      this.watch.refresh().finally(() => {
        this.isAsking = false;
      });
    }
  }

  #ask() {
    return this.question.ask(async () => {
      if (!(await this.journal.flush())) {
        throw new Error("Some answers have not reached the server yet. Try again when the connection is back.");
      }
      this.watch.apply(await postRenewing(this.root.dataset.api + "break/", { device: this.device }));
    });
  }

  async #end() {
    this.back.disabled = true;
    this.problem.hidden = true;
    try {
      this.watch.apply(await postRenewing(this.root.dataset.api + "break/end/", { device: this.device }));
    } catch (error) {
      if (error.status === undefined) throw error;
      this.problem.textContent = error.detail;
      this.problem.hidden = false;
      this.watch.refresh();
    } finally {
      this.back.disabled = false;
    }
  }
}
