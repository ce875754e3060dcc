// Where announcements can be read again: in the list, and clarifications at their question.

import { written } from "./announcement_words.js";

/** The list of all, the newest first; hidden while there is none. */
export class AnnouncementList {
  constructor(section, zone) {
    Object.assign(this, { section, zone });
    this.list = section.querySelector("[data-list]");
    this.template = section.querySelector("template");
  }

  show(views) {
    this.section.hidden = views.length === 0;
    this.list.replaceChildren(...[...views].reverse().map((view) => this.#entry(view)));
  }

  #entry(view) {
    const node = written(this.template, view, this.zone);
    const mark = node.querySelector("[data-mark]");
    mark.textContent = view.unread ? "not read yet" : view.standing === "replaced" ? "replaced by a correction" : "";
    mark.hidden = mark.textContent === "";
    return node;
  }
}

/**
 * Clarifications at their questions. Nothing moves under the hand of a candidate who is at the question: there it
 * is written in once it was acknowledged, and what no longer holds is struck out and goes when they go on.
 */
export class QuestionClarifications {
  /** `form`: the questions, or null on a page without; `onReplaced` is called when other questions stand there. */
  constructor(form, zone, onReplaced) {
    Object.assign(this, { form, zone });
    this.template = document.getElementById("clarification");
    this.views = [];
    if (!form) return;
    new MutationObserver(onReplaced).observe(form, { childList: true });
    const turned = new MutationObserver((changes) => this.#turned(changes.map(({ target }) => target)));
    turned.observe(form, { subtree: true, attributes: true, attributeFilter: ["hidden"] });
  }

  show(views) {
    this.views = views.filter(({ item }) => item !== null);
    for (const question of this.form?.querySelectorAll(".question[data-item]") ?? []) this.#place(question, !question.hidden);
  }

  /** Questions that were shown or hidden just now, before they are painted. */
  #turned(nodes) {
    for (const node of nodes) if (node.matches(".question[data-item]")) this.#place(node, false);
  }

  #place(question, isBeingRead) {
    const box = question.querySelector("[data-clarifications]");
    for (const view of this.views.filter(({ item }) => String(item) === question.dataset.item)) {
      const node = box.querySelector(`[data-clarification="${view.id}"]`);
      const holds = view.standing === "in_force";
      if (node && (holds || isBeingRead)) node.dataset.standing = view.standing;
      else if (node) node.remove();
      else if (holds && !(isBeingRead && view.unread)) box.append(this.#note(view));
    }
  }

  #note(view) {
    const node = written(this.template, view, this.zone);
    node.dataset.clarification = view.id;
    return node;
  }
}
