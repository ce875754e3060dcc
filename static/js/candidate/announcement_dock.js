// What has come and is not acknowledged yet: at the foot of the window, above everything, without taking the focus.

import { nameOf, timeIn } from "./announcement_words.js";

/**
 * It lies over the page, so that nothing moves; where a dialog is open it moves into it, since everything outside
 * of one is out of reach. `onRead(view)` is called when the candidate says that they have read it.
 */
export class AnnouncementDock {
  constructor(home, zone, onRead) {
    Object.assign(this, { home, zone, onRead });
    this.place = home.firstElementChild;
    this.element = this.place.querySelector("[data-dock]");
    this.speech = this.place.querySelector("[data-speech]");
    this.views = [];
    this.said = new Set();
    this.cameFrom = null;
    this.#part("read").addEventListener("click", () => this.onRead(this.views[0]));
    this.#part("go").addEventListener("click", () => this.#go());
    this.place.addEventListener("focusin", ({ relatedTarget: from }) => {
      if (from && !this.place.contains(from)) this.cameFrom = from;
    });
    const dialogs = new MutationObserver(() => this.#settle());
    dialogs.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["open"] });
    this.#settle();
  }

  /** Shows the first of `views`, those that are not read yet, and says what is new among them. */
  show(views) {
    const hadFocus = this.place.contains(document.activeElement);
    this.views = views;
    this.element.hidden = views.length === 0;
    if (views.length) this.#write(views[0]);
    else if (hadFocus) this.#giveFocusBack();
    const news = views.filter((view) => !this.said.has(keyOf(view)));
    for (const view of news) this.said.add(keyOf(view));
    if (news.length) this.#say(news);
  }

  #write(view) {
    const count = this.views.length > 1 ? `1 of ${this.views.length} not read yet` : "";
    this.element.dataset.standing = view.standing;
    this.#part("name").textContent = nameOf(view);
    this.#part("time").textContent = timeIn(this.zone, view.announced_at);
    this.#part("count").textContent = count;
    this.#part("gone").hidden = view.standing !== "withdrawn";
    if (this.#part("text").textContent !== view.text) this.#part("text").textContent = view.text;
    this.#part("go").hidden = this.#buttonOf(view) === null;
    this.#part("go").textContent = `Go to question ${view.position}`;
  }

  #say(news) {
    const sentences = news.length > 2
      ? [`There are ${news.length} announcements to read.`]
      : news.map((view) => `${nameOf(view)}: ${view.text}`);
    // Emptied first: a reader speaks the same sentence a second time only when it has changed.
    this.speech.textContent = "";
    setTimeout(() => {
      this.speech.textContent = sentences.join(" ");
    }, 50);
  }

  #settle() {
    const dialog = [...document.querySelectorAll("dialog:modal")].at(-1);
    const host = dialog ?? this.home;
    if (this.place.parentElement !== host) host.append(this.place);
  }

  /** The button in the list of questions, if the question can be opened and is not shown already. */
  #buttonOf({ item }) {
    return item === null ? null : document.querySelector(`[data-goes-to="${item}"]:not(:disabled, [aria-current])`);
  }

  #go() {
    this.#buttonOf(this.views[0])?.click();
    this.#write(this.views[0]);
  }

  #giveFocusBack() {
    const shown = document.querySelector(".question:not([hidden]) h2") ?? document.querySelector("h1");
    const target = this.cameFrom?.isConnected && this.cameFrom.getClientRects().length ? this.cameFrom : shown;
    target?.focus({ preventScroll: true });
  }

  #part(name) {
    return this.element.querySelector(`[data-${name}]`);
  }
}

function keyOf({ id, standing }) {
  return `${id} ${standing}`;
}
