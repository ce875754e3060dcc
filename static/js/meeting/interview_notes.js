// Keeps the notes of an interview while they are typed, and moves questions by keys.
//
// What is not kept yet also lies in this tab's own memory, so that a reload or a lost connection loses
// nothing. When the notes were changed from another page, both versions are shown and the person chooses.

import { csrfToken, postJSON } from "../shared/http.js";

const WAIT_MS = 1500;
const AGAIN_MS = 5000;
const sheet = document.getElementById("sheet");

class Notes {
  constructor(area) {
    this.area = area;
    this.id = Number(area.dataset.notes);
    this.version = Number(area.dataset.version);
    this.saved = area.defaultValue; // as the server sent it: somebody may have typed before this ran
    this.timer = 0;
    this.isSending = false;
    this.place = `interview-notes:${this.id}`;
    const field = area.closest(".field");
    this.state = field.querySelector("[data-notes-state]");
    this.other = field.querySelector("[data-notes-other]");
    area.addEventListener("input", () => this.typed());
    this.other.querySelector("[data-notes-join]").addEventListener("click", () => this.settle(true));
    this.other.querySelector("[data-notes-mine]").addEventListener("click", () => this.settle(false));
    this.bringBack();
  }

  /** What a reload left unsaved; whether it still fits, the server says. */
  bringBack() {
    const kept = JSON.parse(sessionStorage.getItem(this.place) ?? "null");
    if (kept === null || kept.text === this.saved) sessionStorage.removeItem(this.place);
    else if (!this.isUnsaved) {
      this.area.value = kept.text;
      this.version = kept.version;
    }
    if (this.isUnsaved) this.plan(0);
  }

  get isUnsaved() {
    return this.area.value !== this.saved;
  }

  typed() {
    sessionStorage.setItem(this.place, JSON.stringify({ text: this.area.value, version: this.version }));
    if (this.other.hidden) this.plan(WAIT_MS);
  }

  plan(afterMs) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), afterMs);
  }

  async save() {
    if (this.isSending || !this.isUnsaved || !this.other.hidden) return;
    this.isSending = true;
    const sent = this.area.value;
    try {
      const answer = await postJSON(sheet.dataset.notesUrl, { question: this.id, notes: sent, version: this.version });
      this.version = answer.version;
      this.saved = sent;
      this.tell(`Kept at ${new Date(answer.saved_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`);
      if (this.isUnsaved) this.typed();
      else sessionStorage.removeItem(this.place);
    } catch (problem) {
      this.failed(problem);
    } finally {
      this.isSending = false;
    }
  }

  failed(problem) {
    if (problem.code === "changed_meanwhile") return this.ask(problem.body);
    this.tell(`Not kept yet: ${problem.detail} Leave this page open.`);
    if (problem.isTemporary) this.plan(AGAIN_MS);
  }

  ask({ notes, version }) {
    this.theirs = notes;
    this.version = version;
    this.tell("Not kept yet.");
    this.other.querySelector("[data-notes-theirs]").textContent = notes || "(nothing)";
    this.other.hidden = false;
  }

  settle(isJoined) {
    if (isJoined) this.area.value = `${this.theirs}\n${this.area.value}`;
    this.other.hidden = true;
    this.saved = this.theirs;
    this.typed();
    this.plan(0);
    this.area.focus();
  }

  tell(words) {
    this.state.textContent = words;
  }

  /** Not awaited: the page is going away. */
  sendOff() {
    if (!this.isUnsaved || !this.other.hidden || this.isSending) return;
    fetch(sheet.dataset.notesUrl, {
      method: "POST",
      keepalive: true,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify({ question: this.id, notes: this.area.value, version: this.version }),
    }).catch(() => {});
  }
}

function watchKeys() {
  sheet.addEventListener("keydown", (event) => {
    const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!way || !event.altKey) return;
    const button = event.target.closest("[data-question]")?.querySelector(`[data-shift="${way}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

if (sheet) {
  const notes = sheet.dataset.notesUrl ? [...sheet.querySelectorAll("[data-notes]")].map((each) => new Notes(each)) : [];
  addEventListener("pagehide", () => notes.forEach((each) => each.sendOff()));
  watchKeys();
  if (location.hash.startsWith("#question-")) document.querySelector(location.hash)?.focus();
}
