// The dialogs in which a proctor warns a candidate, or pauses, resumes, terminates, reinstates, lets in.

import { postJSON } from "../shared/http.js";

const ACTS = {
  pause: {
    title: "Pause the exam of",
    help: "The exam page is covered and the clock stands until you resume. The candidate reads the reason.",
    submit: "Pause",
    done: "is paused",
    needsReason: true,
  },
  resume: {
    title: "Resume the exam of",
    help: "The exam goes on at once. The time of the pause is given back.",
    submit: "Resume",
    done: "goes on",
  },
  admit: {
    title: "Let in",
    help: "For candidates who cannot finish check-in alone, for example without a camera. Check first who they are.",
    submit: "Let in",
    done: "is let in",
    needsReason: true,
  },
  reinstate: {
    title: "Reinstate the exam of",
    help: "The exam is open again and paused; resume it when the candidate is ready.",
    submit: "Reinstate",
    done: "is reinstated and paused",
  },
  terminate: {
    title: "Terminate the exam of",
    help: "The exam ends now with the answers saved so far. The candidate reads the reason. You can reinstate it later.",
    submit: "Terminate",
    done: "is terminated",
    needsReason: true,
    needsName: true,
  },
};

/** A subject is {attempt, name}. `onMoved(payload)`, `onWarned(attempt, warning)`, `onDone(text)`. */
export class ActDialogs {
  constructor(warnDialog, reasonDialog, attemptApi, handlers) {
    this.attemptApi = attemptApi;
    this.handlers = handlers;
    this.warnDialog = prepared(warnDialog);
    this.reasonDialog = prepared(reasonDialog);
    this.warnDialog.form.addEventListener("submit", (event) => this.sendWarning(event));
    this.reasonDialog.form.addEventListener("submit", (event) => this.sendAct(event));
    const { text } = this.warnDialog.form.elements;
    text.addEventListener("input", () => this.countCharacters());
    for (const button of warnDialog.querySelectorAll("[data-ready-text]")) {
      button.addEventListener("click", () => {
        text.value = button.textContent;
        this.countCharacters();
        text.focus();
      });
    }
  }

  open(act, subject) {
    this.subject = subject;
    if (act === "warn") this.openWarn();
    else this.openReason(act);
  }

  openWarn() {
    const { dialog, form, write, fail } = this.warnDialog;
    form.reset();
    write("name", this.subject.name);
    fail("error", "");
    this.countCharacters();
    dialog.showModal();
    form.elements.text.focus();
  }

  countCharacters() {
    const { text } = this.warnDialog.form.elements;
    this.warnDialog.write("count", `${text.value.length} of ${text.maxLength} characters`);
  }

  openReason(act) {
    const { dialog, form, slots, write, fail } = this.reasonDialog;
    this.act = act;
    const how = ACTS[act];
    form.reset();
    write("title", how.title);
    write("name", this.subject.name);
    write("help", how.help);
    write("submit", how.submit);
    for (const slot of slots("optional")) slot.hidden = Boolean(how.needsReason);
    for (const slot of slots("confirm")) slot.hidden = !how.needsName;
    for (const slot of slots("submit")) slot.className = `button ${how.needsName ? "button-danger" : "button-primary"}`;
    form.elements.reason.required = Boolean(how.needsReason);
    fail("error", "");
    fail("name-error", "");
    dialog.showModal();
    form.elements.reason.focus();
  }

  async sendWarning(event) {
    event.preventDefault();
    const { form, fail } = this.warnDialog;
    const text = form.elements.text.value.trim();
    if (!text) return fail("error", "Write the message, or choose a ready text.", form.elements.text);
    const { attempt, name } = this.subject;
    const warning = await this.post(this.warnDialog, `${attempt}/warnings/`, { text }, form.elements.text);
    if (!warning) return undefined;
    this.handlers.onWarned(attempt, warning);
    return this.handlers.onDone(`Warning sent to ${name}.`);
  }

  async sendAct(event) {
    event.preventDefault();
    const { form, fail } = this.reasonDialog;
    const how = ACTS[this.act];
    const reason = form.elements.reason.value.trim();
    fail("error", "");
    fail("name-error", "");
    if (how.needsReason && !reason) return fail("error", "Say why, in a few words.", form.elements.reason);
    if (how.needsName && plain(form.elements.typed.value) !== plain(this.subject.name)) {
      return fail("name-error", "This is not the name of the candidate. Nothing was done.", form.elements.typed);
    }
    const { attempt, name } = this.subject;
    const moved = await this.post(this.reasonDialog, `${attempt}/${this.act}/`, { reason }, form.elements.reason);
    if (!moved) return undefined;
    this.handlers.onMoved(moved);
    return this.handlers.onDone(`${name} ${how.done}.`);
  }

  /** Sends, closes on success; says on the dialog why not. Resolves to the answer or null. */
  async post({ dialog, form, fail }, path, body, input) {
    const submit = form.querySelector('[type="submit"]');
    if (submit.getAttribute("aria-disabled") === "true") return null;
    submit.setAttribute("aria-disabled", "true");
    try {
      const answer = await postJSON(this.attemptApi + path, body);
      dialog.close();
      return answer;
    } catch (error) {
      fail("error", error.detail ?? "This did not work. Try again.", input);
      return null;
    } finally {
      submit.removeAttribute("aria-disabled");
    }
  }
}

function prepared(dialog) {
  const form = dialog.querySelector("form");
  const slots = (name) => dialog.querySelectorAll(`[data-slot="${name}"]`);
  const write = (name, text) => {
    for (const slot of slots(name)) slot.textContent = text;
  };
  const fail = (name, text, input = null) => {
    write(name, text);
    for (const slot of slots(name)) slot.hidden = !text;
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    if (!text || !input) return;
    input.setAttribute("aria-invalid", "true");
    input.focus();
  };
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  return { dialog, form, slots, write, fail };
}

/** A name without the differences that do not matter when it is typed again. */
function plain(name) {
  return name.normalize("NFC").trim().replace(/\s+/g, " ").toLocaleLowerCase();
}
