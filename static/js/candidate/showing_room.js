// A proctor asks to see the room, the desk or a new photo: says why, takes picture after picture, or declines.

import { getJSON, postBytes } from "../shared/http.js";
import { StateDialog } from "./exam_dialogs.js";
import { pictureOf } from "./frame_sender.js";
import { postRenewing } from "./renewing_post.js";
import { askedWords, IF_NOT, stepWords } from "./showing_words.js";

const LONG_SIDE = 1280;
const QUALITY = 0.85;

/** `camera`: the one that runs. `api`: address of the attempt. Hears `take(kind, payload)` of the socket's events. */
export class ShowingRoom {
  constructor({ element, camera, api }) {
    Object.assign(this, { element, camera, api });
    this.dialog = new StateDialog(element);
    this.showing = null;
    this.over = new Set(); // late news of what has ended must not open it again
    this.parts = {};
    for (const part of element.querySelectorAll("[data-showing]")) this.parts[part.dataset.showing] = part;
    const on = (name, work) => this.parts[name].addEventListener("click", () => this.#once(work));
    on("begin", () => this.#begin());
    on("decline", () => this.#decline());
    on("stop", () => this.#decline());
    on("take", () => this.#take());
    on("again", () => this.#again());
    on("use", () => this.#use());
    // The page covers a paused exam; whichever dialog opens last lies on top, and this one has to.
    const pause = document.getElementById("pause-dialog");
    new MutationObserver(() => pause.open && this.#raise()).observe(pause, { attributeFilter: ["open"] });
    camera.addEventListener("state", () => this.#showCamera());
    for (const news of ["loadeddata", "emptied"]) this.parts.video.addEventListener(news, () => this.#showCamera());
  }

  /** After a gap in the connection, or a new page: asks what is asked for now. */
  async check() {
    try {
      const { showing } = await getJSON(`${this.api}showings/`);
      if (showing) this.#open(showing);
      else this.close();
    } catch (error) {
      if (error.status === undefined) throw error; // offline: the next greeting asks again
    }
  }

  take(kind, payload) {
    if (kind === "showing.asked") this.#open(payload);
    else if (kind !== "showing.begun") this.#end(payload);
    // What this page began itself is shown by its answer: a button shown earlier would be pressed for nothing.
    else if (!this.isBusy) this.#update(payload);
  }

  close() {
    this.showing = null;
    this.parts.video.srcObject = null;
    this.#forgetPicture();
    this.dialog.hide();
  }

  #open(showing) {
    if (this.over.has(showing.id) || this.showing?.id === showing.id) return this.#update(showing);
    this.showing = showing;
    const words = askedWords(showing.what);
    this.parts.title.textContent = words.title;
    this.parts.reason.textContent = showing.reason;
    this.parts.todo.replaceChildren(...words.todo.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
    this.parts["if-not"].textContent = IF_NOT;
    this.#say("");
    this.#stage(showing.state === "doing" ? "taking" : "asked");
    this.dialog.show();
    return undefined;
  }

  #update(showing) {
    if (this.showing?.id !== showing.id) return;
    const before = this.showing.state;
    this.showing = showing;
    if (before !== showing.state && showing.state === "doing") this.#stage("taking");
  }

  #end({ id, state }) {
    this.over.add(id);
    if (this.showing?.id !== id) return;
    this.close();
    const words = { cancelled: "Your proctor has taken the request back.", expired: "The time for it is over." }[state];
    if (words) document.dispatchEvent(new CustomEvent("page:notice", { detail: words }));
  }

  #stage(name) {
    this.parts.asked.hidden = name !== "asked";
    this.parts.taking.hidden = name !== "taking";
    if (name === "taking") this.#again();
  }

  get step() {
    return this.showing.missing[0] ?? this.showing.steps.at(-1);
  }

  #showStep() {
    const { title, todo } = stepWords(this.showing.steps, this.step);
    this.parts.step.textContent = title;
    this.parts["step-todo"].textContent = todo;
    this.#showCamera();
    this.parts.step.focus();
  }

  #showCamera() {
    if (this.showing?.state !== "doing") return;
    const { video, take } = this.parts;
    if (video.srcObject !== this.camera.stream) video.srcObject = this.camera.stream;
    video.classList.toggle("mirror", this.showing.what === "face");
    take.disabled = this.camera.state !== "ok" || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA;
    if (this.camera.state !== "ok") this.#say(this.camera.text);
  }

  #raise() {
    if (this.dialog.isShown) this.element.close(); // the dialog of a state opens itself again, on top
  }

  async #begin() {
    this.#update(await postRenewing(`/api/v1/showings/${this.showing.id}/begin/`));
  }

  async #decline() {
    const { id } = this.showing;
    await postRenewing(`/api/v1/showings/${id}/decline/`);
    this.#end({ id, state: "declined" });
  }

  async #take() {
    this.blob = await pictureOf(this.parts.video, undefined, QUALITY, LONG_SIDE);
    if (this.blob === null) return this.#say("The camera gave no picture. Try again.");
    this.parts.picture.src = URL.createObjectURL(this.blob);
    this.#looking(false);
    this.parts.use.focus();
    return undefined;
  }

  #again() {
    this.#forgetPicture();
    this.#looking(true);
    this.#say("");
    this.#showStep();
  }

