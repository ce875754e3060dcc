// The watched exam: socket, camera, pictures and a proctor's messages around the exam page.

import { Battery } from "./battery.js";
import { Camera } from "./camera.js";
import { openBrowserEvents } from "./browser_events.js";
import { CallRoom } from "./call_room.js";
import { CapturePanel } from "./capture_panel.js";
import { ExamSocket } from "./exam_socket.js";
import { FrameSender } from "./frame_sender.js";
import { LiveRoom } from "./live_room.js";
import { openTogether } from "./media_device.js";
import { QuestionViews } from "./question_views.js";
import { openScreenRoom } from "./screen_room.js";
import { openShowings } from "./showing_room.js";
import { SoundRoom } from "./sound_room.js";
import { openTalk } from "./talk_room.js";
import { Warnings } from "./warnings.js";
import { offerWithdrawal } from "./withdrawal.js";

const REPORTED = { ok: "ok", denied: "denied", none: "none" };

const RECLAIM_MS = 3000;

class ExamRoom {
  constructor(root) {
    this.root = root;
    const attempt = root.dataset.attempt;
    this.wantsCamera = root.dataset.camera === "true";
    this.socket = new ExamSocket(attempt);
    if (root.dataset.battery === "true") this.socket.battery = new Battery();
    this.noted = openBrowserEvents(this.socket);
    openTalk(this.socket);
    new QuestionViews({ socket: this.socket }).listen();
    this.greetings = 0;
    this.warnings = new Warnings(document.getElementById("warning-dialog"));
    this.sound = root.dataset.microphone === "true" ? new SoundRoom({ root, socket: this.socket }) : null;
    if (this.sound) this.noted?.followCapture(this.sound.microphone);
    this.screen = openScreenRoom({ socket: this.socket, noted: this.noted });
    if (this.wantsCamera) {
      this.panel = new CapturePanel(root);
      this.camera = new Camera();
      this.noted?.followCapture(this.camera);
      this.sender = new FrameSender({ video: this.panel.video, socket: this.socket });
      const devices = { camera: this.camera, microphone: this.sound?.microphone ?? null, screen: this.screen };
      openShowings(this);
      this.live = root.dataset.live === "true" ? new LiveRoom({ socket: this.socket, ...devices }) : null;
    }
    this.calls = this.#makeCalls();
  }

