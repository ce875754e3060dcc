// Private calls on the proctor's page: rings one candidate, and the bar of the call that goes on, also while a panel is open.

import { CallRecorder } from "./call_recorder.js";
import { CallLine, lasted, takeTrack } from "../shared/call_line.js";

const RING_MS = 45000;
const LINE = {
  waiting: "Waiting for the candidate’s page.",
  connecting: "Connecting.",
  connected: "Connected.",
  broken: "The connection is interrupted and is being made again.",
  failed: "The two browsers cannot reach each other. You can end the call and write a message instead.",
};
const OVER = {
  candidate: "The candidate has ended the call.",
  proctor: "You have ended the call.",
  page_gone: "The call has ended: your page was closed.",
  lost: "The call has ended: your page gave no sign any more.",
  attempt_ended: "The call has ended with the exam.",
  withdrawn: "The call has ended: the candidate withdrew the agreement.",
  chosen_anew: "The call has ended: the candidate chose anew what is captured.",
};

export class CallDesk {
  /** `wall`: what the page offers its features; `home`: where the bar stands while no dialog is open. */
  constructor(wall, { bar, makeLine = (options) => new CallLine(options), makeRecorder = (options) => new CallRecorder(options), take = takeTrack } = {}) {
    Object.assign(this, { wall, bar, makeLine, makeRecorder, take, home: bar.parentElement });
    this.call = null;
    this.line = null;
    this.tracks = null;
    wall.socket.on("call", (message) => this.#take(message));
    wall.events.on("call.changed", ({ payload }) => this.#hear(payload));
    const { dialog } = wall.details;
    dialog.addEventListener("panel:shown", () => this.#place());
    dialog.addEventListener("close", () => this.#place());
    dialog.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-call-ask]");
      if (button) this.#ask(button);
    });
    const on = (name, work) => this.#part(name).addEventListener("click", work);
    on("end", () => this.#end());
    on("resume", () => this.#resume());
    on("mute", () => this.#toggle("isMuted", (line, isOn) => line.setMuted(isOn)));
    on("camera", () => this.#toggle("isCameraOff", (line, isOn) => line.setCameraOff(isOn)));
    on("sound", () => this.line?.play());
    on("pause", () => wall.dialogs.open("pause", { attempt: this.call.attempt, name: this.call.candidate.name }));
    on("close", () => this.#show(false));
    setInterval(() => this.#tick(), 1000);
  }

  async #ask(button) {
    if (this.isAsking) return;
    if (this.call) {
      this.#sayPanel(button, `You are in a call with ${this.call.candidate.name} already. End that one first.`);
      return;
    }
    const attempt = Number(button.closest("[data-call-panel]").dataset.attempt);
    const kind = button.dataset.callAsk;
    this.isAsking = true;
    this.#sayPanel(button, kind === "video" ? "Starting your microphone and camera." : "Starting your microphone.");
    try {
      await this.#open(kind);
      this.#sayPanel(button, "");
      if (!this.wall.socket.send({ type: "call", t: "ask", to: attempt, kind })) throw new Error("This page is offline. Try again when it is live.");
    } catch (error) {
      this.#release();
      this.#sayPanel(button, error.message);
    } finally {
      this.isAsking = false;
    }
  }

  async #resume() {
    this.#problem("");
    try {
      await this.#open(this.call.kind);
      this.wall.socket.send({ type: "call", t: "resume", call: this.call.call });
    } catch (error) {
      this.#release();
      this.#problem(error.message);
    }
  }

  async #open(kind) {
    this.#release();
    const tracks = { audio: await this.take("audio"), video: null };
    this.tracks = tracks;
    if (kind === "video") tracks.video = await this.take("video");
  }

  #take(message) {
    const isOurs = message.call !== undefined && message.call === this.call?.call;
    if (message.t === "joined") this.#joined(message);
    else if (message.t === "yours") this.#found(message);
    else if (message.t === "refused") this.#refused(message);
    else if (message.t === "moved" && isOurs) this.#moved();
    else if (message.t === "gone" && isOurs) this.#text("state", "The candidate’s page went; waiting for it to come back.");
    else if (isOurs) this.line?.take(message);
  }

  /** A call of this person goes on, from before a reload or a gap of the connection. */
  #found(call) {
    if (this.line && this.call?.call === call.call) {
      this.wall.socket.send({ type: "call", t: "resume", call: call.call });
      return;
    }
    this.call = call;
    this.#draw();
    this.#text("state", "This call goes on. Continue it here, or end it.");
    this.#mode("found");
  }

  #joined({ join, ...call }) {
    this.call = call;
    this.join = join;
    if (this.line) {
      this.line.nudge();
      return;
    }
    this.#draw();
    if (call.state === "open") this.#connect();
    else this.#mode("ringing");
  }

  #connect() {
    if (this.line || !this.join) return;
    const tracks = this.tracks ?? { audio: null, video: null };
    this.tracks = null;
    const parts = { audio: this.#part("audio"), video: this.#part("video") };
    const line = this.makeLine({
      call: this.call.call,
      isOfferer: true,
      kind: this.call.kind,
      join: this.join,
      tracks,
      ...parts,
      send: (message) => this.wall.socket.send(message),
    });
    this.line = line;
    line.addEventListener("state", ({ detail }) => this.line === line && this.#text("state", LINE[detail.state] ?? ""));
    line.addEventListener("picture", ({ detail }) => {
      parts.video.hidden = !detail.isOn;
    });
    line.addEventListener("blocked", ({ detail }) => {
      this.#part("sound").hidden = !detail.isBlocked;
    });
    this.#part("camera").hidden = tracks.video === null;
    if (this.call.recorded) this.#record(line, tracks.audio);
    this.#mode("open");
  }

  /** Only where policy and consent say so, which both sides have read; whatever fails, the call goes on. */
  #record(line, own) {
    const { call, answered_at: answeredAt } = this.call;
    const recorder = this.makeRecorder({ call, clock: this.wall.clock, answeredAt: Date.parse(answeredAt) });
    this.recorder = recorder;
    recorder.addEventListener("state", ({ detail }) => this.recorder === recorder && this.#text("recording", detail.words));
    line.addEventListener("stream", ({ detail }) => recorder.setRemote(detail.stream));
    line.addEventListener("muted", ({ detail }) => recorder.setOwn(detail.track));
    recorder.start();
    recorder.setOwn(own);
  }

  #hear(call) {
    if (call.call !== this.call?.call) return;
    this.call = { ...this.call, ...call };
    this.#draw();
    if (call.state === "open") this.#connect();
    else if (call.state === "declined") this.#over(`${call.candidate.name} has declined. That is their right and counts for nothing.`);
    else if (call.state === "missed") this.#over(call.ended_by === "proctor" ? "You have stopped calling." : `${call.candidate.name} did not answer.`);
    else if (call.state === "ended") this.#over(OVER[call.ended_by] ?? "The call has ended.");
  }

  #refused({ detail, attempt }) {
    this.#release();
    if (attempt === undefined && this.call) this.#over(detail);
    else this.wall.details.dialog.querySelector("[data-call-said]")?.replaceChildren(detail);
  }

