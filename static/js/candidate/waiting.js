// The waiting page: counts down by the server's time, then lets the candidate start.

import { ServerClock, formatDuration } from "../shared/clock.js";
import { getJSON, postJSON } from "../shared/http.js";
import { Announcements } from "./announcements.js";
import { claimDevice } from "./device.js";
import { ExamSocket } from "./exam_socket.js";

const TICK_MS = 250;
const ASK_MS = 20000;

class WaitingRoom {
  constructor(root, times, device) {
    Object.assign(this, { root, device });
    this.opensAt = times.opens_at === null ? null : Date.parse(times.opens_at);
    this.latestStart = Date.parse(times.latest_start);
    this.clock = new ServerClock();
    this.clock.update(times.snapshot.server_time, 0, performance.getEntriesByType("navigation")[0].responseStart);
    this.button = this.#part("start");
    this.phase = this.opensAt === null ? "early" : "";
  }

  open() {
    this.button.addEventListener("click", () => this.#start());
    setInterval(() => this.#tick(), TICK_MS);
    setInterval(() => this.#ask(), ASK_MS);
    document.addEventListener("visibilitychange", () => !document.hidden && this.#ask());
    this.#tick();
    this.#ask();
    // The socket says at once when a person begins the exam; without it the page asks now and then.
    const socket = new ExamSocket(this.root.dataset.attempt);
    socket.addEventListener("event", ({ detail }) => this.#heard(detail));
    socket.addEventListener("open", () => this.#ask());
    socket.open();
  }

  #heard({ kind, payload: detail }) {
    if (!kind.startsWith("announcement.")) this.#ask();
    else document.dispatchEvent(new CustomEvent("announcement:heard", { detail }));
  }

  #tick() {
    if (this.opensAt === null) return;
    const now = this.clock.now();
    if (now < this.opensAt) this.#part("countdown").textContent = formatDuration(this.clock.secondsUntil(this.opensAt));
    this.#enter(now < this.opensAt ? "early" : now <= this.latestStart ? "open" : "late");
  }

  #enter(phase) {
    if (phase === this.phase) return;
    const isChange = this.phase !== "";
    this.phase = phase;
    if (phase === "early") return;
    this.#part("countdown").hidden = true;
    this.button.disabled = phase !== "open";
    this.#say(
      phase === "open" ? "The exam is open" : "The time to start is over",
      phase === "open"
        ? "Start when you are ready. Your working time begins at that moment."
        : "The exam can no longer be started. If something was in the way, tell your exam office.",
    );
    if (isChange) this.#part("waiting-status").textContent = this.#part("waiting-title").textContent + ".";
  }

  #say(title, text) {
    this.#part("waiting-title").textContent = title;
    this.#part("waiting-text").textContent = text;
  }

  async #start() {
    this.button.disabled = true;
    this.#part("waiting-problem").hidden = true;
    try {
      await postJSON(this.root.dataset.api + "start/", { device: this.device });
      location.assign(this.root.dataset.exam);
    } catch (error) {
      if (error.status === undefined) throw error;
      // Started in another tab: the exam page asks whether to go on here.
      if (error.code === "other_device") return location.assign(this.root.dataset.exam);
      this.#part("waiting-problem").textContent = error.detail;
      this.#part("waiting-problem").hidden = false;
      this.button.disabled = false;
      await this.#ask();
    }
    return undefined;
  }

  /** Keeps the clock right and notices a move: the page of another state takes over by itself. */
  async #ask() {
    const sentAt = performance.now();
    try {
      const attempt = await getJSON(this.root.dataset.api);
      this.clock.update(attempt.server_time, performance.now() - sentAt);
      if (attempt.state !== "ready") return location.assign(this.root.dataset.exam);
      this.#hearTurn(attempt.may_start_at);
    } catch (error) {
      // Offline while waiting does no harm: the countdown goes on and the next try comes.
      if (!error.isTemporary) throw error;
    }
  }

  /** The exam was begun by a person, or its time was changed. */
  #hearTurn(moment) {
    const opensAt = moment === null ? null : Date.parse(moment);
    if (opensAt === this.opensAt) return;
    const isBegun = this.opensAt === null && opensAt <= this.clock.now();
    this.opensAt = opensAt;
    // What the page says about the queue and the time is written by the server.
    if (!isBegun) location.reload();
    else this.#tick();
  }

  #part(name) {
    return this.root.querySelector(`[data-${name}]`);
  }
}

const root = document.getElementById("waiting");
const times = JSON.parse(document.getElementById("waiting-times").textContent);
new Announcements(root.dataset.api).listen();
new WaitingRoom(root, times, await claimDevice()).open();
