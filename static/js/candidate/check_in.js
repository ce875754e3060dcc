// Check-in: notice and choice first, then device check, voice, photo, turns, baseline, and the end; nothing is captured before.

import { postJSON } from "../shared/http.js";
import { BaselineLooks } from "./baseline_looks.js";
import { Camera } from "./camera.js";
import { DeviceCheck } from "./device_check.js";
import { DocumentPhoto } from "./document_photo.js";
import { HeadTurns } from "./head_turns.js";
import { PersonWait } from "./person_wait.js";
import { ReferencePhoto } from "./reference_photo.js";
import { ScreenStep } from "./screen_step.js";
import { VoiceStep } from "./voice_step.js";

/** The step that a refused end of check-in leads to. */
const STEP_OF = {
  reference_photo_missing: "photo",
  document_missing: "document",
  liveness_missing: "liveness",
  person_will_check: "person",
};
const STEP_OF_NEXT = { reference_photo: "photo", document: "document", liveness: "liveness", person_will_check: "person" };
const byId = (id) => document.getElementById(id);

class CheckIn {
  constructor(root) {
    this.root = root;
    this.api = root.dataset.api;
    this.afterDevice = root.dataset.next;
    this.usesCamera = root.dataset.camera === "yes";
    this.hasDocument = root.dataset.document === "yes";
    this.hasTurned = root.dataset.turned === "yes";
    this.isVoiceWanted = root.dataset.voice === "yes";
    this.isScreenWanted = root.dataset.screen === "yes";
    this.camera = new Camera();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socketUrl = `${scheme}//${location.host}/ws/attempts/${root.dataset.attempt}/`;
    const parts = { camera: this.camera, attemptUrl: this.api, socketUrl };
    this.check = new DeviceCheck({ element: byId("step-device"), ...parts });
    this.screen = byId("step-screen") && new ScreenStep(byId("step-screen"));
    this.voice = byId("step-voice") && new VoiceStep({ element: byId("step-voice"), ...parts });
    this.photo = new ReferencePhoto({ element: byId("step-photo"), ...parts });
    this.document = byId("step-document") && new DocumentPhoto({ element: byId("step-document"), ...parts });
    this.turns = byId("step-liveness") && new HeadTurns({ element: byId("step-liveness"), ...parts });
    this.person = new PersonWait(byId("step-person"), this.api, () => this.#leave());
    // Only where looking away is watched.
    this.baseline = byId("step-baseline") && new BaselineLooks({ element: byId("step-baseline"), ...parts });
  }

  open() {
    const form = byId("consent-form");
    form.addEventListener("submit", (event) => this.#give(event));
    form.addEventListener("change", () => this.#askWhatMatters(form));
    this.#askWhatMatters(form);
    this.check.addEventListener("settled", ({ detail }) => {
      byId("device-done").disabled = !detail.ok;
    });
    byId("device-done").addEventListener("click", () => this.#goOn());
    this.screen?.addEventListener("settled", ({ detail }) => this.#afterScreen(detail.shares));
    this.voice?.addEventListener("settled", () => {
      this.isVoiceWanted = false;
      this.#goOn();
    });
    this.photo.addEventListener("accepted", () => {
      this.hasTurned = false; // the server asks anew after another photo
      this.#allowComplete(true);
    });
    this.photo.addEventListener("discarded", () => this.#allowComplete(false));
    byId("photo-done").addEventListener("click", () => this.#afterPhoto());
    this.photo.addEventListener("rejected", () => this.#offerPerson());
    this.document?.addEventListener("settled", () => {
      this.hasDocument = true;
      this.#turnOrSit();
    });
    this.turns?.addEventListener("settled", () => {
      this.hasTurned = true;
      this.#sitOrComplete();
    });
    for (const button of document.querySelectorAll("[data-ask-person]")) {
      button.addEventListener("click", () => this.#askPerson());
    }
    byId("baseline-done")?.addEventListener("click", () => this.#complete());
    for (const button of document.querySelectorAll("[data-change-choice]")) {
      button.addEventListener("click", () => this.#show("notice"));
    }
    window.addEventListener("pagehide", () => {
      this.check.stop();
      this.voice?.stop();
      this.screen?.stop();
      this.camera.stop();
    });
    this.#show(this.root.dataset.step, { focus: false });
  }

  #show(step, { focus = true } = {}) {
    for (const section of document.querySelectorAll("[data-step-section]")) section.hidden = section.id !== "step-" + step;
    for (const entry of document.querySelectorAll("[data-step-entry]")) {
      if (entry.dataset.stepEntry.split(" ").includes(step)) entry.setAttribute("aria-current", "step");
      else entry.removeAttribute("aria-current");
    }
    if (focus) byId("step-" + step).querySelector("h2").focus();
    if (step === "notice" || step === "person") this.camera.stop();
    if (step === "device") this.check.run();
    else this.check.stop();
    if (step === "screen") this.screen.begin();
    else this.screen?.stop();
    if (step === "voice") this.voice.begin();
    else this.voice?.stop();
    if (step === "photo") this.photo.begin();
    if (step === "document") this.document.begin(this.usesCamera);
    if (step === "person") this.person.begin();
    if (step === "liveness") this.turns.begin();
    else this.turns?.stop();
    if (step === "baseline") this.baseline.begin();
    else this.baseline?.stop();
  }

  /** Without camera there is no face to compare, without microphone no voice, so these questions rest. */
  #askWhatMatters(form) {
    const choice = new FormData(form);
    const face = byId("face-choice");
    const voice = byId("voice-choice");
    if (face) face.disabled = choice.get("camera") === "no";
    if (voice) voice.disabled = choice.get("microphone") === "no";
  }

  async #give(event) {
    event.preventDefault();
    const form = event.target;
    const body = choiceIn(form);
    const { camera } = body;
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    byId("consent-problem").hidden = true;
    try {
      await this.#send(body);
      this.usesCamera = camera;
      if (camera) this.#show("device");
      else this.#goOn();
    } catch (error) {
      showProblem("consent-problem", error);
    } finally {
      button.disabled = false;
    }
  }

  async #send(body) {
    const { next, voice_wanted: isVoiceWanted, screen_wanted: isScreenWanted } = await postJSON(this.api + "consent/", body);
    Object.assign(this, { afterDevice: next, isVoiceWanted, isScreenWanted });
  }

  /** Who goes on without the screen has made another choice, which the server keeps. */
  async #afterScreen(shares) {
    byId("screen-problem").hidden = true;
    try {
      const form = byId("consent-form");
      if (!shares) {
        form.querySelector('[name="screen"][value="no"]').checked = true;
        await this.#send(choiceIn(form));
      }
      this.isScreenWanted = false;
      this.#goOn();
    } catch (error) {
      showProblem("screen-problem", error);
    }
  }

  /** After the device check: the screen, the voice, a photo, a person who lets the candidate in, or nothing more. */
  #goOn() {
    if (this.screen && this.isScreenWanted) this.#show("screen");
    else if (this.voice && this.isVoiceWanted) this.#show("voice");
    else if (this.afterDevice === "complete") this.#sitOrComplete();
    else this.#show(STEP_OF_NEXT[this.afterDevice]);
  }

  /** A document that was shown before the page was loaded again need not be shown anew: the server knows. */
  #afterPhoto() {
    if (this.document && !this.hasDocument) this.#show("document");
    else this.#turnOrSit();
  }

  #turnOrSit() {
    if (this.turns && !this.hasTurned && this.usesCamera) this.#show("liveness");
    else this.#sitOrComplete();
  }

  #sitOrComplete() {
    if (this.baseline && this.camera.stream) this.#show("baseline");
    else this.#complete();
  }

  #allowComplete(isAllowed) {
    byId("photo-done").disabled = !isAllowed;
    if (isAllowed) byId("photo-done").focus();
  }

  async #complete() {
    const problem = document.querySelector("[data-step-section]:not([hidden]) [data-step-problem]").id;
    byId(problem).hidden = true;
    try {
      await postJSON(this.api + "check-in/complete/");
      this.#leave();
    } catch (error) {
      if (STEP_OF[error.code]) this.#show(STEP_OF[error.code]);
      else showProblem(problem, error);
    }
  }

  /** Who cannot finish alone is not left alone. */
  #offerPerson() {
    byId("step-photo").querySelector("[data-ask-person]").hidden = false;
  }

  async #askPerson() {
    await this.person.ask();
    this.#show("person");
  }

  #leave() {
    this.check.stop();
    this.baseline?.stop();
    this.camera.stop();
    location.assign(this.root.dataset.waiting);
  }
}

function choiceIn(form) {
  const choice = new FormData(form);
  const camera = choice.get("camera") === "yes";
  return {
    notice: Number(form.dataset.notice),
    camera,
    face_comparison: camera && choice.get("face_comparison") === "yes",
    microphone: choice.get("microphone") === "yes",
    voice_comparison: choice.get("microphone") === "yes" && choice.get("voice_comparison") === "yes",
    screen: choice.get("screen") === "yes",
  };
}

function showProblem(id, error) {
  if (error.status === undefined) throw error;
  byId(id).textContent = error.detail;
  byId(id).hidden = false;
}

new CheckIn(byId("check-in")).open();
