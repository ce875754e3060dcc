// The candidates of the wall: all of them as rows, those of one page as tiles, ordered by need when nobody is busy.

import { CandidateRow } from "./candidate_row.js";
import { Tile } from "./tile.js";
import { inNeedElsewhere, inOrder, movedUp, nextInNeed, pageOf } from "./wall_order.js";

const IDLE_MS = 1500;
const SMALL = "(max-width: 62rem)";
const MOST_ON_PAGE = { small: 12, large: 16 };

/**
 * Events: "tile" {tile, row} when a tile is made (features add to it), "arranged" {rows, page} after a new order or page.
 * `parts`: {list, template, sortNow, sortState, shown, noMatch, nobody}; `onVisible(attempts)`: those in view.
 */
export class TileGrid extends EventTarget {
  constructor(parts, { rows, words, times, filters, pager, onVisible }) {
    super();
    Object.assign(this, { parts, words, times, filters, pager, onVisible });
    this.rows = new Map(); // by candidate
    this.byAttempt = new Map();
    this.tiles = new Map(); // by candidate, of the page that is shown
    this.changed = new Set();
    this.order = [];
    this.bands = new Map();
    this.page = 1;
    this.pages = 1;
    this.now = 0;
    this.inNeed = 0;
    this.activeAt = -Infinity;
    this.visible = new Set();
    this.observer = new IntersectionObserver((entries) => this.#seen(entries), { rootMargin: "120px" });
    this.small = matchMedia(SMALL);
    for (const data of rows) this.add(data);
    this.#listen();
  }

  get size() {
    return this.small.matches ? MOST_ON_PAGE.small : MOST_ON_PAGE.large;
  }

  #listen() {
    const { list, sortNow } = this.parts;
    for (const kind of ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"]) {
      addEventListener(kind, () => { this.activeAt = performance.now(); }, { passive: true });
    }
    sortNow.addEventListener("click", () => this.arrange(1));
    this.small.addEventListener("change", () => this.show(this.page));
    list.addEventListener("focusin", ({ target }) => this.#rove(target.closest("[data-tile]")));
  }

  add(data) {
    const row = new CandidateRow(data);
    this.rows.set(row.candidate, row);
    this.touch(row);
    return row;
  }

  remove(row) {
    this.rows.delete(row.candidate);
    if (this.byAttempt.get(row.attempt) === row) this.byAttempt.delete(row.attempt);
    this.changed.add(row);
  }

  /** Marks a row as changed; `tick` writes it. */
  touch(row) {
    if (row.attempt !== null) this.byAttempt.set(row.attempt, row);
    this.changed.add(row);
  }

  /** The tile of an attempt, when it is on the page that is shown. */
  nodeOf(attempt) {
    return this.tiles.get(this.byAttempt.get(attempt)?.candidate)?.node;
  }

  applyPicture(attempt, sequence, url) {
    const row = this.byAttempt.get(attempt);
    if (!row || row.picture?.sequence === sequence) return;
    row.picture = { sequence, url };
    this.tiles.get(row.candidate)?.patchPicture();
  }

  /** Writes changed tiles, the clocks of all that are in view, and re-orders when that disturbs nobody. */
  tick(now) {
    this.now = now;
    if (this.changed.size) {
      for (const row of this.changed) this.tiles.get(row.candidate)?.patch(now);
      this.changed.clear();
      const rows = [...this.rows.values()];
      this.filters.count(rows);
      this.inNeed = rows.filter((row) => row.isInNeed).length;
      this.wanted = this.#wanted();
      this.pager.signal(inNeedElsewhere(this.order, this.page, this.size));
    }
    for (const tile of this.visible) tile.patchTime(now);
    this.#settle();
  }

  /** Where the order has changed: takes it over on the first page when that is calm, otherwise offers it. */
  #settle() {
    const isStale = !isSame(this.order, this.wanted);
    if (isStale && this.page === 1 && this.#isCalm()) this.arrange(1);
    else this.#sayOrder(isStale);
  }

  /** Nobody points or types at the tiles, and nothing lies over them. */
  #isCalm() {
    const { list } = this.parts;
    if (list.contains(document.activeElement) || document.querySelector("dialog[open]")) return false;
    const isPointedAt = matchMedia("(hover: hover)").matches && list.matches(":hover");
    return !isPointedAt && performance.now() - this.activeAt > IDLE_MS;
  }

