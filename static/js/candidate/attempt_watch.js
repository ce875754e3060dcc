// What the server says about the attempt: state, deadline, holder; pushed by others on this page, or asked for.

import { getJSON } from "../shared/http.js";

const SILENCE_MS = 25000;
const CHECK_MS = 5000;
const JUMP_MS = 3000;
const KNOWN = [
  "state",
  "deadline_at",
  "paused_at",
  "device",
  "ended_by",
  "extra_seconds",
  "credited_seconds",
  "break_until",
  "hand_in_until",
  "break_seconds_left",
  "lost_time",
];
const ENDED = ["submitted", "terminated", "refused", "missed", "abandoned"];

/**
 * Events: "changed" {snapshot, reason}, after anything new; "ended" {snapshot, reason}, once.
 * Whoever has a push channel dispatches on the document "attempt:heard" {server_time, rtt} and
 * "attempt:moved" {state, seconds_left, deadline_at, paused_at, reason} and "attempt:taken-over" {device}, or
 * "attempt:check" when something may have been missed.
 */
export class AttemptWatch extends EventTarget {
  constructor({ url, clock, snapshot }) {
    super();
    Object.assign(this, { url, clock, snapshot });
    this.reason = snapshot.reason ?? "";
    this.heardAt = performance.now();
    this.hasEnded = false;
    this.lastWall = Date.now();
    this.lastTick = performance.now();
    this.isStarted = false;
    this.#takePageTime();
    // From the first moment: news that comes while the page is being prepared must not be lost.
    document.addEventListener("attempt:heard", ({ detail }) => this.#heard(detail.server_time, detail.rtt));
    document.addEventListener("attempt:moved", ({ detail }) => this.apply(detail, { reason: detail.reason }));
    document.addEventListener("attempt:taken-over", ({ detail }) => this.apply({ device: detail.device }));
    document.addEventListener("attempt:check", () => this.refresh());
  }

  /** Begins to announce; the first "changed" tells what is known now. */
  start() {
    this.isStarted = true;
    window.addEventListener("online", () => this.refresh());
    setInterval(() => this.#check(), CHECK_MS);
    this.#announce();
  }

  get state() {
    return this.snapshot.state;
  }

  /** Takes in news; fields that are missing stay as they are. */
  apply(news, { reason, rtt } = {}) {
    if (news.server_time) this.#heard(news.server_time, rtt);
    const before = this.state;
    for (const name of KNOWN) if (news[name] !== undefined) this.snapshot[name] = news[name];
    if (this.state !== before || reason) this.reason = reason ?? "";
    // Trap: an answer that was under way when the attempt was paused still carries the moment of no pause.
    if (this.state !== "paused") this.snapshot.paused_at = this.snapshot.break_until = null;
    this.#announce();
  }

  /** Asks the server. Resolves to true when it answered. */
  async refresh() {
    const sentAt = performance.now();
    try {
      const snapshot = await getJSON(this.url);
      this.apply(snapshot, { rtt: performance.now() - sentAt });
      return true;
    } catch (error) {
      if (error.status === undefined) throw error;
      return false;
    }
  }

  #announce() {
    if (!this.isStarted) return;
    const detail = { snapshot: this.snapshot, reason: this.reason };
    this.dispatchEvent(new CustomEvent("changed", { detail }));
    if (this.hasEnded || !ENDED.includes(this.state)) return;
    this.hasEnded = true;
    this.dispatchEvent(new CustomEvent("ended", { detail }));
  }

  #heard(serverTime, rtt = 0) {
    this.heardAt = performance.now();
    this.clock.update(serverTime, rtt);
  }

  /** The time in the page is as old as the page: it left the server before its first byte arrived. */
  #takePageTime() {
    const [page] = performance.getEntriesByType("navigation");
    const wait = Math.max(0, page.responseStart - page.requestStart);
    this.clock.update(this.snapshot.server_time, wait, page.responseStart);
  }

  #check() {
    const slept = Math.abs(Date.now() - this.lastWall - (performance.now() - this.lastTick)) > JUMP_MS;
    this.lastWall = Date.now();
    this.lastTick = performance.now();
    // Trap: in some browsers performance.now() stands still while the computer sleeps.
    if (slept) this.clock.samples = [];
    if (slept || performance.now() - this.heardAt > SILENCE_MS) this.refresh();
  }
}
