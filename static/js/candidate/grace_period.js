// What is said about the end of the time, and the grace period: answers are closed, handing in is still possible.

import { formatDuration, inWords } from "../shared/clock.js";
import { StateDialog } from "./exam_dialogs.js";

const TICK_MS = 250;
const ASK_MS = 2000;
const SPOKEN_SECONDS = [300, 60, 30, 10];

export class GracePeriod {
  /** `notice`: the PageNotice for the words before the end. */
  constructor({ dialog, root, watch, clock, examClock, journal, handIn, notice }) {
    Object.assign(this, { root, watch, clock, examClock, journal, handIn, notice });
    this.rule = root.dataset.timeUp;
    this.graceMs = Number(root.dataset.grace) * 60000;
    this.dialog = new StateDialog(dialog);
    this.element = dialog;
    this.button = dialog.querySelector("[data-dialog-confirm]");
    this.problem = dialog.querySelector("[data-dialog-problem]");
    this.announcement = dialog.querySelector("[data-grace-announcement]");
    this.askedAt = 0;
    this.before = Infinity;
  }

  listen() {
    this.watch.addEventListener("changed", () => this.#tick());
    this.examClock.addEventListener("spoken", ({ detail }) => this.#tell(detail.minutes));
    this.button.addEventListener("click", () => this.#handIn());
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** Whether answers are closed and handing in is not; known before the server says so. */
  get isOn() {
    const isHere = this.root.dataset.held === "true" && !this.handIn.isGoingOn;
    if (this.rule !== "grace" || this.watch.hasEnded || !isHere) return false;
    return this.watch.state === "overdue" || (this.watch.state === "in_progress" && this.examClock.isOver);
  }

  get #until() {
    const { hand_in_until: until } = this.watch.snapshot;
    return until ? Date.parse(until) : this.examClock.deadlineAt + this.graceMs;
  }

  #tick() {
    if (!this.isOn) {
      if (this.dialog.isShown) this.#over();
      return;
    }
    const left = this.clock.secondsUntil(this.#until);
    this.element.querySelector("[data-grace-time]").textContent = formatDuration(left);
    this.#speak(left);
    if (!this.dialog.isShown) this.notice.hide();
    this.dialog.show();
    const mustAsk = this.watch.state !== "overdue" || left === 0 || this.journal.unsent > 0;
    if (mustAsk && performance.now() - this.askedAt > ASK_MS) this.#ask();
  }

  /** The server has not said yet that the grace period runs or is over, or has not all answers. */
  async #ask() {
    this.askedAt = performance.now();
    const hasAnswered = await this.watch.refresh();
    if (hasAnswered && this.watch.state === "overdue") await this.handIn.sendAnswers();
    this.askedAt = performance.now();
  }

  /** Handed in, ended, or given more time: then what is unsent goes the ordinary way again. */
  #over() {
    this.dialog.hide();
    this.before = Infinity;
    const isBack = this.watch.state === "in_progress" && !this.examClock.isOver;
    if (isBack && this.journal.unsent) this.journal.flush();
  }

  #speak(left) {
    const crossed = SPOKEN_SECONDS.find((seconds) => this.before > seconds && left <= seconds);
    if (crossed) this.announcement.textContent = `${inWords(crossed)} left to hand in.`;
    this.before = left;
  }

  async #handIn() {
    this.problem.hidden = true;
    this.button.disabled = true;
    try {
      await this.handIn.submit();
    } catch (error) {
      this.problem.textContent = error.message;
      this.problem.hidden = false;
    } finally {
      this.button.disabled = false;
    }
  }

  #tell(minutes) {
    const words = {
      auto_submit: "When the time is up, what you have written is handed in by itself.",
      grace: `After that you can no longer change answers, and have ${inWords(this.graceMs / 1000)} to hand in.`,
      abandon: "Hand in before the time is up: what is not handed in by then does not count by itself.",
    };
    const isNews = minutes === 5 || (minutes === 1 && this.rule !== "auto_submit");
    if (isNews) this.notice.show(`${minutes === 1 ? "One minute" : minutes + " minutes"} left. ${words[this.rule]}`);
  }
}
