// Who looks first, on the proctor's page: kept true in its rows; and hand-overs that wait for an answer, for both sides.

import { ApiError, postJSON } from "../shared/http.js";

/** `parts`: {root, template, open}: `open` are the hand-overs that the page was loaded with. */
export class HandOvers {
  constructor({ root, template, open }, { events, announcer, grid }) {
    Object.assign(this, { root, template, announcer, grid, me: Number(root.dataset.me) });
    this.rows = new Map();
    for (const each of open) this.take(each);
    events.on("watch.assigned", ({ payload }) => this.#assign(payload.changes));
    events.on("watch.offered", ({ payload }) => this.take(payload.hand_over, true));
    events.on("watch.answered", ({ payload }) => this.take(payload.hand_over, true));
  }

  /** Shows what waits for this person; what is answered goes. */
  take(offer, isNews = false) {
    const isMine = offer.taker.id === this.me || offer.giver.id === this.me;
    if (isNews && isMine) this.#say(offer);
    if (offer.state !== "offered" || !isMine) this.#remove(offer.id);
    else if (!this.rows.has(offer.id)) this.#add(offer);
    this.root.hidden = this.rows.size === 0;
  }

  #assign(changes) {
    for (const { candidate, proctor } of changes) {
      const row = this.grid.rows.get(candidate.id);
      if (!row) continue;
      row.applyProctor(proctor);
      this.grid.touch(row);
    }
  }

  #add(offer) {
    const row = this.template.content.firstElementChild.cloneNode(true);
    const isForMe = offer.taker.id === this.me;
    row.querySelector("[data-words]").textContent = isForMe ? offeredTo(offer) : offeredBy(offer);
    row.querySelector("[data-note]").textContent = offer.note ? `“${offer.note}”` : "";
    for (const button of row.querySelectorAll("[data-answer]")) {
      button.hidden = isForMe === (button.dataset.answer === "withdraw");
      button.addEventListener("click", () => this.#answer(offer.id, button.dataset.answer, row));
    }
    this.rows.set(offer.id, row);
    this.root.append(row);
  }

  async #answer(id, answer, row) {
    const buttons = [...row.querySelectorAll("button")];
    for (const each of buttons) each.disabled = true;
    try {
      this.take(await postJSON(`${this.root.dataset.api}${id}/`, { answer }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const problem = row.querySelector("[data-problem]");
      problem.textContent = error.detail;
      problem.hidden = false;
    } finally {
      for (const each of buttons) each.disabled = false;
    }
  }

  #remove(id) {
    const row = this.rows.get(id);
    const hadFocus = row?.contains(document.activeElement);
    row?.remove();
    this.rows.delete(id);
    if (hadFocus) document.querySelector("main")?.focus({ preventScroll: true });
  }

  #say(offer) {
    if (offer.state === "offered" && offer.taker.id === this.me) this.announcer.say(offeredTo(offer));
    else if (offer.giver.id === this.me && offer.state !== "offered") {
      this.announcer.say(`${offer.taker.name}: hand-over ${offer.state}.`);
    }
  }
}

function offeredTo({ giver, candidates }) {
  return `${giver.name} offers you ${named(candidates)}.`;
}

function offeredBy({ taker, candidates }) {
  return `You offered ${named(candidates)} to ${taker.name}. Nothing moves before they accept.`;
}

function named(candidates) {
  const names = candidates.map(({ name }) => name);
  if (names.length <= 4) return names.join(", ") || "nobody any more";
  return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more candidates`;
}
