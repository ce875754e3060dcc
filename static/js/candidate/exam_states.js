// What the page does when the attempt is paused, held elsewhere, over, or handed in.

import { ConfirmDialog, StateDialog } from "./exam_dialogs.js";
import { lateInWords } from "./late_words.js";
import { postRenewing } from "./renewing_post.js";

const ASK_AFTER_DEADLINE_MS = 2000;
const HURRY_SECONDS = 5;
const SEND_AGAIN_MS = 5000;
/** For who has something to keep before the page goes, such as the last seconds of a recording. */
const LAST_WORK_MS = 1500;
const RUNNING = ["in_progress", "paused", "overdue"];
const byId = (id) => document.getElementById(id);

/** Events: "answers" {paper}, when the server's answers have to be shown again. */
export class ExamStates extends EventTarget {
  constructor({ root, device, watch, examClock, journal, sender, handIn }) {
    super();
    Object.assign(this, { root, device, watch, examClock, journal, sender, handIn });
    this.api = root.dataset.api;
    this.pauseDialog = new StateDialog(byId("pause-dialog"));
    this.endDialog = new StateDialog(byId("end-dialog"));
    this.takeOverDialog = new StateDialog(byId("take-over-dialog"));
    this.submitDialog = new ConfirmDialog(byId("submit-dialog"));
    this.takeOverButton = byId("take-over-dialog").querySelector("[data-dialog-confirm]");
    this.hasHeld = false;
    this.isLeaving = false;
  }

  listen() {
    this.watch.addEventListener("changed", ({ detail }) => this.#show(detail));
    this.watch.addEventListener("ended", () => this.#end());
    this.examClock.addEventListener("due", () => this.#timeIsUp());
    this.journal.addEventListener("answered", ({ detail }) => this.#compare(detail));
    this.journal.addEventListener("rejected", ({ detail }) => this.#rejected(detail));
    this.handIn.addEventListener("refused", ({ detail }) => showNotice(detail.sentence));
    this.takeOverButton.addEventListener("click", () => this.#takeOver());
    window.addEventListener("beforeunload", (event) => {
      if (this.journal.unsent && !this.isLeaving) event.preventDefault();
    });
  }

  /** So little time is left that a change must not wait for more typing. */
  get isHurry() {
    return this.examClock.secondsLeft <= HURRY_SECONDS;
  }

  /** Asks once more, sends what is unsent, then ends the attempt. `question`: what is still open, in words. */
  submit(question) {
    byId("submit-dialog-text").textContent = question;
    return this.submitDialog.ask(() => this.handIn.submit());
  }

  #show({ snapshot, reason }) {
    this.examClock.set(snapshot);
    if (this.watch.hasEnded) return;
    const isElsewhere = Boolean(snapshot.device) && snapshot.device !== this.device;
    if (isElsewhere) this.#lock();
    this.#tellHolding(!isElsewhere);
    this.#showPause(snapshot, isElsewhere ? "" : reason);
  }

  /** For who watches beside the page: only the tab that holds the attempt shows itself on camera. */
  #tellHolding(holds) {
    if (holds) this.hasHeld = true;
    if (this.root.dataset.held === String(holds)) return;
    this.root.dataset.held = String(holds);
    document.dispatchEvent(new CustomEvent(holds ? "attempt:held" : "attempt:lost"));
  }

  #showPause({ state, break_until: isBreak }, reason) {
    if (state !== "paused" || isBreak) {
      this.pauseDialog.hide();
      if (state !== "paused") this.journal.resume("paused");
      return;
    }
    const dialog = byId("pause-dialog");
    const text = dialog.querySelector("[data-pause-reason]");
    if (reason) text.textContent = "Reason: " + reason;
    text.hidden = text.textContent === "";
    dialog.querySelector("[data-pause-time]").textContent = this.examClock.text;
    this.pauseDialog.show();
  }

  #lock() {
    byId("take-over-text").textContent = this.hasHeld
      ? "You have continued your exam on another device or in another tab. What you wrote here is kept and sent. To go on here instead, choose “Continue here”."
      : "Your exam is already open on another device or in another tab. If you continue here, it is closed there. Nothing that you wrote is lost.";
    this.journal.lock();
    this.takeOverDialog.show();
  }

  async #takeOver() {
    const problem = byId("take-over-dialog").querySelector("[data-dialog-problem]");
    problem.hidden = true;
    this.takeOverButton.disabled = true;
    try {
      // First what this browser still has: sent after the take-over it would count as typed after it.
      await this.journal.flush();
      const snapshot = await postRenewing(this.api + "take-over/", { device: this.device });
      await this.readAnswers();
      this.takeOverDialog.hide();
      this.watch.apply(snapshot);
      this.journal.resume("locked");
    } catch (error) {
      if (error.status === undefined) throw error;
      problem.textContent = error.detail;
      problem.hidden = false;
      this.watch.refresh();
    } finally {
      this.takeOverButton.disabled = false;
    }
  }

  /** Shows the server's answers again; what is unsent here stays on top. */
  async readAnswers() {
    this.dispatchEvent(new CustomEvent("answers", { detail: await this.sender.fetchPaper() }));
  }

  /** Trap: an answer that was under way during a move carries the state from before; so ask instead of believing. */
  #compare({ state, server_time: serverTime, seconds_left: left, device }) {
    this.watch.apply({ server_time: serverTime, device });
    // After an outage the answers may be back before the news of the time that was given back.
    const isOtherTime = state === "in_progress" && this.examClock.differsFrom(Date.parse(serverTime) + left * 1000);
    if (state !== this.watch.state || isOtherTime) this.watch.refresh();
  }