  /** Either the live picture with its button, or the still one with the question whether to send it. */
  #looking(isLive) {
    for (const name of ["video", "take"]) this.parts[name].hidden = !isLive;
    for (const name of ["picture", "use", "again"]) this.parts[name].hidden = isLive;
  }

  #forgetPicture() {
    const { picture } = this.parts;
    if (picture.src.startsWith("blob:")) URL.revokeObjectURL(picture.src);
    picture.removeAttribute("src");
    this.blob = null;
    this.isRefused = false;
  }

  async #use() {
    const { id, what } = this.showing;
    const type = { "Content-Type": "image/jpeg" };
    if (what === "face") {
      const anyway = this.isRefused ? "?anyway=yes" : "";
      const { ok, problems } = await postBytes(`/api/v1/showings/${id}/photo/${anyway}`, this.blob, type);
      if (!ok) {
        this.isRefused = true;
        this.#say(`${problems.map(({ text }) => text).join(" ")} Take it again, or send this one all the same: a person looks at it.`);
        return;
      }
      await this.#finish();
      return;
    }
    const step = this.step;
    this.showing = await postBytes(`/api/v1/showings/${id}/pictures/?step=${step}`, this.blob, type);
    if (this.showing.missing.length) this.#again();
    else await this.#finish();
  }

  async #finish() {
    const { id } = this.showing;
    await postRenewing(`/api/v1/showings/${id}/finish/`);
    this.#end({ id, state: "done" });
  }

  /** One thing at a time; what does not work is said, and can be tried again. */
  async #once(work) {
    if (this.isBusy || !this.showing) return;
    this.isBusy = true;
    this.#say("");
    try {
      await work();
    } catch (error) {
      if (error.status === undefined) throw error;
      this.#say(`${error.detail} Please try again.`);
      if (error.status === 409 || error.status === 404) this.check();
    } finally {
      this.isBusy = false;
    }
  }

  #say(sentence) {
    this.parts.problem.textContent = sentence;
    this.parts.problem.hidden = sentence === "";
  }
}

/** Joins it to the room: `room` has camera, socket and root. Null where there is no camera. */
export function openShowings(room) {
  const element = document.getElementById("showing-dialog");
  if (!element || !room.camera) return null;
  const made = new ShowingRoom({ element, camera: room.camera, api: room.root.dataset.api });
  room.socket.addEventListener("hello", () => made.check());
  room.socket.addEventListener("event", ({ detail }) => {
    if (detail.kind.startsWith("showing.")) made.take(detail.kind, detail.payload);
  });
  document.addEventListener("attempt:lost", () => made.close());
  return made;
}
