// Decisions about incidents without leaving the desk: the forms work by themselves, this keeps the place.

import { postForm } from "./decide.js";
import { nextOpen, stepIncident } from "./moments.js";

/** Events: "chosen" {incident} when another incident is looked at. */
export class Triage extends EventTarget {
  /** `say(sentence)`: the live region. */
  constructor(incidents, say) {
    super();
    Object.assign(this, { incidents, say });
    this.current = null;
    this.isSent = false;
    for (const form of document.querySelectorAll(".desk-decide")) {
      form.addEventListener("submit", (event) => this.#submit(event, form));
    }
    for (const button of document.querySelectorAll("[data-goes-to]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.choose(Number(button.dataset.goesTo), { focus: false }));
    }
  }

  get incident() {
    return this.incidents.find(({ id }) => id === this.current) ?? null;
  }

  /** Looks at incident `id`. */
  choose(id, { focus = true } = {}) {
    const incident = this.incidents.find((each) => each.id === id);
    if (!incident) return;
    this.current = id;
    for (const each of document.querySelectorAll(".desk-incident, .desk-incidents")) {
      each.classList.toggle("is-current", each.id === `incident-${id}` || each.dataset.key === `incident-${id}`);
    }
    const card = cardOf(id);
    if (focus && card) {
      card.focus({ preventScroll: true });
      card.scrollIntoView({ block: "nearest" });
    }
    this.say(`${this.#place(incident)}, ${stateOf(card)}`);
    this.dispatchEvent(new CustomEvent("chosen", { detail: incident }));
  }

  step(by, moment) {
    const next = stepIncident(this.incidents, this.current, moment, by);
    if (next) this.choose(next.id);
    else this.say(this.incidents.length ? `This is the ${by > 0 ? "last" : "first"} incident.` : "There is no incident.");
  }

  nextOpen() {
    const next = nextOpen(this.incidents, this.current, isOpen);
    if (next) this.choose(next.id);
    else this.say("Every incident has been reviewed: v leads to your verdict.");
  }

  /** Presses the button with this digit of the incident that is looked at. */
  decide(digit) {
    const card = cardOf(this.current);
    const button = card?.querySelector(`[data-digit="${digit}"]`);
    if (button) button.form.requestSubmit(button);
    else this.say(this.current === null ? "Go to an incident first, with n." : "You cannot decide about this incident here.");
  }

  focusNote() {
    cardOf(this.current)?.querySelector('input[name="note"]')?.focus();
  }

  async #submit(event, form) {
    event.preventDefault();
    const button = event.submitter;
    const card = form.closest(".desk-incident");
    const problem = card.querySelector('[data-slot="problem"]');
    problem.textContent = button.getAttribute("aria-disabled") === "true" ? button.title : "";
    if (problem.textContent || this.isSent) return;
    this.isSent = true;
    const id = Number(card.dataset.incident);
    try {
      const answer = await postForm(form, button);
      show(card, answer);
      this.#told(id, answer);
    } catch (error) {
      problem.textContent = error.detail ?? "This could not be sent. Nothing was changed.";
    } finally {
      this.isSent = false;
    }
  }

  #told(id, { state, state_words: words, left }) {
    const incident = this.incidents.find((each) => each.id === id);
    document.getElementById("desk-left").textContent = String(left);
    this.say(`${this.#place(incident)}, ${words}. ${left ? `${left} not reviewed.` : "Every incident has been reviewed: v leads to your verdict."}`);
    if (state !== "unreviewed" && this.current === id) {
      const next = nextOpen(this.incidents, id, isOpen);
      if (next) setTimeout(() => this.current === id && this.choose(next.id), 700);
    }
  }

  #place({ number, kind }) {
    return `Incident ${number} of ${this.incidents.length}, ${kind}`;
  }
}

function cardOf(id) {
  return document.getElementById(`incident-${id}`);
}

function isOpen(id) {
  return cardOf(id)?.dataset.state === "unreviewed";
}

function stateOf(card) {
  return card ? card.querySelector('[data-slot="state"]').textContent.trim() : "on its own page";
}

function show(card, { state, state_words: words, choices }) {
  card.dataset.state = state;
  const badge = card.querySelector('[data-slot="state"]');
  badge.textContent = words;
  badge.className = `badge state-${state}`;
  card.querySelector('input[name="note"]').value = "";
  for (const { name, help, is_blocked: isBlocked } of choices) {
    const button = card.querySelector(`button[value="${name}"]`);
    button.title = help;
    if (isBlocked) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}
