// A proctor's call on the exam page: asks, and while it is open mutes, ends, plays and shows. It takes no focus by itself.

import { CallLine, lasted, takeTrack } from "../shared/call_line.js";

const OVER = {
  proctor: "Your proctor has ended the call.",
  no_answer: "The call was not answered. Your proctor may call again.",
  page_gone: "The call has ended: your proctor’s page was closed.",
  lost: "The call has ended: the connection to your proctor was lost.",
  withdrawn: "The call has ended, because you withdrew your agreement.",
  chosen_anew: "The call has ended.",
  candidate: "You have ended the call.",
};
const LINE = {
  waiting: "Connecting.",
  connecting: "Connecting.",
  connected: "Connected.",
  broken: "The connection is interrupted and is being made again.",
  failed: "The two browsers cannot reach each other. Your proctor can write to you instead.",
};
const STAYS_MS = 8000;
const SETTLE_MS = 3000;

export class CallRoom {
  /** `socket`: ExamSocket; `running(kind)`: the track of the exam's own microphone ("audio") or camera ("video"), or null. */
  constructor({ dock, socket, running, makeLine = (options) => new CallLine(options), take = takeTrack }) {
    Object.assign(this, { dock, socket, running, makeLine, take });
    this.call = null;
    this.line = null;
    this.accepted = null;
    socket.addEventListener("event", ({ detail }) => detail.kind === "call.changed" && this.#hear(detail.payload));
    socket.addEventListener("hello", () => this.#greeted());
    socket.addEventListener("call", ({ detail }) => this.#take(detail));
    const on = (name, work) => this.#part(name).addEventListener("click", work);
    on("accept", () => this.#accept(false));
    on("accept-picture", () => this.#accept(true));
    on("decline", () => this.#say("decline"));
    on("end", () => this.#say("end"));
    on("mute", () => this.#toggleMute());
    on("camera", () => this.#toggleCamera());
    on("sound", () => this.line?.play());
    document.addEventListener("keydown", (event) => {
      if (event.altKey && event.code === "KeyC" && !this.dock.hidden) this.#part("title").focus();
    });
    setInterval(() => this.#tick(), 1000);
  }

  /** The exam is over or another page has it: the call goes on there, or has ended. */
  stop() {
    this.#hangUp();
    this.call = null;
    this.#show(false);
  }

  /** After a gap: a call that goes on is told of again at once; one that is not has ended meanwhile. */
  #greeted() {
    const { call } = this;
    if (this.line) this.line.nudge();
    else this.accepted = null;
    if (call) setTimeout(() => this.call === call && this.#over({ ...call, state: "ended", ended_by: "lost" }), SETTLE_MS);
  }

  #hear(call) {
    const isNew = this.call?.call !== call.call;
    if (call.state === "ringing") this.#ring(call, isNew);
    else if (call.state === "open") this.#opened(call);
    else if (!isNew) this.#over(call);
  }

  #ring(call, isNew) {
    this.call = call;
    const what = call.kind === "video" ? "with picture" : "by voice";
    const title = `Your proctor ${call.proctor} wants to speak with you`;
    this.#text("title", title);
    this.#text("text", `A private call ${what}: no other candidate hears it. The exam’s clock runs on, and your answers are saved as always. You may decline. ${kept(call)}`);
    this.#part("recorded").hidden = !call.recorded;
    this.#text("state", "");
    this.#problem("");
    this.#mode("ringing");
    if (isNew) this.#text("alert", `${title}.${call.recorded ? " The call would be recorded." : ""} Press Alt and C to go to the call.`);
  }

  #opened(call) {
    this.call = call;
    this.#text("title", `Call with your proctor ${call.proctor}`);
    this.#text("text", `Only your proctor hears you. The exam’s clock runs on. ${kept(call)}`);
    this.#part("recorded").hidden = !call.recorded;
    this.#mode("open");
    // After a reload of this page: accepted before, so it goes on.
    if (!this.line && !this.isAccepting && this.accepted !== call.call) this.#accept(false);
  }

  async #accept(wantsPicture) {
    if (this.isAccepting || !this.call) return;
    this.isAccepting = true;
    const { call } = this.call;
    this.#problem("");
    this.#disable(true);
    try {
      const tracks = { audio: await this.take("audio", this.running("audio")), video: null };
      if (wantsPicture) tracks.video = await this.take("video", this.running("video"));
      this.tracks = tracks;
      if (this.call?.call === call) {
        // The event that it is open may come before the answer to this.
        this.accepted = call;
        this.#say("accept");
      } else this.#release();
    } catch (error) {
      this.#release();
      this.#problem(error.message);
    } finally {
      this.isAccepting = false;
      this.#disable(false);
    }
  }

  #take(message) {
    if (message.t === "refused") this.#refused(message);
    else if (message.t === "joined") this.#join(message);
    else if (message.call !== this.call?.call) return;
    else if (message.t === "gone") this.#text("state", LINE.broken);
    else this.line?.take(message);
  }

  #join({ join, ...call }) {
    if (this.line && this.call?.call === call.call) {
      this.line.nudge(); // asked for twice
      return;
    }
    this.#closeLine();
    this.#opened({ ...call });
    const tracks = this.tracks ?? { audio: null, video: null };
    this.tracks = null;
    this.line = this.makeLine({
      call: call.call,
      isOfferer: false,
      kind: call.kind,
      join,
      tracks,
      audio: this.#part("audio"),
      video: this.#part("video"),
      send: (each) => this.socket.send(each),
    });
    const { line } = this;
    line.addEventListener("state", ({ detail }) => this.line === line && this.#text("state", LINE[detail.state] ?? ""));
    line.addEventListener("picture", ({ detail }) => {
      this.#part("video").hidden = !detail.isOn;
    });
    line.addEventListener("blocked", ({ detail }) => {
      this.#part("sound").hidden = !detail.isBlocked;
    });
    this.#part("camera").hidden = tracks.video === null;
    this.#mark();
  }

  #refused({ detail }) {
    this.#hangUp();
    this.call = null;
    this.#text("state", detail);
    this.#mode("over");
    this.#leaveSoon();
  }

  #over(call) {
    this.#hangUp();
    this.call = null;
    const hadFocus = this.dock.contains(document.activeElement);
    const words = call.state === "declined" ? "You have declined the call." : (OVER[call.ended_by] ?? "The call has ended.");
    this.#text("alert", words);
    this.#text("title", words);
    for (const name of ["text", "state"]) this.#text(name, "");
    this.#part("recorded").hidden = true;
    this.#mode("over");
    if (hadFocus) this.#part("title").focus();
    this.#leaveSoon();
  }

  #leaveSoon() {
    setTimeout(() => this.call === null && this.#show(false), STAYS_MS);
  }

  #toggleMute() {
    this.line?.setMuted(!this.line.isMuted);
    this.#mark();
  }

  #toggleCamera() {
    this.line?.setCameraOff(!this.line.isCameraOff);
    this.#mark();
  }

  #mark() {
    this.#part("mute").setAttribute("aria-pressed", String(this.line?.isMuted === true));
    this.#part("camera").setAttribute("aria-pressed", String(this.line?.isCameraOff === true));
  }

