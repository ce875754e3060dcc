// Choosing several tiles, and acting on them together.

import { UndoBar } from "./undo_bar.js";

export class Selection {
  /** `bar`: the element with the switch, the count and the acts. */
  constructor(wall, bar) {
    Object.assign(this, { wall, bar });
    this.chosen = new Set(); // candidates
    this.isOn = false;
    this.toggle = bar.querySelector("[data-select-toggle]");
    this.tools = bar.querySelector("[data-select-tools]");
    this.count = bar.querySelector("[data-select-count]");
    this.toggle.addEventListener("click", () => this.turn(!this.isOn));
    bar.querySelector("[data-select-all]").addEventListener("click", () => this.chooseShown());
    bar.querySelector("[data-select-none]").addEventListener("click", () => this.choose([]));
    for (const button of bar.querySelectorAll("[data-many]")) {
      button.addEventListener("click", () => this.act(button.dataset.many));
    }
    const { list } = wall.grid.parts;
    list.addEventListener("change", ({ target }) => {
      if (target.matches("[data-select]")) this.mark(Number(target.closest("[data-tile]").dataset.candidate), target.checked);
    });
    wall.grid.addEventListener("arranged", () => this.isOn && this.dress());
    bar.addEventListener("keydown", (event) => this.press(event));
    list.addEventListener("keydown", (event) => this.press(event));
  }

  /** Escape leaves; x chooses the candidate whose tile has the focus. */
  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const row = this.wall.grid.current;
    if (event.key === "Escape" && this.isOn) {
      this.turn(false);
      this.toggle.focus();
    } else if (event.key === "x" && row) {
      if (!this.isOn) this.turn(true);
      this.mark(row.candidate, !this.chosen.has(row.candidate));
    }
  }

  turn(isOn) {
    this.isOn = isOn;
    this.toggle.setAttribute("aria-pressed", String(isOn));
    this.tools.hidden = !isOn;
    if (!isOn) this.chosen.clear();
    this.dress();
    this.show();
  }

  /** Gives each tile its box, or takes it away. */
  dress() {
    for (const tile of this.wall.grid.tiles.values()) {
      const label = tile.node.querySelector("[data-select-label]");
      if (this.isOn && !label) tile.node.prepend(boxFor(tile.row, tile.link.tabIndex));
      else if (!this.isOn) label?.remove();
    }
    this.check();
  }

  mark(candidate, isChosen) {
    if (isChosen) this.chosen.add(candidate);
    else this.chosen.delete(candidate);
    this.check();
    this.show();
  }

  choose(candidates) {
    this.chosen = new Set(candidates);
    this.check();
    this.show();
  }

  /** Everybody who fits the filter and the search, also on other pages of the wall. */
  chooseShown() {
    const { grid } = this.wall;
    this.choose([...grid.rows.values()].filter((row) => grid.filters.wants(row)).map(({ candidate }) => candidate));
  }

  check() {
    for (const tile of this.wall.grid.tiles.values()) {
      const box = tile.node.querySelector("[data-select]");
      if (box) box.checked = this.chosen.has(tile.row.candidate);
    }
  }

  get people() {
    const rows = [...this.chosen].map((candidate) => this.wall.grid.rows.get(candidate)).filter(Boolean);
    return rows.map(({ attempt, name, state, readsWarnings }) => ({ attempt, name, state, readsWarnings }));
  }

  show() {
    const number = this.chosen.size;
    this.count.textContent = `${number} chosen`;
    for (const button of this.bar.querySelectorAll("[data-many]")) button.disabled = number === 0;
  }

  act(act) {
    if (this.people.length) this.wall.dialogs.open(act, { people: this.people });
  }
}

function boxFor(row, tabIndex) {
  const label = document.createElement("label");
  label.className = "tile-select";
  label.dataset.selectLabel = "";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.dataset.select = "";
  box.tabIndex = tabIndex; // one tile at a time is reached by Tab
  box.setAttribute("aria-label", `Choose ${row.name}`);
  label.append(box, "Choose");
  return label;
}

/** Joins selection and the bar that undoes to the page. */
export function openSelection(wall) {
  const bar = document.getElementById("selection");
  const undo = new UndoBar(document.getElementById("undo-bar"), {
    say: (text) => wall.announcer.say(text),
    onUndone: (run) => {
      for (const { ok, now } of run.results) {
        if (ok && now) wall.changeTile(now.attempt, now, (tile) => tile.applyMove(now.attempt, now));
      }
    },
  });
  wall.dialogs.handlers.onRun = (act, run) => {
    undo.show(act, run);
  };
  return bar ? new Selection(wall, bar) : null;
}