  /** The server refuses the whole batch. */
  async #rejected(error) {
    const isOver = error.code === "ended" || error.code === "too_late";
    if (!isOver && error.code !== "other_device") showNotice(error.detail);
    await this.watch.refresh();
  }

  /** At the deadline the server acts by itself; the page sends what it has and waits for that. */
  async #timeIsUp() {
    if (this.watch.hasEnded) return;
    if (this.root.dataset.timeUp === "grace") {
      if (this.watch.state !== "overdue") this.journal.flush();
      return; // from here on GracePeriod speaks
    }
    const isByItself = this.root.dataset.timeUp === "auto_submit";
    const text = byId("end-dialog-text");
    text.textContent = isByItself
      ? "Your answers are being handed in. Please wait a moment."
      : "The time to hand in is over. Please wait a moment.";
    this.endDialog.show();
    this.journal.flush();
    while (!this.watch.hasEnded) {
      const hasAnswered = await this.watch.refresh();
      if (this.watch.hasEnded) return;
      if (!this.examClock.isOver) {
        this.endDialog.hide();
        return;
      }
      if (!hasAnswered) {
        text.textContent = `The server cannot be reached. What it has of your answers is ${isByItself ? "handed in" : "kept"}; the rest is kept on this computer. Keep this page open: it goes on when the connection is back.`;
      }
      await pause(ASK_AFTER_DEADLINE_MS);
    }
  }

  async #end() {
    const waits = [];
    const waitFor = (work) => waits.push(work);
    document.dispatchEvent(new CustomEvent("attempt:over", { detail: { state: this.watch.state, waitFor } }));
    this.journal.close();
    this.isLeaving = true;
    const words = byId("end-dialog-text");
    const total = { counted: 0, kept: 0, left: 0 };
    for (;;) {
      if (this.journal.unsent) {
        const found = await this.journal.sendLate();
        total.counted += found.counted;
        total.kept += found.kept;
        total.left = found.left;
      }
      // After the answers, so that they are there when the hand-in counts.
      const isSettled = total.left === 0 && (await this.handIn.sendLate());
      if (isSettled && total.counted + total.kept === 0) {
        await Promise.race([Promise.allSettled(waits), pause(LAST_WORK_MS)]);
        location.replace(this.root.dataset.done);
        return;
      }
      byId("end-dialog-title").textContent = "Your exam is over";
      words.textContent = lateInWords(total, this.watch.state) || "You handed in without a connection. That is being sent; please keep this page open.";
      byId("end-dialog").querySelector("[data-end-link]").hidden = false;
      this.endDialog.show();
      if (isSettled) return;
      await pause(SEND_AGAIN_MS);
      // A proctor may open a terminated exam again: then what is left goes the ordinary way.
      if ((await this.watch.refresh()) && RUNNING.includes(this.watch.state)) location.reload();
    }
  }
}

export function showNotice(sentence) {
  const notice = document.createElement("p");
  notice.className = "notice notice-warning";
  notice.setAttribute("role", "alert");
  notice.textContent = sentence;
  byId("exam-notices").replaceChildren(notice);
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
