// Handing in, also without a connection: the moment is kept on this computer and sent until the server has it.

import { StateDialog } from "./exam_dialogs.js";
import { forgetHandIn, keepHandIn, keptHandIn } from "./kept_hand_in.js";
import { postRenewing } from "./renewing_post.js";

const RETRY_MS = 3000;
const NOT_SENT = "Some answers have not reached the server yet. They are safe on this computer. Keep this page open and try again when the connection is back.";
const WAITS_FOR_SERVER = ["offline", "signed_out"];

/** Events: "refused" {sentence}, when a hand-in that was made without a connection cannot be taken any more. */
export class HandIn extends EventTarget {
  constructor({ dialog, attempt, api, device, watch, journal, clock }) {
    super();
    Object.assign(this, { attempt, api, device, watch, journal, clock });
    this.element = dialog;
    this.dialog = new StateDialog(dialog);
    this.isGoingOn = false;
  }

  /** Goes on with a hand-in that a page before this one could not send. */
  listen() {
    if (keptHandIn(this.attempt)) this.#goOn();
  }

  /**
   * Sends what is unsent and hands in. Without a connection it counts as handed in now, and is sent later.
   * Throws an Error with a sentence when that is not possible.
   */
  async submit() {
    const claim = { device: this.device, at: new Date(this.clock.now()).toISOString() };
    if (!(await this.sendAnswers()) && !WAITS_FOR_SERVER.includes(this.journal.status)) throw new Error(NOT_SENT);
    if (this.journal.unsent === 0) {
      try {
        await this.#post(claim);
        return;
      } catch (error) {
        if (!error.isTemporary && error.status !== 401) throw error;
      }
    }
    keepHandIn(this.attempt, claim);
    this.#goOn();
  }

  /** After the end: offers what was handed in before it. Resolves to false when that has to be tried again. */
  async sendLate() {
    const claim = keptHandIn(this.attempt);
    // A proctor may open a terminated exam again; then it goes the ordinary way.
    if (!claim || this.watch.state === "terminated") return true;
    await this.#try(claim);
    return keptHandIn(this.attempt) === null;
  }

  /** Sends what is unsent, by the way that is open now; true when nothing is left. */
  async sendAnswers() {
    if (this.journal.unsent === 0) return true;
    if (this.watch.state === "overdue") return (await this.journal.sendLate()).left === 0;
    return this.journal.flush();
  }

  async #post(claim) {
    this.watch.apply(await postRenewing(this.api + "submit/", { device: claim.device, handed_in_at: claim.at }));
  }

  async #goOn() {
    if (this.isGoingOn) return;
    this.isGoingOn = true;
    for (let claim = keptHandIn(this.attempt); claim; claim = keptHandIn(this.attempt)) {
      this.#show(claim);
      await this.watch.refresh();
      if (this.watch.hasEnded) break;
      if (await this.sendAnswers()) await this.#try(claim);
      if (keptHandIn(this.attempt)) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    this.isGoingOn = false;
    this.dialog.hide();
  }

  #show(claim) {
    this.element.querySelector("[data-handed-in-time]").textContent = new Date(claim.at).toLocaleTimeString([], { timeStyle: "medium" });
    this.element.querySelector("[data-handed-in-sign-in]").hidden = this.journal.status !== "signed_out";
    this.dialog.show();
  }

  async #try(claim) {
    try {
      await this.#post(claim);
      forgetHandIn(this.attempt);
    } catch (error) {
      if (error.status === undefined) throw error;
      if (error.isTemporary || error.status === 401) return;
      forgetHandIn(this.attempt);
      this.dispatchEvent(new CustomEvent("refused", { detail: { sentence: "Your exam is not handed in: " + error.detail } }));
    }
  }
}
