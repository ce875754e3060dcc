// The dialogs in which a proctor acts on one candidate or many: why, what will happen to whom, and what did not work.

import { postJSON } from "../shared/http.js";
import { inParts, PART } from "./act_parts.js";
import { AskDialog } from "./ask_dialog.js";
import { option, prepared } from "./dialog_parts.js";
import { ACTS, plain, saidOf, sortedOut, titleOf, wantedWords } from "./act_words.js";

/**
 * `parts`: {warn, reason, results} dialogs; `setting`: {api, codes, states} (address of the sitting's actions, coded
 * reasons, states in which each act is possible). `handlers`: onMoved(payload), onDone(text), onRun(act, run).
 */
export class ActDialogs {
  constructor(parts, setting, handlers) {
    Object.assign(this, { setting, handlers });
    this.warnDialog = prepared(parts.warn);
    this.reasonDialog = prepared(parts.reason);
    this.results = prepared(parts.results);
    this.asking = new AskDialog(parts.ask, setting, handlers);
    this.warnDialog.form.addEventListener("submit", (event) => this.sendWarning(event));
    this.reasonDialog.form.addEventListener("submit", (event) => this.sendAct(event));
    const { text } = this.warnDialog.form.elements;
    text.addEventListener("input", () => this.countCharacters());
    this.reasonDialog.form.elements.code.addEventListener("change", () => this.showTold());
    for (const button of parts.warn.querySelectorAll("[data-ready-text]")) {
      button.addEventListener("click", () => this.takeReady(button));
    }
  }

  /** `subject`: {attempt, name} or {people: [{attempt, name, state}]}. */
  open(act, subject) {
    if (act === "ask") return this.asking.open(subject);
    const given = subject.people ?? [subject];
    const { can, cannot } = sortedOut(given, this.setting.states[act] ?? [], act);
    Object.assign(this, { act, subject: given[0], people: can, key: crypto.randomUUID() });
    if (!can.length) return this.handlers.onDone(`${ACTS[act].verb}: not possible for any of those you chose.`);
    const dialog = act === "warn" ? this.warnDialog : this.reasonDialog;
    dialog.form.reset();
    dialog.fail("error", "");
    this.listPeople(dialog, cannot);
    if (act === "warn") this.openWarn();
    else this.openReason();
    return undefined;
  }

  /** Of one candidate the title says all. */
  listPeople({ slots, write }, cannot) {
    const isMany = this.people.length + cannot.length > 1;
    for (const list of slots("people")) {
      list.hidden = !isMany;
      list.replaceChildren(...this.people.map(({ name }) => item(name)));
    }
    for (const note of slots("left-out")) note.hidden = !cannot.length;
    write("left-out", cannot.length ? `Left as they are, because it is not possible now: ${cannot.map(({ name }) => name).join(", ")}` : "");
    write("title", titleOf(this.act, this.people));
  }

  openWarn() {
    this.ready = null;
    this.countCharacters();
    this.warnDialog.dialog.showModal();
    this.warnDialog.form.elements.text.focus();
  }

  takeReady(button) {
    const { text } = this.warnDialog.form.elements;
    text.value = button.textContent;
    text.lang = button.lang;
    this.ready = { id: Number(button.dataset.readyText), text: button.textContent };
    this.countCharacters();
    text.focus();
  }

  countCharacters() {
    const { text } = this.warnDialog.form.elements;
    this.warnDialog.write("count", `${text.value.length} of ${text.maxLength} characters`);
  }

  openReason() {
    const { dialog, form, slots, write, fail } = this.reasonDialog;
    const how = ACTS[this.act];
    write("help", how.help);
    write("submit", this.people.length === 1 ? how.verb : `${how.verb}: ${this.people.length} candidates`);
    write("typed", wantedWords(this.people));
    for (const slot of slots("optional")) slot.hidden = Boolean(how.needsReason);
    for (const slot of slots("confirm")) slot.hidden = !how.isTyped;
    for (const slot of slots("minutes")) slot.hidden = !how.needsMinutes;
    for (const slot of slots("submit")) slot.className = `button ${how.isTyped ? "button-danger" : "button-primary"}`;
    const first = option("", how.needsReason ? "Choose a reason" : "No reason");
    const codes = this.setting.codes.filter(({ acts }) => acts.includes(this.act));
    form.elements.code.replaceChildren(first, ...codes.map(({ code, wording }) => option(code, wording)));
    fail("name-error", "");
    fail("minutes-error", "");
    this.showTold();
    dialog.showModal();
    (how.needsMinutes ? form.elements.minutes : form.elements.code).focus();
  }

  get code() {
    return this.setting.codes.find(({ code }) => code === this.reasonDialog.form.elements.code.value);
  }

