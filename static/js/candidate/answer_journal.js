// Every change of an answer: first a copy on this computer, then the server, again and again until it has it.

import { isInUse, lastNumber, rememberNumber } from "./device.js";

const DEBOUNCE_MS = 800;
const LONGEST_WAIT_MS = 3000;
const BATCH_SIZE = 50;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 20000;
const SIGNED_OUT_RETRY_MS = 8000;
const EPOCH_2026_S = 1767225600;
const LARGEST_SEQUENCE = 2000000000;

/**
 * Statuses: "saved", "saving", "offline" (will be sent later), "signed_out", "paused", "locked" (another device
 * holds the attempt), "closed" (the attempt is over). Events: "status" {status, unsent, isKept}, "refused" {item,
 * code, detail}, "answered" (the server's answer), "rejected" (ApiError: the server refuses the whole batch).
 * `isKept`: whether this computer keeps copies of what is unsent; not while its storage is full.
 */
export class AnswerJournal extends EventTarget {
  constructor({ attempt, device, store, sender, clock }) {
    super();
    Object.assign(this, { attempt, device, store, sender, clock });
    this.status = "saved";
    this.queue = [];
    this.drafts = new Map();
    this.sequence = 0;
    this.retryMs = FIRST_RETRY_MS;
    this.timer = null;
    this.waitingSince = null;
    this.sending = null;
    this.storing = new Set();
    this.unkept = new Set();
    this.isKept = true;
  }

  /** Reads what a former page left unsent on this computer, oldest first; it is sent with the next flush. */
  async open() {
    const left = await this.store.all();
    left.sort((a, b) => a.client_at.localeCompare(b.client_at) || a.client_sequence - b.client_sequence);
    for (const change of left) {
      const isOwn = change.device === this.device;
      if (isOwn) this.sequence = Math.max(this.sequence, change.client_sequence);
      // What another open tab has written, that tab sends itself.
      if (isOwn || !(await isInUse(change.device))) this.queue.push(change);
    }
    // Trap: who changes more than one answer a second is ahead of the clock when the page is loaded again.
    this.sequence = Math.max(this.sequence, lastNumber(this.device));
    // Trap: after a crash the stored state may be seconds old; a number used twice would count as a repeat.
    const byTime = Math.floor(Date.now() / 1000) - EPOCH_2026_S;
    if (byTime > this.sequence && byTime < LARGEST_SEQUENCE) this.sequence = byTime;
    return [...this.queue];
  }

  get unsent() {
    return this.queue.length;
  }

  /** Takes in the newest answer {value, certainty, flagged}; `atOnce` skips the short wait for more typing. */
  record(item, { value, certainty, flagged }, { atOnce = false } = {}) {
    if (this.status === "closed" || this.status === "locked") return;
    let change = this.drafts.get(item);
    if (!change) {
      this.sequence += 1;
      rememberNumber(this.device, this.sequence);
      change = { attempt: this.attempt, device: this.device, client_sequence: this.sequence, item };
      this.drafts.set(item, change);
      this.queue.push(change);
    }
    change.value = value;
    change.certainty = certainty;
    change.flagged = flagged;
    change.client_at = new Date(this.clock.now()).toISOString();
    this.#keep(change);
    if (["saved", "saving"].includes(this.status)) this.#become("saving");
    else this.#announce();
    const waits = ["offline", "signed_out", "paused"].includes(this.status) && this.timer !== null;
    if (!waits && this.status !== "paused") this.#schedule(atOnce ? 0 : DEBOUNCE_MS);
  }

  /** Sends what is unsent; resolves to true when nothing is left, to false when the server did not take it. */
  async flush() {
    clearTimeout(this.timer);
    this.timer = null;
    this.waitingSince = null;
    while (this.sending) await this.sending;
    this.sending = this.#sendAll();
    try {
      return await this.sending;
    } finally {
      this.sending = null;
    }
  }

  /**
   * The attempt is over: sends what could not be sent before. Resolves to {counted, kept, left}: numbers of
   * changes that count, that are kept for a person to decide, and that are still only on this computer.
   */
  async sendLate() {
    while (this.sending) await this.sending;
    this.drafts.clear(); // the exam may go on after all: a number that was sent is never used again
    await Promise.allSettled([...this.storing]);
    const found = { counted: 0, kept: 0, left: 0 };
    for (const [device, changes] of this.#batches()) {
      try {
        const answer = await this.sender.sendLate(device, changes.map(asSent));
        found.counted += answer.accepted.length;
        found.kept += answer.kept.length;
        await this.#settle(changes, [...answer.accepted, ...[...answer.kept, ...answer.refused].map((each) => each.client_sequence)]);
      } catch (error) {
        if (error.status === undefined) throw error;
        // Nobody takes this batch now; the next visit to the page after the end tries again.
      }
    }
    found.left = this.unsent;
    this.#become(found.left ? "offline" : "saved");
    return found;
  }

