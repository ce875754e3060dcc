// The tiles together: found by attempt or candidate, filtered, searched, and ordered by need when nobody is busy.

import { Tile } from "./tile.js";

const IDLE_MS = 3000;
const MOST_SHOWN = 100; // as many as the server sends pictures of
const compareNames = new Intl.Collator(undefined, { sensitivity: "base" }).compare;

/** `parts`: {list, filters, search, sortNow, sortState, shown, noMatch, showAll}; `onVisible(attempts)`. */
export class TileGrid {
  constructor(parts, words, times, onVisible) {
    this.parts = parts;
    this.words = words;
    this.times = times;
    this.onVisible = onVisible;
    this.tiles = new Map(); // by candidate
    this.byAttempt = new Map();
    this.changed = new Set();
    this.filter = "all";
    this.isStale = false;
    this.activeAt = -Infinity;
    this.visible = new Set();
    this.observer = new IntersectionObserver((entries) => this.seen(entries), { rootMargin: "120px" });
    for (const node of parts.list.querySelectorAll("[data-tile]")) this.add(node);
    this.listen();
  }

  listen() {
    const { list, filters, search, sortNow, showAll } = this.parts;
    for (const kind of ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"]) {
      addEventListener(kind, () => { this.activeAt = performance.now(); }, { passive: true });
    }
    for (const button of filters) {
      button.addEventListener("click", () => this.choose(button.dataset.filter));
    }
    search?.addEventListener("input", () => this.arrange());
    sortNow?.addEventListener("click", () => this.arrange());
    showAll.addEventListener("click", () => {
      if (search) search.value = "";
      this.choose("all");
      list.querySelector("a")?.focus();
    });
  }

  add(node) {
    const tile = new Tile(node, this.words, this.times);
    this.tiles.set(tile.candidate, tile);
    this.index(tile);
    this.observer.observe(node);
    this.touch(tile);
    return tile;
  }

  remove(tile) {
    this.observer.unobserve(tile.node);
    this.tiles.delete(tile.candidate);
    if (this.byAttempt.get(tile.attempt) === tile) this.byAttempt.delete(tile.attempt);
    tile.node.remove();
  }

  index(tile) {
    if (tile.attempt !== null) this.byAttempt.set(tile.attempt, tile);
  }

  /** Marks a tile as changed; `tick` writes it. */
  touch(tile) {
    this.index(tile);
    this.changed.add(tile);
  }

  /** Writes changed tiles, the clocks of all that are in view, and re-orders when that disturbs nobody. */
  tick(now) {
    if (this.changed.size) {
      for (const tile of this.changed) tile.patch(now);
      this.changed.clear();
      this.count();
      this.isStale = this.isOutOfOrder();
    }
    for (const tile of this.visible) tile.patchTime(now);
    if (this.isStale && this.isIdle()) this.arrange();
    this.sayOrder();
  }

  isIdle() {
    const isFocused = this.parts.list.contains(document.activeElement);
    return !isFocused && !document.querySelector("dialog[open]") && performance.now() - this.activeAt > IDLE_MS;
  }

  choose(filter) {
    this.filter = filter;
    for (const button of this.parts.filters) {
      button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
    }
    this.arrange();
  }

  /** Orders by need and shows what fits the filter and the search. */
  arrange() {
    const { list, shown, noMatch } = this.parts;
    let cursor = list.firstElementChild;
    let number = 0;
    for (const tile of this.ordered()) {
      if (tile.node === cursor) cursor = cursor.nextElementSibling;
      else list.insertBefore(tile.node, cursor);
      const isShown = this.isWanted(tile);
      tile.node.hidden = !isShown;
      number += isShown;
    }
    this.isStale = false;
    this.sayOrder();
    noMatch.hidden = number > 0 || this.tiles.size === 0;
    const text = number === this.tiles.size ? `${number} candidates` : `${number} of ${this.tiles.size} candidates`;
    const words = `${text}, those in need first`;
    if (shown && shown.textContent !== words) shown.textContent = words;
  }

  ordered() {
    return [...this.tiles.values()]
      .map((tile) => ({ tile, urgency: tile.urgency }))
      .sort((a, b) => compare(a.urgency, b.urgency) || compareNames(a.tile.name, b.tile.name))
      .map(({ tile }) => tile);
  }

  isWanted(tile) {
    const wanted = (this.parts.search?.value ?? "").trim().toLocaleLowerCase();
    return tile.fits(this.filter) && tile.name.toLocaleLowerCase().includes(wanted);
  }

  isOutOfOrder() {
    let node = this.parts.list.firstElementChild;
    for (const tile of this.ordered()) {
      if (tile.node !== node || tile.node.hidden === this.isWanted(tile)) return true;
      node = node.nextElementSibling;
    }
    return false;
  }

  sayOrder() {
    const { sortState, sortNow } = this.parts;
    if (!sortState) return;
    const words = this.isStale ? "The order has changed." : "";
    if (sortState.textContent !== words) sortState.textContent = words;
    sortNow.classList.toggle("button-primary", this.isStale);
  }

  count() {
    for (const button of this.parts.filters) {
      const number = [...this.tiles.values()].filter((tile) => tile.fits(button.dataset.filter)).length;
      const slot = button.querySelector("[data-filter-count]");
      if (slot.textContent !== String(number)) slot.textContent = String(number);
    }
  }

  seen(entries) {
    for (const entry of entries) {
      const tile = this.tiles.get(Number(entry.target.dataset.candidate));
      if (!tile) continue;
      if (entry.isIntersecting) this.visible.add(tile);
      else this.visible.delete(tile);
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tellVisible(), 150);
  }

  tellVisible() {
    const attempts = [...this.visible].map((tile) => tile.attempt).filter((attempt) => attempt !== null);
    this.onVisible(attempts.slice(0, MOST_SHOWN));
  }
}

function compare(a, b) {
  for (let place = 0; place < a.length; place += 1) {
    if (a[place] !== b[place]) return a[place] - b[place];
  }
  return 0;
}
