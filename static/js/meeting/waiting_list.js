// The hosts' list of candidates: who waits, who is in, and one button for each.

/** `act(kind, invitation)`: "let_in" or "put_out". */
export class WaitingList {
  constructor({ list, news, template, act }) {
    Object.assign(this, { list, news, template, act });
    this.rows = new Map();
    this.here = null;
  }

  show(candidates) {
    this.#tellNews(candidates);
    const someIn = candidates.some((each) => each.is_in);
    const known = new Set(candidates.map(({ invitation }) => invitation));
    for (const [invitation, row] of this.rows) {
      if (known.has(invitation)) continue;
      row.remove();
      this.rows.delete(invitation);
    }
    for (const each of candidates) this.#showOne(each, someIn);
  }

  #showOne(candidate, someIn) {
    const row = this.rows.get(candidate.invitation) ?? this.#add(candidate);
    row.querySelector("[data-name]").textContent = candidate.name;
    row.querySelector("[data-candidate-state]").textContent = stateOf(candidate);
    const button = row.querySelector("[data-act]");
    button.textContent = candidate.is_in ? `Let ${candidate.name} out` : `Let ${candidate.name} in`;
    button.dataset.kind = candidate.is_in ? "put_out" : "let_in";
    button.hidden = !candidate.is_in && !candidate.is_here;
    button.disabled = !candidate.is_in && someIn;
    button.title = button.disabled ? "One at a time: let the other candidate out first." : "";
  }

  #add({ invitation }) {
    const row = this.template.content.firstElementChild.cloneNode(true);
    const button = row.querySelector("[data-act]");
    button.addEventListener("click", () => this.act(button.dataset.kind, invitation));
    this.rows.set(invitation, row);
    this.list.append(row);
    return row;
  }

  /** Who has come since: said once, for people who do not look at the list. */
  #tellNews(candidates) {
    const here = new Map(candidates.filter((each) => each.is_here).map((each) => [each.invitation, each]));
    const came = [...here.values()].filter(({ invitation, is_in: isIn }) => !isIn && !this.here?.has(invitation));
    this.here = here;
    if (came.length) this.news.textContent = came.map(({ name }) => `${name} waits.`).join(" ");
  }
}

/** What a host reads about a candidate. */
export function stateOf({ is_here: isHere, is_in: isIn, has_agreed: hasAgreed }) {
  if (isIn && !isHere) return "let in, but not connected now";
  if (isIn) return hasAgreed ? "is in" : "is in, and has not agreed yet to being seen by you";
  return isHere ? "waits" : "not here";
}