  #makeCalls() {
    const running = (kind) => (kind === "audio" ? this.sound?.microphone.track : this.camera?.track) ?? null;
    return new CallRoom({ dock: document.getElementById("call-dock"), socket: this.socket, running });
  }

  /** Waits until this tab holds the attempt: a second one that only looks must not take the camera away. */
  open() {
    this.#listen();
    if (this.wantsCamera) this.#watchCamera();
    document.addEventListener("attempt:held", () => this.#begin());
    document.addEventListener("attempt:lost", () => this.#stop("sent from the other page"));
    document.addEventListener("attempt:over", ({ detail }) => {
      if (this.sound) detail.waitFor(this.sound.close());
      this.#stop("stopped: the exam is over");
    });
    if (isHeld()) this.#begin();
  }

  #begin() {
    this.warnings.add(JSON.parse(document.getElementById("open-warnings").textContent));
    this.#openDevices();
    this.socket.open();
    this.noted?.listen();
  }

  #openDevices() {
    this.sound?.hold();
    if (this.wantsCamera && this.sound) openTogether(this.camera, this.sound.microphone);
    else if (this.wantsCamera) this.camera.open();
  }

  #listen() {
    this.socket.addEventListener("hello", ({ detail }) => this.#greeted(detail));
    this.socket.addEventListener("event", ({ detail }) => this.#heard(detail));
    this.socket.addEventListener("error", ({ detail }) => this.#refused(detail));
    this.socket.addEventListener("closed", ({ detail }) => this.#closed(detail));
    this.socket.addEventListener("silent", () => this.panel?.showSilence(true));
    this.socket.addEventListener("audible", () => this.panel?.showSilence(false));
  }

  #watchCamera() {
    this.camera.addEventListener("state", ({ detail }) => {
      this.panel.showCamera(detail, this.camera.stream);
      this.#reportCamera();
    });
    this.sender.addEventListener("result", ({ detail }) => this.panel.showResult(detail));
    this.sender.addEventListener("skipped", () => this.socket.isOpen && this.panel.showNoPicture());
    this.panel.onRestart(() => this.camera.open());
    offerWithdrawal({
      button: this.root.querySelector("[data-withdraw]"),
      dialog: document.getElementById("withdraw-dialog"),
      attemptUrl: this.root.dataset.api,
      onStop: () => this.#stopForGood(),
      onWithdrawn: () => this.#withdrawn(),
    });
  }

  #greeted(hello) {
    tell("attempt:moved", hello);
    this.greetings += 1;
    // After a gap: another device may have taken over meanwhile.
    if (this.greetings > 1) tell("attempt:check");
    this.sound?.greet(hello);
    if (!this.wantsCamera) return;
    this.#reportCamera();
    this.live?.greet(hello);
    if (hello.capture) this.sender.start(hello.frame_interval_ms, hello.frame_sequence);
    else this.panel.rest("not being sent");
  }

  #heard({ kind, payload }) {
    if (kind === "attempt.moved" || kind === "attempt.deadline_changed") {
      this.sound?.move(payload.state);
      this.live?.move(payload.state);
      tell("attempt:moved", payload);
    } else if (kind === "attempt.taken_over") tell("attempt:taken-over", payload);
    else if (kind === "warning.sent") this.warnings.add([payload]);
    else if (kind === "warning.acknowledged" || kind === "warning.withdrawn") this.warnings.drop(payload.id);
    else if (kind === "time.given") tell("time:given", payload);
    else if (kind.startsWith("announcement.")) tell("announcement:heard", payload);
    else if (kind === "incident.notice" && this.wantsCamera) this.panel.showNotice(payload.text);
  }

  /** The page that connected last has the camera. If it does not hold the attempt, this one takes it back. */
  #refused({ code }) {
    if (code !== "capture_taken_over") return;
    if (this.wantsCamera) this.sender.stop();
    this.live?.stop();
    this.screen?.rest();
    this.calls.stop();
    this.sound?.release();
    tell("attempt:check");
    setTimeout(() => isHeld() && this.socket.reopen(), RECLAIM_MS);
  }

  #closed({ isFinal }) {
    if (!this.wantsCamera) return;
    this.panel.rest(isFinal ? "stopped: load this page again" : "waiting for the connection");
  }

  /** Nothing is captured or sent any more. The socket stays: a proctor will write. */
  #stopForGood() {
    if (!this.wantsCamera) return; // the wish is sent a second time
    this.#stopCamera();
    this.sound?.withdraw();
    this.sound = null;
    this.screen?.stop("stopped: you withdrew your agreement");
    this.noted?.stop();
    this.wantsCamera = false;
    this.panel.rest("stopped: you withdrew your agreement");
    this.root.querySelector("[data-face-compared]").textContent = "no";
  }

  #withdrawn() {
    this.root.querySelector("[data-withdraw]").hidden = true;
    this.root.querySelector("[data-after-withdrawal]").hidden = false;
  }

  #stopCamera() {
    this.live?.stop();
    this.sender.stop();
    this.camera.stop();
  }

  #reportCamera() {
    const state = REPORTED[this.camera.state] ?? "ended";
    if (this.camera.state !== "off") this.socket.send({ type: "camera", state, label: this.camera.label });
  }

  #stop(words) {
    this.calls.stop();
    if (this.wantsCamera) this.#stopCamera();
    this.sound?.release();
    this.socket.close();
    if (this.wantsCamera) this.panel.rest(words);
  }
}

function isHeld() {
  return document.getElementById("exam").dataset.held === "true";
}

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

new ExamRoom(document.getElementById("capture")).open();
