// Announcements on a candidate's page: kept, shown at once, at their question and in a list, acknowledged.

import { getJSON } from "../shared/http.js";
import { AnnouncementDock } from "./announcement_dock.js";
import { AnnouncementList, QuestionClarifications } from "./announcement_places.js";
import { postRenewing } from "./renewing_post.js";

const SILENCE_MS = 15000; // the socket says something every ten seconds
const ASK_MS = 10000;
const TICK_MS = 2500;
// Where every page has to ask, not all of them do in the same moment.
const SPREAD_MS = 1000;
const byId = (id) => document.getElementById(id);

/**
 * Hears "announcement:heard" {announcements: [...] or null, to ask} and "attempt:check" on the document; asks by
 * itself as long as no socket speaks.
 */
export class Announcements {
  constructor(api) {
    this.url = api + "announcements/";
    this.known = new Map();
    this.unsent = new Map(); // acknowledged here, not on the server yet: id -> of_withdrawal
    this.heardAt = this.askedAt = performance.now();
    this.isOver = false;
    const { zone } = byId("announcements").dataset;
    this.list = new AnnouncementList(byId("announcements"), zone);
    this.clarifications = new QuestionClarifications(byId("questions"), zone, () => this.readPage());
    this.dock = new AnnouncementDock(byId("announcement-home"), zone, (view) => this.#acknowledge(view));
  }

  listen() {
    document.addEventListener("announcement:heard", ({ detail }) => this.#heard(detail.announcements));
    document.addEventListener("attempt:heard", () => {
      this.heardAt = performance.now();
    });
    document.addEventListener("attempt:check", () => this.#ask());
    document.addEventListener("attempt:over", () => this.#end());
    window.addEventListener("online", () => this.#ask());
    setInterval(() => this.#tick(), TICK_MS);
    this.readPage();
  }

  /** Takes in what the server wrote into the page, at first and when it has sent other parts of the paper. */
  readPage() {
    this.#take(JSON.parse(byId("known-announcements").textContent));
  }

  #heard(views) {
    if (views) this.#take(views);
    else setTimeout(() => this.#ask(), Math.random() * SPREAD_MS);
  }

  #take(views) {
    for (const view of views) {
      const isRead = this.unsent.get(view.id) === isWithdrawn(view);
      this.known.set(view.id, isRead ? { ...view, unread: false } : view);
    }
    this.#show();
  }

  #show() {
    const views = [...this.known.values()].sort((one, other) => one.id - other.id);
    this.list.show(views);
    this.clarifications.show(views);
    this.dock.show(views.filter(({ unread }) => unread && !this.isOver));
  }

  #acknowledge(view) {
    this.unsent.set(view.id, isWithdrawn(view));
    this.#take([view]);
    this.#send();
  }

  /** What cannot be sent now goes out with the next round; a page that is closed before shows it again. */
  async #send() {
    for (const [id, ofWithdrawal] of this.unsent) {
      try {
        const view = await postRenewing(`${this.url}${id}/acknowledge/`, { of_withdrawal: ofWithdrawal });
        this.unsent.delete(id);
        this.#take([view]);
      } catch (error) {
        if (error.status === undefined) throw error;
        if (error.isTemporary || error.status === 401) return;
        this.unsent.delete(id);
      }
    }
  }

  async #ask() {
    if (this.isOver) return;
    this.askedAt = performance.now();
    try {
      this.#take((await getJSON(this.url)).announcements);
      await this.#send();
    } catch (error) {
      // Offline, or signed out: the exam page says so; this asks again.
      if (error.status === undefined) throw error;
    }
  }

  #tick() {
    const now = performance.now();
    if (now - this.askedAt < ASK_MS) return;
    if (now - this.heardAt > SILENCE_MS || this.unsent.size) this.#ask();
  }

  #end() {
    this.isOver = true;
    this.#show();
  }
}

function isWithdrawn({ standing }) {
  return standing === "withdrawn";
}
