// Going on where the server decides what is open: leaves questions, opens and closes sections, fetches what follows.

import { getPage } from "../shared/http.js";
import { postRenewing } from "./renewing_post.js";

const REPLACED = ["part-start", "questions", "question-groups", "saved-answers", "known-announcements"];
const TRY_AGAIN_MS = 2000;
// The page's clock is up a moment before the server's.
const FIRST_WAIT_MS = 800;

/** Events: "replaced", when other questions stand on the page; "moved", when only a section's deadline is new. */
export class PaperParts extends EventTarget {
  constructor({ root, device, journal, sender }) {
    super();
    Object.assign(this, { device, journal, sender });
    this.api = root.dataset.api;
    this.pageUrl = root.dataset.questions;
    this.#read(document);
  }

  /** The section that is open now where sections are taken in order, or null. */
  get running() {
    return this.parts.in_order ? (this.parts.sections.find(({ access }) => access === "open") ?? null) : null;
  }

  /** Closes a question for good. Throws an Error with a sentence for people when that cannot be done now. */
  leave(item) {
    return this.#goOn("leave/", { item: Number(item) });
  }

  openSection(section) {
    return this.#goOn(`sections/${section}/open/`);
  }

  closeSection(section) {
    return this.#goOn(`sections/${section}/close/`);
  }

  /** The clock has closed the running section: fetches what follows, again and again until the server answers. */
  async afterTime() {
    const over = this.running?.id;
    let wait = FIRST_WAIT_MS;
    while (this.running && this.running.id === over) {
      await this.journal.flush();
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = TRY_AGAIN_MS;
      try {
        await this.fetchParts();
      } catch (error) {
        if (error.status === undefined) throw error;
        if (!error.isTemporary) return;
      }
    }
  }

  /** Asks whether what is open, or a deadline, has changed (another device, a pause, extra time). */
  async compare(paper) {
    const isSame = (own, { access, items }) =>
      own.access === access && items.every((item) => this.#accessOf(item.id) === item.access);
    const found = paper ?? (await this.sender.fetchPaper());
    if (!this.parts.sections.every((own, index) => isSame(own, found.sections[index]))) {
      await this.fetchParts();
      return;
    }
    this.parts.sections.forEach((own, index) => (own.deadline_at = found.sections[index].deadline_at));
    this.dispatchEvent(new CustomEvent("moved"));
  }

  /** Puts the server's present parts of the page in the place of the former ones. */
  async fetchParts() {
    const page = new DOMParser().parseFromString(await getPage(this.pageUrl), "text/html");
    for (const id of REPLACED) {
      document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
    }
    this.#read(page);
    this.dispatchEvent(new CustomEvent("replaced"));
  }

  async #goOn(path, body = {}) {
    if (!(await this.journal.flush())) throw new Error(NOT_NOW);
    try {
      await postRenewing(this.api + path, { device: this.device, ...body });
      await this.fetchParts();
    } catch (error) {
      if (error.status === undefined) throw error;
      throw new Error(error.isTemporary ? NOT_NOW : error.detail);
    }
  }

  #accessOf(item) {
    return document.querySelector(`[data-goes-to="${item}"]`)?.dataset.access;
  }

  #read(page) {
    this.parts = JSON.parse(page.getElementById("paper-parts").textContent);
  }
}

const NOT_NOW =
  "The server cannot be reached, and it gives out what comes next. Your answers are kept on this computer. Try again when the connection is back.";