  /** What candidates read of the code, in the language of their exam. */
  showTold() {
    const { slots, write } = this.reasonDialog;
    const told = this.code?.told ?? "";
    write("told", told);
    for (const slot of slots("told")) slot.lang = this.code?.language || document.documentElement.lang;
    for (const slot of slots("told-line")) slot.hidden = !told;
  }

  async sendWarning(event) {
    event.preventDefault();
    const { form, fail } = this.warnDialog;
    const text = form.elements.text.value.trim();
    if (!text) return fail("error", "Write the message, or choose a ready text.", form.elements.text);
    const isReady = this.ready !== null && this.ready.text === text;
    return this.post(this.warnDialog, isReady ? { ready_text: this.ready.id } : { text }, form.elements.text);
  }

  async sendAct(event) {
    event.preventDefault();
    const { form, fail } = this.reasonDialog;
    const how = ACTS[this.act];
    const reason = form.elements.reason.value.trim();
    for (const slot of ["error", "name-error", "minutes-error"]) fail(slot, "");
    const body = { reason, reason_code: form.elements.code.value };
    if (how.needsMinutes) {
      body.minutes = form.elements.minutes.valueAsNumber;
      if (!Number.isInteger(body.minutes)) return fail("minutes-error", "Write how many minutes.", form.elements.minutes);
    }
    if (how.needsReason && !reason && !body.reason_code) {
      return fail("error", "Choose a reason, or say why in a few words.", form.elements.code);
    }
    if (this.code?.needs_words && !reason) return fail("error", "Say why, in a few words.", form.elements.reason);
    if (how.isTyped && plain(form.elements.typed.value) !== plain(wantedWords(this.people))) {
      return fail("name-error", "This is not what is asked for. Nothing was done.", form.elements.typed);
    }
    return this.post(this.reasonDialog, body, form.elements.reason);
  }

  /** Sends under the key of this opening: after a lost answer the same again does nothing twice. */
  async post(parts, body, input) {
    const { dialog, form, fail } = parts;
    const submit = form.querySelector('[type="submit"]');
    if (submit.getAttribute("aria-disabled") === "true") return;
    submit.setAttribute("aria-disabled", "true");
    const { act, people } = this;
    const asked = JSON.stringify(body);
    if (this.asked !== undefined && this.asked !== asked) this.key = crypto.randomUUID();
    this.asked = asked;
    const { key } = this;
    const send = (attempts) => postJSON(this.setting.api, { action: act, attempts, key, ...body });
    let sofar = 0;
    this.showBusy(parts, 0, people.length);
    try {
      const all = people.map(({ attempt }) => attempt);
      const run = await inParts(all, send, (done) => {
        sofar = done;
        this.showBusy(parts, done, people.length);
      });
      if (run.done === 0 && people.length === 1) {
        this.key = crypto.randomUUID(); // what stands under the old key is that it did not work
        fail("error", run.results[0].detail, input);
        return;
      }
      this.asked = undefined;
      dialog.close();
      this.take(act, run);
    } catch (error) {
      const before = sofar ? `Done for the first ${sofar}; sent again, it goes on with the others. ` : "";
      fail("error", before + (error.detail ?? "This did not work. Try again."), input);
    } finally {
      submit.removeAttribute("aria-disabled");
      this.showBusy(parts, 0, 0);
    }
  }

  /** How far a long act is; until its end the dialog stays. Said once, shown after each part. */
  showBusy({ form, slots, write }, done, number) {
    const isLong = number > PART;
    form.toggleAttribute("data-busy", isLong);
    if (isLong !== Boolean(this.isLong)) write("busy", isLong ? `${number} candidates, one after the other. You can undo it afterwards.` : "");
    this.isLong = isLong;
    for (const bar of slots("bar")) {
      bar.hidden = !isLong;
      bar.max = number || 1;
      bar.value = done;
    }
  }

  take(act, run) {
    for (const { ok, now } of run.results) if (ok && now && act !== "warn") this.handlers.onMoved(now);
    this.handlers.onRun(act, run);
    this.handlers.onDone(saidOf(act, run));
    if (run.failed) this.showFailed(saidOf(act, run), run.results);
  }

  /** Whom it did not work for, and why. */
  showFailed(text, results) {
    const { dialog, slots, write } = this.results;
    write("said", text);
    const failed = results.filter(({ ok }) => !ok).map(({ name, attempt, detail }) => item(`${name || `Attempt ${attempt}`}: ${detail}`));
    for (const list of slots("failed")) list.replaceChildren(...failed);
    dialog.showModal();
  }
}

function item(text) {
  const made = document.createElement("li");
  made.textContent = text;
  return made;
}