  #end() {
    if (this.call) this.wall.socket.send({ type: "call", t: "end", call: this.call.call });
  }

  #moved() {
    this.recorder?.leave();
    this.recorder = null;
    this.#over("The call goes on on another page of yours.");
  }

  #over(words) {
    const name = this.call?.candidate.name;
    this.recorder?.stop();
    this.recorder = null;
    this.line?.close();
    this.line = null;
    this.join = null;
    this.#release();
    this.call = null;
    this.#text("state", words);
    for (const part of ["time", "recording"]) this.#text(part, "");
    this.#part("video").hidden = true;
    this.#mode("over");
    this.wall.announcer.say(`${name}: ${words}`);
  }

  #tick() {
    const { call } = this;
    if (!call) return;
    const now = this.wall.clock.now();
    if (call.state === "open") this.#text("time", lasted((now - Date.parse(call.answered_at)) / 1000));
    else if (call.state === "ringing" && now - Date.parse(call.asked_at) > RING_MS) this.#end();
  }

  #draw() {
    const { call } = this;
    const words = call.state === "ringing" ? `Calling ${call.candidate.name}` : `Call with ${call.candidate.name}`;
    this.#text("title", words);
    this.#part("recorded").hidden = !call.recorded;
    if (!call.recorded) this.#text("recording", "Nothing of this call is recorded.");
    if (call.state === "ringing") this.#text("state", "The candidate is asked to accept.");
  }

  #mode(mode) {
    for (const group of this.bar.querySelectorAll("[data-call-in]")) group.hidden = !group.dataset.callIn.split(" ").includes(mode);
    if (mode !== "open") this.#part("sound").hidden = true;
    this.#mark();
    this.#place();
    this.#show(true);
  }

  #show(isShown) {
    this.bar.hidden = !isShown;
  }

  /** Beneath a dialog nothing can be used: the bar goes with it, the sound stays where it is. */
  #place() {
    const { dialog } = this.wall.details;
    const host = dialog.open ? dialog : this.home;
    if (this.bar.parentElement === host) return;
    host.prepend(this.bar);
    this.line?.play();
  }

  #toggle(name, work) {
    if (!this.line) return;
    work(this.line, !this.line[name]);
    this.#mark();
  }

  #mark() {
    this.#part("mute").setAttribute("aria-pressed", String(this.line?.isMuted === true));
    this.#part("camera").setAttribute("aria-pressed", String(this.line?.isCameraOff === true));
  }

  #release() {
    for (const track of Object.values(this.tracks ?? {})) track?.stop();
    this.tracks = null;
  }

  #problem(sentence) {
    this.#text("problem", sentence);
    this.#part("problem").hidden = sentence === "";
  }

  #sayPanel(button, words) {
    button.closest("[data-call-panel]").querySelector("[data-call-said]").textContent = words;
  }

  #text(name, words) {
    const part = this.#part(name);
    if (part.textContent !== words) part.textContent = words;
  }

  #part(name) {
    return this.bar.querySelector(`[data-call-${name}]`) ?? this.home.querySelector(`[data-call-${name}]`);
  }
}
