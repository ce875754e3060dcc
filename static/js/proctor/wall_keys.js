// The wall by keyboard: arrows in the grid, letters for what is done often, and a switch that turns the letters off.

const KEY = "proctor-wall-keys";
const WRITING = "input, textarea, select, [contenteditable=true]";

/** The place that a key leads to from `place` among `number` tiles in `columns`; null when it leads nowhere (pure). */
export function neighbour(key, place, number, columns) {
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  if (key === "Home") return 0;
  if (key === "End") return number - 1;
  if (!(key in steps)) return null;
  const next = place + steps[key];
  if (next >= 0 && next < number) return next;
  // Below the last full row: the last tile, so that none is out of reach of the arrows.
  const isAbove = key === "ArrowDown" && Math.floor(place / columns) < Math.floor((number - 1) / columns);
  return isAbove ? number - 1 : null;
}

/** The act of the letter p in a state, or null (pure). */
export function pauseOrResume(state) {
  return { in_progress: "pause", paused: "resume" }[state] ?? null;
}

export class WallKeys {
  /**
   * `parts`: {list, search, dialog, toggle, sortNow}; `wall`: grid, details, dialogs, announcer;
   * `acts`: {open(row), watch(row), acknowledge(row), may(act, row)}.
   */
  constructor(parts, wall, acts) {
    Object.assign(this, { parts, wall, acts });
    this.isOn = readFlag();
    parts.toggle.checked = this.isOn;
    parts.toggle.addEventListener("change", () => {
      this.isOn = parts.toggle.checked;
      writeFlag(this.isOn);
    });
    parts.list.addEventListener("keydown", (event) => this.#move(event));
    document.addEventListener("keydown", (event) => this.#press(event));
  }

  #move(event) {
    const { grid } = this.wall;
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches(WRITING)) return;
    const nodes = [...this.parts.list.children];
    const place = nodes.indexOf(event.target.closest("[data-tile]"));
    if (place < 0) return;
    if (event.key === "PageDown" || event.key === "PageUp") {
      const before = grid.page;
      const page = before + (event.key === "PageDown" ? 1 : -1);
      if (page >= 1 && page <= grid.pages) grid.goTo(page);
      event.preventDefault();
      return;
    }
    const next = neighbour(event.key, place, nodes.length, columnsOf(nodes));
    if (next === null) return;
    event.preventDefault();
    nodes[next].querySelector("a[data-act]").focus();
  }

  #press(event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    if (!this.isOn || event.key.length !== 1 || event.target.closest?.(`${WRITING}, clip-player`)) return;
    const open = document.querySelector("dialog[open]");
    const done = open ? this.#inPanel(open, event.key) : this.#onPage(event.key) || this.#onRow(event.key, this.wall.grid.current);
    if (done) event.preventDefault();
  }

  /** Over the panel of a candidate: the next one, the one before, and what is done to this one. */
  #inPanel(open, key) {
    const { details, grid } = this.wall;
    if (open !== details.dialog) return false;
    if (key === "j" || key === "k") {
      details.step(key === "j" ? 1 : -1);
      return true;
    }
    return this.#onRow(key, grid.byAttempt.get(details.attempt) ?? null);
  }

  #onPage(key) {
    const { parts, wall } = this;
    if (key === "?") parts.dialog.showModal();
    else if (key === "/") parts.search.focus();
    else if (key === "n") this.#next();
    else if (key === "s" && !parts.sortNow.hidden) parts.sortNow.click();
    else return false;
    wall.grid.tick(wall.clock.now());
    return true;
  }

  #next() {
    const { grid, announcer } = this.wall;
    const row = grid.nextInNeed();
    if (row) grid.focus(row);
    else announcer.say("Nobody needs attention now.");
  }

  #onRow(key, row) {
    if (!row) return false;
    const { acts, wall } = this;
    const act = { w: "warn", p: pauseOrResume(row.state) }[key];
    if (act && acts.may(act, row)) wall.dialogs.open(act, { attempt: row.attempt, name: row.name });
    else if (key === "l") acts.watch(row);
    else if (key === "a") acts.acknowledge(row);
    else return false;
    return true;
  }
}

function columnsOf(nodes) {
  const top = nodes[0].offsetTop;
  const columns = nodes.findIndex((node) => node.offsetTop !== top);
  return columns < 0 ? nodes.length : columns;
}

function readFlag() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

function writeFlag(isOn) {
  try {
    localStorage.setItem(KEY, isOn ? "on" : "off");
  } catch {
    // After a reload the letters are on again; the switch is in the same place.
  }
}
