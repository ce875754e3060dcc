// Check-in: notice and choice first, then the device check, the photo, and the end; nothing is captured before.

import { getJSON, postJSON } from "../shared/http.js";
import { Camera } from "./camera.js";
import { DeviceCheck } from "./device_check.js";
import { ReferencePhoto } from "./reference_photo.js";

const ASK_MS = 3000;
const byId = (id) => document.getElementById(id);

class CheckIn {
  constructor(root) {
    this.root = root;
    this.api = root.dataset.api;
    this.afterDevice = root.dataset.next;
    this.camera = new Camera();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socketUrl = `${scheme}//${location.host}/ws/attempts/${root.dataset.attempt}/`;
    const parts = { camera: this.camera, attemptUrl: this.api, socketUrl };
    this.check = new DeviceCheck({ element: byId("step-device"), ...parts });
    this.photo = new ReferencePhoto({ element: byId("step-photo"), ...parts });
  }

  open() {
    const form = byId("consent-form");
    form.addEventListener("submit", (event) => this.#give(event));
    form.addEventListener("change", () => this.#askAboutFace(form));
    this.#askAboutFace(form);
    this.check.addEventListener("settled", ({ detail }) => {
      byId("device-done").disabled = !detail.ok;
    });
    byId("device-done").addEventListener("click", () => this.#goOn());
    this.photo.addEventListener("accepted", () => this.#allowComplete(true));
    this.photo.addEventListener("discarded", () => this.#allowComplete(false));
    byId("photo-done").addEventListener("click", () => this.#complete());
    for (const button of document.querySelectorAll("[data-change-choice]")) {
      button.addEventListener("click", () => this.#show("notice"));
    }
    window.addEventListener("pagehide", () => this.camera.stop());
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
    if (step === "photo") this.photo.begin();
    if (step === "person") this.#waitForPerson();
  }

  /** Without camera there is no face to compare, so the question rests. */
  #askAboutFace(form) {
    const question = byId("face-choice");
    if (question) question.disabled = new FormData(form).get("camera") === "no";
  }

  async #give(event) {
    event.preventDefault();
    const form = event.target;
    const choice = new FormData(form);
    const camera = choice.get("camera") === "yes";
    const body = {
      notice: Number(form.dataset.notice),
      camera,
      face_comparison: camera && choice.get("face_comparison") === "yes",
    };
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    byId("consent-problem").hidden = true;
    try {
      const { next } = await postJSON(this.api + "consent/", body);
      this.afterDevice = next;
      if (camera) this.#show("device");
      else this.#goOn();
    } catch (error) {
      showProblem("consent-problem", error);
    } finally {
      button.disabled = false;
    }
  }

  /** After the device check: a photo, a person who lets the candidate in, or nothing more. */
  #goOn() {
    if (this.afterDevice === "complete") this.#complete();
    else this.#show(this.afterDevice === "reference_photo" ? "photo" : "person");
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
      showProblem(problem, error);
    }
  }

  /** Without camera a person lets the candidate in; the page goes on by itself. */
  async #waitForPerson() {
    for (;;) {
      try {
        const { state } = await getJSON(this.api);
        if (state !== "checking_in" && state !== "scheduled") return this.#leave();
      } catch (error) {
        // No answer: the next try comes.
        if (!error.isTemporary) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      if (byId("step-person").hidden) return undefined;
    }
  }

  #leave() {
    this.camera.stop();
    location.assign(this.root.dataset.waiting);
  }
}

function showProblem(id, error) {
  if (error.status === undefined) throw error;
  byId(id).textContent = error.detail;
  byId(id).hidden = false;
}

new CheckIn(byId("check-in")).open();
