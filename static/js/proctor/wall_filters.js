// Which candidates the wall shows: the filters with their counts and the search, remembered for this tab.

import { matches } from "./wall_order.js";

export class WallFilters {
  /**
   * `parts`: {buttons, search, showAll}; `me`: the id of who looks; `key`: where the choice is kept in the tab's
   * session storage: what is typed may be a name, which does not belong into an address; `onChange()`.
   */
  constructor(parts, { me, key, onChange }) {
    Object.assign(this, { parts, me, key, onChange });
    this.filter = "all";
    this.#recall();
    for (const button of parts.buttons) {
      button.addEventListener("click", () => this.choose(button.dataset.filter));
    }
    parts.search.addEventListener("input", () => this.#changed());
    parts.showAll.addEventListener("click", () => this.clear());
  }

  get typed() {
    return this.parts.search.value;
  }

  get isOn() {
    return this.filter !== "all" || this.typed.trim() !== "";
  }

  choose(filter) {
    this.filter = filter;
    this.#mark();
    this.#changed();
  }

  clear() {
    this.parts.search.value = "";
    this.choose("all");
  }

  wants(row) {
    return row.fits(this.filter, this.me) && matches(row, this.typed);
  }

  /** Writes how many fit each filter. */
  count(rows) {
    for (const button of this.parts.buttons) {
      const number = rows.filter((row) => row.fits(button.dataset.filter, this.me)).length;
      const slot = button.querySelector("[data-filter-count]");
      if (slot.textContent !== String(number)) slot.textContent = String(number);
      const isEmpty = number === 0;
      if (button.classList.contains("is-empty") !== isEmpty) button.classList.toggle("is-empty", isEmpty);
    }
  }

  #changed() {
    this.#keep();
    this.onChange();
  }

  #mark() {
    for (const button of this.parts.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.filter === this.filter));
    }
  }

  #recall() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
      if (this.parts.buttons.some((button) => button.dataset.filter === kept.filter)) this.filter = kept.filter;
      if (typeof kept.typed === "string") this.parts.search.value = kept.typed;
    } catch {
      // Nothing is kept, or it cannot be read: everybody is shown.
    }
    this.#mark();
  }

  #keep() {
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ filter: this.filter, typed: this.typed }));
    } catch {
      // After a reload everybody is shown again.
    }
  }
}
