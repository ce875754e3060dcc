// Brings noted events to the server: by the socket, else by a request, and by a beacon as the page closes.

import { csrfToken, postJSON } from "../shared/http.js";

const GATHER_MS = 400;
const RETRY_MS = 15000;
const DROPS = [400, 404, 409, 413];

/** Event "notes" with what the server wants the candidate to be told: [{kind, text, times}]. */
export class EventCourier extends EventTarget {
  constructor({ queue, socket, url }) {
    super();
    Object.assign(this, { queue, socket, url });
    this.timer = null;
    this.isUnderWay = false;
    socket.addEventListener("browser_events_result", ({ detail }) => this.#answered(detail));
    socket.addEventListener("hello", () => this.hurry());
    socket.addEventListener("closed", () => {
      this.isUnderWay = false;
    });
    window.addEventListener("pagehide", () => this.sendLast());
  }

  /** Something was added; what comes together travels together. */
  wake() {
    this.#later(GATHER_MS);
  }

  hurry() {
    clearTimeout(this.timer);
    this.timer = null;
    this.isUnderWay = false;
    this.wake();
  }

  /** Whatever is left, as the page closes; what comes twice counts once. */
  sendLast() {
    if (this.queue.isEmpty) return;
    const { now, events } = this.queue.batch(100);
    const form = new FormData();
    form.append("csrfmiddlewaretoken", csrfToken());
    form.append("now", String(now));
    form.append("events", JSON.stringify(events));
    navigator.sendBeacon?.(this.url, form);
  }

  #later(delay) {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.#send();
    }, delay);
  }

  async #send() {
    if (this.queue.isEmpty || this.isUnderWay) return;
    const batch = this.queue.batch();
    this.underWay = batch.events.map(({ n }) => n);
    this.isUnderWay = true;
    if (this.socket.send({ type: "browser_events", ...batch })) {
      // An answer that never comes: the same again, and it counts once.
      setTimeout(() => this.isUnderWay && this.hurry(), RETRY_MS);
      return;
    }
    try {
      this.#answered(await postJSON(this.url, batch));
    } catch (error) {
      this.isUnderWay = false;
      if (error.status === undefined) throw error;
      if (DROPS.includes(error.status)) this.#answered({ code: error.code });
      else this.#later(RETRY_MS);
    }
  }

  #answered({ accepted, notes = [] }) {
    this.isUnderWay = false;
    // Refused as a whole: it would be refused again.
    this.queue.remove(accepted ?? this.underWay ?? []);
    if (notes.length) this.dispatchEvent(new CustomEvent("notes", { detail: notes }));
    if (!this.queue.isEmpty) this.wake();
  }
}
