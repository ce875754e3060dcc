// The shared screen during the exam: banner and panel, pictures, film, and what the server and the candidate are told.

import { ScreenCamera } from "./screen_camera.js";
import { filmType, ScreenFilm } from "./screen_film.js";
import { ScreenGaps } from "./screen_gaps.js";
import { ScreenPanel } from "./screen_panel.js";
import { ScreenSender } from "./screen_sender.js";
import { ScreenShare } from "./screen_share.js";

const TICK_MS = 1000;
/** A new page has to ask again; the candidate needs some seconds for that, and some more for reading. */
const FIRST_GRACE_MS = 30000;
const GRACE_MS = 10000;
/** While the clock runs; what is on the screen in a pause is nobody's business. */
const CAPTURED = ["in_progress", "overdue"];
const REPORTED = { ok: "ok", window: "window", ended: "ended" };

/** Null where this page captures no screen. */
export function openScreenRoom({ socket, noted }) {
  const section = document.getElementById("screen-share");
  return section ? new ScreenRoom({ section, socket, noted }) : null;
}

class ScreenRoom {
  constructor({ section, socket, noted }) {
    Object.assign(this, { socket, hadShared: false, isHeld: false, isOver: false, state: "", wanted: null });
    this.share = new ScreenShare();
    this.panel = new ScreenPanel(section);
    this.camera = new ScreenCamera();
    const { clock } = socket;
    const page = document.getElementById("exam");
    const isSaving = () => page.dataset.saving === "true";
    this.sender = new ScreenSender({ camera: this.camera, clock, url: section.dataset.screens, isSaving });
    this.film = new ScreenFilm({ clock, url: section.dataset.clips });
    this.gaps = new ScreenGaps({ note: (gap) => noted?.note("screen_share_stopped", gap) });
    this.graceMs = FIRST_GRACE_MS;
    this.#listen();
  }

  /** The track that runs now, for live video; or null. */
  get track() {
    return this.isOver ? null : this.share.track;
  }

  /** `onChange` runs when the track is another one, or gone. */
  onTrack(onChange) {
    this.share.addEventListener("state", onChange);
  }

  /** A newer page may have taken over: nothing is sent until the server greets this one again. */
  rest() {
    this.wanted = null;
    this.#update();
  }

  /** The agreement was withdrawn, or another page has the exam: nothing of the screen leaves this computer. */
  stop(words) {
    this.isHeld = false;
    this.share.stop();
    this.sender.stop();
    this.film.stop();
    this.panel.rest(words);
  }

  #listen() {
    const { socket, share, sender, panel } = this;
    socket.addEventListener("hello", ({ detail }) => this.#greeted(detail));
    socket.addEventListener("event", ({ detail }) => this.#heard(detail));
    share.addEventListener("state", () => this.#followShare());
    sender.addEventListener("sent", ({ detail }) => panel.showSent(detail.blob));
    sender.addEventListener("unchanged", () => panel.showUnchanged());
    sender.addEventListener("waiting", () => panel.showWaiting());
    this.film.addEventListener("sent", () => panel.showFilmSent());
    panel.onShare(() => share.ask());
    panel.onStop(() => {
      share.stop();
      this.#followShare();
    });
    document.addEventListener("attempt:held", () => this.#hold());
    document.addEventListener("attempt:lost", () => this.stop("shared from the other page"));
    document.addEventListener("attempt:over", () => {
      this.isOver = true;
      this.stop("stopped: the exam is over");
    });
    window.addEventListener("online", () => sender.hurry());
    if (document.getElementById("exam").dataset.held === "true") this.#hold();
    setInterval(() => this.#tick(), TICK_MS);
  }

  #hold() {
    this.isHeld = !this.isOver;
    this.#update();
  }

  #greeted({ screens, state }) {
    this.wanted = screens;
    this.state = state ?? this.state;
    this.#report();
    this.#update();
  }

  #heard({ kind, payload }) {
    if (kind === "screen.clip_wanted") this.film.want(payload);
    else if ((kind === "attempt.moved" || kind === "attempt.deadline_changed") && payload.state) {
      this.state = payload.state;
      this.#update();
    }
  }

  #followShare() {
    if (this.share.state === "ok") this.graceMs = GRACE_MS;
    this.camera.follow(this.share.state === "ok" ? this.share.stream : null);
    this.#report();
    this.#update();
  }

  /** Starts and stops what has to run now. */
  #update() {
    const { share, wanted, sender, film } = this;
    const isTime = this.isHeld && wanted?.wanted === true && CAPTURED.includes(this.state);
    const isShared = share.state === "ok";
    if (isTime && isShared) sender.start(wanted.seconds, wanted.last_sequence);
    else sender.rest();
    if (isTime && isShared && wanted.clips && filmType() !== "") film.start(share.stream);
    else film.stop();
    this.gaps.set(isTime && !isShared && share.state !== "asking", this.graceMs);
    if (!this.isHeld) return;
    this.panel.show(share, { isWanted: wanted === null || wanted.wanted, isPaused: this.state === "paused" });
  }

  #tick() {
    this.gaps.tick();
  }

  #report() {
    const { state, surface } = this.share;
    this.hadShared ||= state === "ok";
    if (!this.isHeld || state === "asking" || this.wanted?.wanted !== true) return;
    this.socket.send({ type: "screen", state: REPORTED[state] ?? (this.hadShared ? "ended" : "none"), label: surface });
  }
}
