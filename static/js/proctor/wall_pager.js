// The pages of the wall: links before and after the tiles, and what waits on other pages.

export class WallPager {
  /** `parts`: {nav, previous, next, place, elsewhere, elsewhereText, elsewhereGo}; `onGo(page, row or null)`. */
  constructor(parts, onGo) {
    Object.assign(this, { parts, onGo });
    this.found = null;
    this.page = 1;
    parts.previous.addEventListener("click", (event) => this.#step(event, -1));
    parts.next.addEventListener("click", (event) => this.#step(event, 1));
    parts.elsewhereGo.addEventListener("click", () => this.found && this.onGo(this.found.page, this.found.row));
  }

  /** `view`: of `pageOf`; `total`: candidates in the list; `found`: as in `signal`. */
  show({ page, pages, first, rows }, total, found) {
    const { nav, previous, next, place } = this.parts;
    this.page = page;
    nav.hidden = pages === 1;
    mark(previous, page === 1);
    mark(next, page === pages);
    write(place, pages === 1 ? "" : `Page ${page} of ${pages}: candidates ${first + 1} to ${first + rows.length} of ${total}`);
    this.signal(found);
  }

  /** Says that somebody in need is on another page; `found`: of `inNeedElsewhere`. */
  signal(found) {
    this.found = found;
    const { elsewhere, elsewhereText, elsewhereGo } = this.parts;
    elsewhere.hidden = !found;
    if (!found) return;
    const many = found.number === 1 ? "1 candidate in need is" : `${found.number} candidates in need are`;
    write(elsewhereText, `${many} on ${found.number === 1 ? "another page" : "other pages"}.`);
    write(elsewhereGo, `Go to ${found.row.name} on page ${found.page}`);
  }

  #step(event, by) {
    event.preventDefault();
    if (event.currentTarget.getAttribute("aria-disabled") !== "true") this.onGo(this.page + by, null);
  }
}

function mark(button, isOff) {
  if ((button.getAttribute("aria-disabled") === "true") !== isOff) button.setAttribute("aria-disabled", String(isOff));
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
