// The dialog in which a proctor asks a candidate to show the room, the desk, or the face once more.

import { postJSON } from "../shared/http.js";
import { option, prepared } from "./dialog_parts.js";

export class AskDialog {
  constructor(dialog, setting, handlers) {
    Object.assign(this, { setting, handlers });
    this.parts = prepared(dialog);
    this.parts.form.addEventListener("submit", (event) => this.send(event));
    this.parts.form.elements.code.addEventListener("change", () => this.showTold());
  }

  open(subject) {
    const { dialog, form, write, fail } = this.parts;
    this.subject = subject;
    form.reset();
    const codes = this.setting.codes.filter(({ acts }) => acts.includes("ask"));
    form.elements.code.replaceChildren(option("", "Choose a reason"), ...codes.map(({ code, wording }) => option(code, wording)));
    write("title", `Ask ${subject.name} to show`);
    fail("error", "");
    this.showTold();
    dialog.showModal();
    (form.querySelector("[name=what]") ?? form.elements.code).focus();
  }

  get code() {
    return this.setting.codes.find(({ code }) => code === this.parts.form.elements.code.value);
  }

  showTold() {
    const { slots, write } = this.parts;
    write("told", this.code?.told ?? "");
    for (const slot of slots("told")) slot.lang = this.code?.language || document.documentElement.lang;
    for (const slot of slots("told-line")) slot.hidden = !this.code?.told;
  }

  async send(event) {
    event.preventDefault();
    const { dialog, form, fail } = this.parts;
    const what = form.elements.what?.value;
    const reason = form.elements.reason.value.trim();
    if (!what) return fail("error", "The policy of this exam does not allow to ask for anything.");
    if (!this.code && !reason) return fail("error", "Choose a reason, or say why in a few words.", form.elements.code);
    if (this.code?.needs_words && !reason) return fail("error", "Say why, in a few words.", form.elements.reason);
    const submit = form.querySelector('[type="submit"]');
    if (submit.getAttribute("aria-disabled") === "true") return undefined;
    submit.setAttribute("aria-disabled", "true");
    const { attempt, name } = this.subject;
    try {
      await postJSON(`/api/v1/attempts/${attempt}/showings/`, { what, reason, reason_code: form.elements.code.value });
      dialog.close();
      this.handlers.onDone(`${name} is asked. Look into the panel for the answer.`);
    } catch (error) {
      fail("error", error.detail ?? "This did not work. Try again.", form.elements.code);
    } finally {
      submit.removeAttribute("aria-disabled");
    }
    return undefined;
  }
}

/** Says on the proctor's page what candidates answer. */
export function sayAnswers(wall) {
  const words = {
    "showing.done": "has shown what you asked for. See the panel.",
    "showing.declined": "declined to show what you asked for. You decide what follows.",
    "showing.expired": "did not answer in time. The exam goes on.",
  };
  wall.events.on("showing.", ({ kind, payload }) => {
    if (words[kind]) wall.announcer.say(`${payload.candidate.name} ${words[kind]}`);
  });
}
