// After a long gap, or when somebody unknown appears: fetches the page again and takes over its rows and feed.

const EVERY_MS = 10000;

export class WallReload {
  constructor(url, grid, feed, onFailed) {
    Object.assign(this, { url, grid, feed, onFailed });
    this.lastAt = -Infinity;
    this.timer = 0;
  }

  /** Reloads soon; calls in the same seconds become one. */
  plan() {
    if (this.timer) return;
    const wait = Math.max(500, this.lastAt + EVERY_MS - performance.now());
    this.timer = setTimeout(() => this.run(), wait);
  }

  async run() {
    this.timer = 0;
    this.lastAt = performance.now();
    try {
      const response = await fetch(this.url, { credentials: "same-origin" });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      this.take(new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch {
      this.onFailed();
    }
  }

  take(page) {
    const { grid, feed } = this;
    const present = new Set();
    for (const data of JSON.parse(page.getElementById("rows").textContent)) {
      const known = grid.rows.get(data.candidate.id);
      present.add(data.candidate.id);
      if (known) {
        known.read(data);
        grid.touch(known);
      } else {
        grid.add(data);
      }
    }
    for (const row of [...grid.rows.values()]) if (!present.has(row.candidate)) grid.remove(row);
    for (const node of [...page.querySelectorAll("#feed [data-entry]")].reverse()) {
      if (!feed.entries.has(Number(node.dataset.entry))) feed.held.push(feed.adopt(document.importNode(node, true)));
    }
  }
}
