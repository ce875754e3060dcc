// The list of what was announced: fetched again when something has changed, without taking the focus away.

const EVERY_MS = 3000;

/** `onNews(count)`: how many announcements have come that were not in the list before. */
export class Announced {
  constructor(list, onNews = () => {}) {
    Object.assign(this, { list, onNews });
    this.timer = 0;
    this.lastAt = -Infinity;
  }

  /** Fetches soon; calls in the same seconds become one. */
  plan() {
    if (this.timer) return;
    const wait = Math.max(200, this.lastAt + EVERY_MS - performance.now());
    this.timer = setTimeout(() => this.#run(), wait);
  }

  async #run() {
    this.timer = 0;
    this.lastAt = performance.now();
    let response;
    try {
      response = await fetch(this.list.dataset.announcedUrl, { credentials: "same-origin" });
    } catch {
      return; // offline: the next change or the next round fetches it
    }
    if (response.ok && !response.redirected) this.#take(await response.text());
  }

  #take(html) {
    const page = new DOMParser().parseFromString(`<ul>${html}</ul>`, "text/html");
    const fresh = [...page.querySelectorAll("li")];
    const known = new Map([...this.list.children].map((node) => [node.dataset.announcement, node]));
    const news = fresh.filter(({ dataset }) => dataset.announcement && !known.has(dataset.announcement));
    this.#show(fresh.map((node) => this.#kept(known.get(node.dataset.announcement), node)));
    if (news.length) this.onNews(news.length);
  }

  /** Trap: a node that is put in again loses the focus, so what stays is not touched. */
  #show(nodes) {
    for (const node of [...this.list.children]) if (!nodes.includes(node)) node.remove();
    nodes.forEach((node, place) => {
      const there = this.list.children[place];
      if (there !== node) this.list.insertBefore(node, there ?? null);
    });
  }

  /** The node that stands here already where only its numbers are new: it may have the focus. */
  #kept(old, fresh) {
    if (!old || old.dataset.standing !== fresh.dataset.standing) return fresh;
    const count = old.querySelector("[data-read-count]");
    if (count) count.textContent = fresh.querySelector("[data-read-count]").textContent;
    return old;
  }
}