  #wanted() {
    return inOrder([...this.rows.values()].filter((row) => this.filters.wants(row)));
  }

  /** Orders anew and shows a page of it. */
  arrange(page = this.page) {
    this.wanted = this.#wanted();
    this.order = this.wanted;
    this.bands = new Map(this.order.map((row) => [row, row.band]));
    this.show(page);
    this.#sayOrder(false);
  }

  /** Shows a page of the order as it is; only its candidates have tiles. */
  show(number) {
    const { list, shown, noMatch, nobody } = this.parts;
    const view = pageOf(this.order, number, this.size);
    Object.assign(this, { page: view.page, pages: view.pages });
    const kept = new Set(view.rows.map((row) => row.candidate));
    for (const [candidate, tile] of this.tiles) if (!kept.has(candidate)) this.#drop(tile);
    let cursor = list.firstElementChild;
    for (const row of view.rows) {
      const tile = this.tiles.get(row.candidate) ?? this.#make(row);
      if (tile.node === cursor) cursor = cursor.nextElementSibling;
      else list.insertBefore(tile.node, cursor);
    }
    while (cursor) { // the server's own first page, where this tab remembers another choice
      const next = cursor.nextElementSibling;
      cursor.remove();
      cursor = next;
    }
    nobody.hidden = this.rows.size > 0;
    noMatch.hidden = this.order.length > 0 || this.rows.size === 0;
    const many = this.order.length === this.rows.size ? `${this.order.length}` : `${this.order.length} of ${this.rows.size}`;
    write(shown, `${many} candidate${many === 1 ? "" : "s"}, those in need first`);
    this.pager.show(view, this.order.length, inNeedElsewhere(this.order, this.page, this.size));
    this.#rove(null);
    this.dispatchEvent(new CustomEvent("arranged", { detail: { rows: view.rows, page: this.page } }));
  }

  #make(row) {
    const { list, template } = this.parts;
    const known = list.querySelector(`[data-tile][data-candidate="${row.candidate}"]`);
    const node = known ?? template.content.firstElementChild.cloneNode(true);
    const tile = new Tile(node, row, this.words, this.times);
    if (!known) tile.name();
    this.tiles.set(row.candidate, tile);
    this.observer.observe(node);
    tile.patch(this.now);
    this.dispatchEvent(new CustomEvent("tile", { detail: { tile, row } }));
    return tile;
  }

  #drop(tile) {
    this.observer.unobserve(tile.node);
    this.tiles.delete(tile.row.candidate);
    if (this.visible.delete(tile)) this.#planTelling();
    tile.node.remove();
  }

  /** Takes the page of a candidate and puts the focus on them. */
  focus(row) {
    const place = this.order.indexOf(row);
    if (place < 0) return;
    const page = Math.floor(place / this.size) + 1;
    if (page !== this.page) this.show(page);
    this.tiles.get(row.candidate).link.focus();
  }

  /** Goes to a page and puts the focus on its first candidate, or on `row`. */
  goTo(page, row = null) {
    this.show(page);
    const first = row ?? this.order[(this.page - 1) * this.size];
    if (first) this.focus(first);
  }

  /** The row whose tile has the focus, or null. */
  get current() {
    const node = document.activeElement?.closest?.("[data-tile]");
    return node ? (this.rows.get(Number(node.dataset.candidate)) ?? null) : null;
  }

  nextInNeed(from = this.current) {
    return nextInNeed(this.order, from);
  }

  /** One tile at a time is reached by Tab, the others by arrows: otherwise there would be eighty stops. */
  #rove(node) {
    const tiles = [...this.tiles.values()];
    const current = node ?? tiles.find((tile) => tile.node.contains(document.activeElement))?.node ?? this.roving;
    const chosen = tiles.some((tile) => tile.node === current) ? current : this.parts.list.firstElementChild;
    this.roving = chosen;
    for (const tile of tiles) {
      const index = tile.node === chosen ? 0 : -1;
      for (const control of tile.node.querySelectorAll("a, button, input, summary")) {
        if (control.tabIndex !== index) control.tabIndex = index;
      }
    }
  }

  #sayOrder(isStale) {
    const { sortState, sortNow } = this.parts;
    const number = isStale ? movedUp(this.order, this.wanted, this.bands) : 0;
    const moved = number === 1 ? "1 candidate moved up." : `${number} candidates moved up.`;
    write(sortState, isStale ? (number ? moved : "The order has changed.") : "");
    sortNow.hidden = !isStale;
  }

  #seen(entries) {
    for (const entry of entries) {
      const tile = this.tiles.get(Number(entry.target.dataset.candidate));
      if (!tile) continue;
      if (entry.isIntersecting) this.visible.add(tile);
      else this.visible.delete(tile);
    }
    this.#planTelling();
  }

  #planTelling() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const attempts = [...this.visible].map((tile) => tile.row.attempt);
      this.onVisible(attempts.filter((attempt) => attempt !== null));
    }, 150);
  }
}

function isSame(one, other) {
  return one.length === other.length && one.every((row, place) => row === other[place]);
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
