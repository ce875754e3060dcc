// The countdown: by the server's time, stopped while paused, spoken only at ten, five and one minute.

import { formatDuration } from "../shared/clock.js";

const TICK_MS = 250;
const SPOKEN_MINUTES = [10, 5, 1];
const LITTLE_SECONDS = 300;
// The page stops a moment before the server does, so that the last change still arrives in time.
const LAST_CALL_MS = 700;
const ROUNDING_MS = 1000;

/** Events: "due", when the deadline is reached (LAST_CALL_MS before it); "spoken" {minutes}, as they are said. */
export class ExamClock extends EventTarget {
  /** `where`: said after the minutes that are left, such as " in this part". */
  constructor({ clock, display, announcement, where = "" }) {
    super();
    Object.assign(this, { clock, display, announcement, where });
    this.deadlineAt = null;
    this.pausedAt = null;
    this.before = null;
    this.wasOver = false;
  }

  start() {
    setInterval(() => this.#tick(), TICK_MS);
  }

  set({ deadline_at: deadlineAt, paused_at: pausedAt }) {
    this.deadlineAt = deadlineAt ? Date.parse(deadlineAt) : null;
    this.pausedAt = pausedAt ? Date.parse(pausedAt) : null;
    this.#tick();
  }

  /** Working seconds left; stands still while paused. */
  get secondsLeft() {
    if (this.deadlineAt === null) return 0;
    if (this.pausedAt !== null) return Math.max(0, Math.ceil((this.deadlineAt - this.pausedAt) / 1000));
    return this.clock.secondsUntil(this.deadlineAt);
  }

  /** Whether the time is over; never while paused. */
  get isOver() {
    return this.deadlineAt !== null && this.pausedAt === null && this.deadlineAt - this.clock.now() <= LAST_CALL_MS;
  }

  /** Whether another deadline (milliseconds since 1970) is shown than this one, by more than a rounding. */
  differsFrom(deadline) {
    return this.deadlineAt !== null && Math.abs(this.deadlineAt - deadline) > ROUNDING_MS;
  }

  get text() {
    return formatDuration(this.secondsLeft);
  }

  #tick() {
    if (this.deadlineAt === null) return;
    const left = this.secondsLeft;
    if (this.display.textContent !== this.text) this.display.textContent = this.text;
    this.display.parentElement.classList.toggle("is-little", left <= LITTLE_SECONDS);
    this.#speak(left);
    this.before = left;
    const wasOver = this.wasOver;
    this.wasOver = this.isOver;
    if (this.isOver && !wasOver) this.dispatchEvent(new CustomEvent("due"));
  }

  #speak(left) {
    const crossed = SPOKEN_MINUTES.find((minutes) => this.before > minutes * 60 && left <= minutes * 60);
    if (!crossed) return;
    this.announcement.textContent = (crossed === 1 ? "One minute left" : crossed + " minutes left") + this.where + ".";
    this.dispatchEvent(new CustomEvent("spoken", { detail: { minutes: crossed } }));
  }
}
