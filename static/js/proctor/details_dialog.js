// The details of one candidate in a dialog: the inside of their own page, fetched when it is opened and kept fresh while it is.

const EVERY_MS = 15000;
const SOON_MS = 600;

/**
 * Parts marked [data-fresh="<name>"] are replaced when the server has something newer, unless the focus is in them;
 * a data-version there says whether it is newer, otherwise
 * the text does. Everything else (forms, live video, half-written messages) stays as it is until another candidate is opened.
 * The dialog sends "panel:shown" {attempt, name, url} when the inside of a candidate is there, and "panel:left" {attempt}
 * before it goes. `attempt` is null for somebody who has not come.
 */
export class DetailsDialog {
  constructor(dialog) {
    this.dialog = dialog;
    this.content = dialog.querySelector('[data-slot="content"]');
    this.problem = dialog.querySelector('[data-slot="error"]');
    this.url = "";
    this.attempt = null;
    this.neighbours = () => [];
    for (const button of dialog.querySelectorAll("[data-panel-step]")) {
      button.addEventListener("click", () => this.step(Number(button.dataset.panelStep)));
    }
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => this.#leave());
  }

  async open(url, name, attempt = null) {
    this.#leave();
    Object.assign(this, { url, name, attempt });
    const title = document.createElement("h2");
    title.id = "details-title";
    title.textContent = name;
    this.content.replaceChildren(title);
    this.problem.hidden = true;
    if (!this.dialog.open) this.dialog.showModal();
    try {
      const body = await this.#fetch(url);
      if (this.url !== url || !this.dialog.open) return;
      this.content.replaceChildren(...body.childNodes);
      this.dialog.scrollTop = 0;
      this.#tell("panel:shown");
      this.#plan(EVERY_MS);
    } catch {
      if (this.url !== url) return;
      this.problem.textContent = "The details cannot be loaded now. Close this and try again.";
      this.problem.hidden = false;
    }
  }

  /** Goes to the candidate `by` places further in the order of the page; round and round. */
  step(by) {
    const all = this.neighbours();
    const place = all.findIndex(({ url }) => url === this.url);
    const next = all.length > 1 && all[(place + by + all.length) % all.length];
    if (next) this.open(next.url, next.name, next.attempt);
  }

  /** News of an attempt: the panel that shows it is fetched anew, soon. */
  touch(attempt) {
    if (this.dialog.open && attempt !== null && attempt === this.attempt) this.#plan(SOON_MS);
  }

  /** Takes over what is newer; a failure waits for the next time. */
  async refresh() {
    const { url } = this;
    try {
      const body = await this.#fetch(url);
      if (this.url === url && this.dialog.open) this.#merge(body);
    } catch {
      // The page says by itself that it is offline; what is shown stays.
    }
    if (this.url === url && this.dialog.open) this.#plan(EVERY_MS);
  }

  #merge(body) {
    for (const fresh of body.querySelectorAll("[data-fresh]")) {
      const old = this.content.querySelector(`[data-fresh="${CSS.escape(fresh.dataset.fresh)}"]`);
      if (!old || old.contains(document.activeElement) || isSame(old, fresh)) continue;
      if (fresh.dataset.version !== undefined) old.dataset.version = fresh.dataset.version;
      old.replaceChildren(...fresh.childNodes);
    }
  }

  async #fetch(url) {
    const response = await fetch(`${url}?part=panel`, { credentials: "same-origin" });
    if (!response.ok || response.redirected) throw new Error(String(response.status));
    return new DOMParser().parseFromString(await response.text(), "text/html").body;
  }

  #plan(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), wait);
  }

  #leave() {
    clearTimeout(this.timer);
    if (this.url) this.#tell("panel:left");
    this.url = "";
    this.attempt = null;
  }

  #tell(type) {
    const { attempt, name, url } = this;
    this.dialog.dispatchEvent(new CustomEvent(type, { detail: { attempt, name, url } }));
  }
}

/** Links are new each time: where the server names a version, that decides, so that no recording stops for nothing. */
function isSame(old, fresh) {
  if (fresh.dataset.version !== undefined) return old.dataset.version === fresh.dataset.version;
  return old.innerHTML === fresh.innerHTML;
}
