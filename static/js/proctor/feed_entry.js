// One incident of the feed: made from the page's template, and written anew when the incident changes.

import { writeScreens } from "./feed_screens.js";
import { getPage } from "../shared/http.js";

const PICTURES = 4;
const SOUNDS = 2;

export class FeedEntry {
  /** `node`: an entry of the page, or a copy of its template; `context`: {times, incidentUrl, precision, readsWarnings(attempt)}. */
  constructor(node, context) {
    this.node = node;
    this.context = context;
    this.slots = {};
    for (const slot of node.querySelectorAll("[data-slot]")) this.slots[slot.dataset.slot] = slot;
    this.acknowledge = node.querySelector('[data-entry-act="acknowledge"]');
    this.warn = node.querySelector('[data-entry-act="warn"]');
    this.incident = Number(node.dataset.entry);
    this.attempt = node.dataset.attempt ? Number(node.dataset.attempt) : null;
    this.eventId = 0;
    this.offerWarning();
  }

  get name() {
    return this.slots.name.textContent;
  }

  get kind() {
    return this.slots.kind.textContent;
  }

  get isUnseen() {
    return this.node.dataset.reviewState === "unreviewed";
  }

  /** Only where the candidate's page shows warnings. */
  offerWarning() {
    this.warn.hidden = this.attempt === null || !this.context.readsWarnings(this.attempt);
  }

  /** Writes an incident as events and the API carry it. */
  write(payload) {
    const { slots, node } = this;
    const { times, incidentUrl } = this.context;
    this.incident = payload.incident;
    this.attempt = payload.attempt;
    node.dataset.entry = payload.incident;
    node.dataset.attempt = payload.attempt ?? "";
    node.dataset.reviewState = payload.review_state;
    node.className = `entry entry-${payload.severity}`;
    slots.kind.textContent = inWords(payload.kind);
    slots.name.textContent = payload.candidate.name;
    slots.severity.textContent = payload.severity;
    slots.severity.className = `badge severity-${payload.severity}`;
    slots.advisory.hidden = !payload.advisory;
    const precision = this.context.precision?.[payload.kind];
    slots.precision.textContent = precision ? `Detector ${precision}` : "";
    slots.explanation.textContent = payload.explanation;
    slots.review.textContent = inWords(payload.review_state);
    slots.review.className = `badge state-${payload.review_state}`;
    slots["review-link"].href = `${incidentUrl}${payload.incident}/review/`;
    slots.times.textContent = this.timesInWords(payload, times);
    this.offerWarning();
    this.acknowledge.hidden = payload.review_state !== "unreviewed";
    this.nameButtons();
    this.writePictures(payload.evidence ?? []);
    this.writeSounds(payload.sounds ?? []);
    writeScreens(slots.screens, payload, { name: this.name, clock: (at) => times.clock(at) });
  }

  /** The newest recordings, as players that the server draws; one that is being listened to stays. */
  async writeSounds(sounds) {
    const list = this.slots.sounds;
    const wanted = sounds.slice(-SOUNDS).map(({ id }) => id);
    const present = () => new Set([...list.children].map((each) => Number(each.dataset.sound)));
    const sayMore = () => {
      const more = sounds.length - present().size;
      this.slots["more-sounds"].textContent = more > 0 ? `${more} more recording${more === 1 ? "" : "s"} in the review` : "";
    };
    if (wanted.every((id) => present().has(id))) return sayMore();
    let part;
    try {
      part = await getPage(`${this.context.incidentUrl}${this.incident}/sounds/`);
    } catch {
      this.slots["more-sounds"].textContent = "New recordings cannot be loaded now; they are in the review.";
      return undefined;
    }
    const page = new DOMParser().parseFromString(part, "text/html");
    for (const player of page.querySelectorAll("clip-player")) {
      const id = Number(player.dataset.sound);
      if (wanted.includes(id) && !present().has(id)) list.append(document.importNode(player, true));
    }
    for (const player of [...list.children]) {
      const isInUse = player.contains(document.activeElement) || !player.querySelector("audio").paused;
      if (!wanted.includes(Number(player.dataset.sound)) && !isInUse) player.remove();
    }
    return sayMore();
  }

  timesInWords(payload, times) {
    const end = payload.ended_at ? ` to ${times.clock(payload.ended_at)}` : ", going on";
    const again = payload.repeats ? `, came back ${payload.repeats} time${payload.repeats === 1 ? "" : "s"}` : "";
    return `${times.clock(payload.started_at)}${end}${again}`;
  }

  /** Buttons say whom they are about, for those who hear them out of their place. */
  nameButtons() {
    const about = `${this.kind}, ${this.name}`;
    for (const control of this.node.querySelectorAll("[data-entry-act], [data-slot='review-link']")) {
      control.setAttribute("aria-label", `${control.textContent.trim()}: ${about}`);
    }
  }

  /** Pictures once shown stay: each further one loaded is a look at evidence, and logged as one. */
  writePictures(evidence) {
    const present = new Map();
    for (const button of this.slots.pictures.children) present.set(Number(button.dataset.evidence), button);
    const shown = choose(evidence, new Set(present.keys()));
    for (const each of shown) this.slots.pictures.append(present.get(each.id) ?? this.picture(each));
    const more = evidence.length - shown.length;
    this.slots.more.textContent = more > 0 ? `${more} more picture${more === 1 ? "" : "s"} in the review` : "";
  }

  picture({ id, url, captured_at: capturedAt }) {
    const button = document.createElement("button");
    const image = new Image(72, 54);
    button.type = "button";
    button.className = "entry-picture";
    button.dataset.evidence = id;
    image.loading = "lazy";
    image.alt = `${this.name} at ${this.context.times.clock(capturedAt)}`;
    image.src = url;
    button.setAttribute("aria-label", `Enlarge the picture of ${image.alt}`);
    button.append(image);
    return button;
  }

  get pictures() {
    return [...this.slots.pictures.children].map((button) => {
      const image = button.querySelector("img");
      return { id: Number(button.dataset.evidence), url: image.src, alt: image.alt };
    });
  }

  showProblem(text) {
    this.slots.problem.textContent = text;
    this.slots.problem.hidden = !text;
  }
}

export function inWords(name) {
  return name.replaceAll("_", " ");
}

/** Up to PICTURES of the evidence, in its order: those already shown, filled up with the newest. */
function choose(evidence, present) {
  if (present.size === 0) return spread(evidence, PICTURES);
  const further = evidence.filter((each) => !present.has(each.id)).slice(-PICTURES);
  const room = Math.max(0, PICTURES - present.size);
  const wanted = new Set([...present, ...further.slice(further.length - room).map((each) => each.id)]);
  return evidence.filter((each) => wanted.has(each.id));
}

function spread(items, most) {
  if (items.length <= most) return items;
  const step = (items.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, number) => items[Math.round(number * step)]);
}
