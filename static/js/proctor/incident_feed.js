// The feed of incidents: newest on top, nothing twice, and no jump under the hand of somebody who is reading.

import { postJSON } from "../shared/http.js";
import { freshLinks, renewOnError } from "../review/evidence_links.js";
import { FeedEntry } from "./feed_entry.js";

const MOST_ENTRIES = 150;
const IDLE_MS = 3000;

/**
 * `parts`: {list, template, waiting, onlyUnseen, empty}; `context`: {times, incidentUrl, incidentApi, precision, readsWarnings}; `precision`: words by kind.
 * `handlers`: onWarn(entry, button), onChanged(payload), onShow(pictures, place, renew), onDone(text).
 */
export class IncidentFeed {
  constructor(parts, context, handlers) {
    Object.assign(this, { parts, context, handlers });
    this.entries = new Map();
    this.held = [];
    this.activeAt = -Infinity;
    this.isHovered = false;
    for (const node of parts.list.querySelectorAll("[data-entry]")) this.adopt(node);
    this.listen();
  }

  adopt(node) {
    const entry = new FeedEntry(node, this.context);
    entry.nameButtons();
    this.entries.set(entry.incident, entry);
    return entry;
  }

  listen() {
    const { list, waiting, onlyUnseen } = this.parts;
    list.addEventListener("click", (event) => this.clicked(event));
    list.addEventListener("pointerenter", () => { this.isHovered = true; });
    list.addEventListener("pointerleave", () => { this.isHovered = false; });
    for (const kind of ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"]) {
      list.addEventListener(kind, () => { this.activeAt = performance.now(); }, { passive: true });
    }
    waiting.addEventListener("click", () => {
      this.release();
      list.scrollTop = 0;
      list.querySelector("button:not([hidden]), a")?.focus();
    });
    onlyUnseen.addEventListener("change", () => this.filter());
    renewOnError(
      list,
      this.context.incidentUrl,
      (image) => image.closest("[data-entry]")?.dataset.entry,
      (image) => Number(image.closest("[data-evidence]")?.dataset.evidence),
    );
  }

  /** Takes one event about an incident; says whether the incident is new to this page. */
  take(eventId, payload) {
    const known = this.entries.get(payload.incident);
    if (known) {
      if (eventId >= known.eventId) {
        known.eventId = eventId;
        known.write(payload);
        this.filterOne(known);
      }
      return false;
    }
    const copy = this.parts.template.content.firstElementChild.cloneNode(true);
    const entry = new FeedEntry(copy, this.context);
    entry.write(payload);
    entry.eventId = eventId;
    this.entries.set(entry.incident, entry);
    this.held.push(entry);
    return true;
  }

  /** Shows what is held back, unless somebody works in the feed; then a button offers it. */
  tick() {
    if (!this.held.length) return;
    if (!this.isBusy()) this.release();
    else this.offer();
  }

  isBusy() {
    const { list } = this.parts;
    const isActive = performance.now() - this.activeAt < IDLE_MS;
    return list.contains(document.activeElement) || (this.isHovered && isActive) || list.scrollTop > 40;
  }

  offer() {
    const { waiting } = this.parts;
    const number = this.held.length;
    const words = `Show ${number} new incident${number === 1 ? "" : "s"}`;
    if (waiting.textContent !== words) waiting.textContent = words;
    waiting.hidden = false;
  }

  release() {
    const { list, waiting, empty } = this.parts;
    waiting.hidden = true;
    // A replay may bring older ones: the number of an incident tells the order.
    for (const entry of this.held.splice(0)) {
      const below = [...list.children].find((node) => Number(node.dataset.entry) < entry.incident);
      list.insertBefore(entry.node, below ?? null);
      this.filterOne(entry);
    }
    while (list.children.length > MOST_ENTRIES) {
      this.entries.delete(Number(list.lastElementChild.dataset.entry));
      list.lastElementChild.remove();
    }
    empty.hidden = list.children.length > 0;
  }

  filter() {
    for (const entry of this.entries.values()) this.filterOne(entry);
  }

  filterOne(entry) {
    const isHidden = this.parts.onlyUnseen.checked && !entry.isUnseen;
    // What has the focus stays until it has moved on.
    entry.node.hidden = isHidden && !entry.node.contains(document.activeElement);
  }

  clicked(event) {
    const node = event.target.closest("[data-entry]");
    const entry = node && this.entries.get(Number(node.dataset.entry));
    if (!entry) return;
    const act = event.target.closest("[data-entry-act]");
    const picture = event.target.closest("[data-evidence]");
    if (act?.dataset.entryAct === "acknowledge") this.acknowledge(entry);
    else if (act?.dataset.entryAct === "warn") this.handlers.onWarn(entry, act);
    else if (picture) this.enlarge(entry, picture);
  }

  enlarge(entry, button) {
    const place = [...button.parentElement.children].indexOf(button);
    this.handlers.onShow(entry.pictures, place, () => freshLinks(this.context.incidentUrl, entry.incident));
  }

  /** The newest incident of a candidate that nobody has looked at; the list may be too short to hold it. */
  async acknowledgeNewest(row) {
    const incident = row.newestWaiting;
    if (incident === null) {
      this.handlers.onDone(`Nothing of ${row.name} waits.`);
      return;
    }
    const entry = this.entries.get(incident);
    if (entry) {
      await this.acknowledge(entry);
      if (entry.isUnseen) this.handlers.onDone("This did not work. Try again.");
      return;
    }
    try {
      const payload = await postJSON(`${this.context.incidentApi}${incident}/acknowledge/`, { note: "" });
      this.handlers.onChanged(payload);
      this.handlers.onDone(`Acknowledged: ${payload.kind.replaceAll("_", " ")}, ${row.name}.`);
    } catch (error) {
      this.handlers.onDone(error.detail ?? "This did not work. Try again.");
    }
  }

  async acknowledge(entry) {
    if (entry.acknowledge.getAttribute("aria-disabled") === "true") return;
    entry.acknowledge.setAttribute("aria-disabled", "true");
    entry.showProblem("");
    try {
      const payload = await postJSON(`${this.context.incidentApi}${entry.incident}/acknowledge/`, { note: "" });
      const hadFocus = document.activeElement === entry.acknowledge;
      entry.write(payload);
      const next = entry.node.querySelector('[data-entry-act="warn"]:not([hidden])') ?? entry.node.querySelector('[data-slot="review-link"]');
      if (hadFocus) next.focus();
      this.filterOne(entry);
      this.handlers.onChanged(payload);
      this.handlers.onDone(`Acknowledged: ${entry.kind}, ${entry.name}.`);
    } catch (error) {
      entry.showProblem(error.detail ?? "This did not work. Try again.");
    } finally {
      entry.acknowledge.removeAttribute("aria-disabled");
    }
  }
}