  #tick() {
    const since = this.call?.state === "open" ? Date.parse(this.call.answered_at) : null;
    this.#text("time", since === null ? "" : lasted((this.socket.clock.now() - since) / 1000));
  }

  #mode(mode) {
    this.dock.dataset.mode = mode;
    for (const group of this.dock.querySelectorAll("[data-call-in]")) group.hidden = group.dataset.callIn !== mode;
    this.#part("accept-picture").hidden = this.call?.kind !== "video";
    if (mode !== "open") this.#part("video").hidden = true;
    this.#show(true);
  }

  #show(isShown) {
    this.dock.hidden = !isShown;
    document.body.classList.toggle("has-call", isShown);
  }

  #disable(isDisabled) {
    for (const name of ["accept", "accept-picture", "decline"]) this.#part(name).disabled = isDisabled;
  }

  #problem(sentence) {
    this.#text("problem", sentence);
    this.#part("problem").hidden = sentence === "";
  }

  #hangUp() {
    this.#closeLine();
    this.#release();
  }

  #closeLine() {
    this.line?.close();
    this.line = null;
    this.#part("sound").hidden = true;
  }

  #release() {
    for (const track of Object.values(this.tracks ?? {})) track?.stop();
    this.tracks = null;
  }

  #say(t) {
    if (this.call) this.socket.send({ type: "call", t, call: this.call.call });
  }

  #text(name, words) {
    const part = this.#part(name);
    if (part.textContent !== words) part.textContent = words;
  }

  #part(name) {
    return this.dock.parentElement.querySelector(`[data-call-${name}]`);
  }
}

/** Said before accepting and while it goes on. */
function kept({ recorded }) {
  return recorded ? "The sound of both of you is recorded and kept with your exam." : "Nothing of it is recorded.";
}