  /** The page is going: hands everything to the browser, which sends it after the page has gone. */
  leave() {
    // A number that may have been sent is never used for another value.
    this.drafts.clear();
    for (const [device, changes] of this.#batches()) this.sender.sendWhileLeaving(device, changes.map(asSent));
  }

  /** The attempt is over: nothing more is taken in; what is unsent is still offered to the server. */
  close() {
    this.status = "closed";
    this.#announce();
  }

  /** Another device holds the attempt now. What is unsent here still goes to the server. */
  lock() {
    if (this.status === "closed") return;
    this.status = "locked";
    this.#announce();
    this.#schedule(0);
  }

  /** `from` is over: "paused", the attempt goes on; "locked", this device has taken it over. */
  resume(from) {
    if (this.status !== from) return;
    this.status = "saving";
    this.#schedule(0);
  }

  /** Each new change begins the wait again, but who types without a pause is saved every few seconds. */
  #schedule(delay) {
    clearTimeout(this.timer);
    this.waitingSince ??= performance.now();
    const waited = performance.now() - this.waitingSince;
    this.timer = setTimeout(() => this.flush(), waited > LONGEST_WAIT_MS ? 0 : delay);
  }

  #keep(change) {
    const work = this.store.put({ ...change }).then(
      () => this.#kept(change),
      () => this.#notKept(change),
    );
    this.storing.add(work);
    work.finally(() => this.storing.delete(work));
  }

  #kept(change) {
    this.unkept.delete(change);
    if (this.isKept) return;
    this.isKept = true;
    this.#announce();
    // There is room again: also for those before.
    this.#keepRest();
  }

  /** Full, or refused: the change goes to the server all the same, and is kept as soon as there is room. */
  #notKept(change) {
    if (this.queue.includes(change)) this.unkept.add(change);
    if (!this.isKept) return;
    this.isKept = false;
    this.#announce();
  }

  #keepRest() {
    for (const change of [...this.unkept]) this.#keep(change);
  }

  /** The unsent changes that `isDue` picks, as [device, changes] of at most BATCH_SIZE changes. */
  #batches(isDue = () => true) {
    const due = this.queue.filter(isDue);
    const batches = [];
    for (const device of new Set(due.map((change) => change.device))) {
      const own = due.filter((change) => change.device === device);
      for (let at = 0; at < own.length; at += BATCH_SIZE) batches.push([device, own.slice(at, at + BATCH_SIZE)]);
    }
    return batches;
  }

  async #sendAll() {
    // Only what was there when the sending began: who types on meanwhile is sent after the next short wait.
    const due = new Set(this.queue);
    this.drafts.clear();
    await Promise.allSettled([...this.storing]);
    try {
      for (const [device, changes] of this.#batches((change) => due.has(change))) {
        this.#become("saving");
        await this.#sendBatch(device, changes);
      }
    } catch (error) {
      return this.#failed(error);
    }
    this.retryMs = FIRST_RETRY_MS;
    this.#become(this.queue.length ? "saving" : "saved");
    return this.queue.length === 0;
  }

  async #sendBatch(device, changes) {
    try {
      await this.#taken(changes, await this.sender.send(device, changes.map(asSent)));
    } catch (error) {
      if (error.code !== "other_device" || device === this.device) throw error;
      // A tab that never held the attempt has left this; it must not hold up what was written here.
      this.queue = this.queue.filter((change) => !changes.includes(change));
    }
  }

  async #taken(changes, answer) {
    const refused = new Map(answer.refused.map((each) => [each.client_sequence, each]));
    const settled = await this.#settle(changes, [...answer.accepted, ...refused.keys()]);
    for (const change of settled) {
      const why = refused.get(change.client_sequence);
      if (why) this.dispatchEvent(new CustomEvent("refused", { detail: { item: change.item, ...why } }));
    }
    this.dispatchEvent(new CustomEvent("answered", { detail: answer }));
  }

  /** Takes the changes that the server's answer names out of queue and store; they are given back. */
  async #settle(changes, numbers) {
    const settled = changes.filter((change) => numbers.includes(change.client_sequence));
    if (settled.length === 0) throw new Error("the server's answer names none of the changes that were sent");
    this.queue = this.queue.filter((change) => !settled.includes(change));
    for (const change of settled) this.unkept.delete(change);
    try {
      await this.store.remove(settled[0].device, settled.map((change) => change.client_sequence));
    } catch {
      // The server has them: what stays on this computer is sent again by the next page and changes nothing.
    }
    return settled;
  }

  #failed(error) {
    this.#keepRest();
    if (error.status === 401) this.#retryAs("signed_out", SIGNED_OUT_RETRY_MS);
    else if (error.code === "paused") this.#become("paused");
    else if (error.isTemporary ?? true) this.#retryAs("offline", error.retryAfterMs ?? this.#nextDelay());
    else this.#rejected(error);
    return false;
  }

  #rejected(error) {
    this.#become("offline");
    this.dispatchEvent(new CustomEvent("rejected", { detail: error }));
  }

  #retryAs(status, delay) {
    this.#become(status);
    this.#schedule(delay);
  }

  #nextDelay() {
    const delay = this.retryMs * (0.75 + Math.random() / 2);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
    return delay;
  }

  #become(status) {
    const isFixed = this.status === "closed" || this.status === "locked";
    if (!isFixed) this.status = status;
    this.#announce();
  }

  #announce() {
    const { status, unsent, isKept } = this;
    this.dispatchEvent(new CustomEvent("status", { detail: { status, unsent, isKept } }));
  }
}

function asSent({ client_sequence, item, value, certainty, flagged, client_at }) {
  return { client_sequence, item, value, certainty, flagged, client_at };
}
