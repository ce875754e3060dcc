// One pane of the stage: the picture, film or recording of one track that is nearest to a moment.

/** Further apart than this, a film or recording is set to the playhead. */
const DRIFT_S = 0.8;
/** Never three changes of the picture a second (WCAG 2.3.1). */
const LEAST_MS = 500;
/** A piece that is gone is not asked for again and again. */
const AGAIN_MS = 60_000;
const GONE = "This piece of evidence cannot be loaded now. Load the page again.";

export class Pane {
  /** `root`: the figure; `nothing`: what it says where nothing was kept; `say(sentence)` tells problems. */
  constructor(root, nothing, links, say) {
    Object.assign(this, { root, nothing, links, say });
    this.slots = {};
    for (const slot of root.querySelectorAll("[data-slot]")) this.slots[slot.dataset.slot] = slot;
    this.item = undefined;
    this.shownAt = 0;
    this.triedAt = new Map();
    for (const media of this.#media()) media.addEventListener("error", () => media.getAttribute("src") && this.#renew());
  }

  /** Shows `item` (or nothing) at `moment`; `playing`: {speed} while the playhead runs, else null. */
  show(item, moment, playing) {
    if (item?.id !== this.item?.id || this.item === undefined) {
      // While it runs a picture stays for a moment; what was passed over is in the strip below.
      if (playing && performance.now() - this.shownAt < LEAST_MS) return;
      this.#change(item);
    }
    this.#follow(moment, playing);
  }

  stop() {
    for (const media of this.#timed()) media.pause();
  }

  #change(item) {
    this.stop();
    this.item = item;
    this.shownAt = performance.now();
    for (const media of this.#media()) media.hidden = true;
    this.slots.nothing.hidden = Boolean(item);
    this.slots.nothing.textContent = item ? "" : this.nothing;
    this.slots.words.textContent = item ? `${item.alt} ${item.text}` : "";
    if (item) this.#load();
  }

  #load() {
    const { item } = this;
    const media = this.#shown();
    if (media.tagName === "IMG") media.alt = item.alt;
    else media.setAttribute("aria-label", item.alt);
    if (media.getAttribute("src") !== item.url) media.src = item.url;
    media.hidden = false;
  }

  #follow(moment, playing) {
    const media = this.item ? this.#shown() : null;
    if (!media || media.tagName === "IMG") return;
    const place = moment - this.item.at;
    const isInside = place >= 0 && place < this.item.seconds;
    if (!playing || !isInside) {
      media.pause();
      // Nothing is loaded for a recording that is only passed by: each opening is logged.
      if (isInside && (media.tagName === "VIDEO" || media.readyState > 0)) this.#seek(media, place, 0.05);
      return;
    }
    media.playbackRate = playing.speed;
    this.#seek(media, place, DRIFT_S * playing.speed);
    if (media.paused) media.play().catch((error) => error.name === "NotAllowedError" && this.say("Press Play once more."));
  }

  #seek(media, place, drift) {
    if (media.preload === "none") media.preload = "auto";
    if (Math.abs(media.currentTime - place) > drift) media.currentTime = place;
  }

  /** Links live for minutes: a piece that no longer loads gets a fresh one. */
  async #renew() {
    const { item } = this;
    const now = performance.now();
    if (!item) return;
    if (now - (this.triedAt.get(item.id) ?? -AGAIN_MS) < AGAIN_MS) {
      this.say(GONE);
      return;
    }
    this.triedAt.set(item.id, now);
    try {
      if (!(await this.links.renew(item))) this.say(GONE);
      else if (this.item === item) this.#load();
    } catch (error) {
      this.say(error.detail ?? GONE);
    }
  }

  #shown() {
    if (this.slots.sound) return this.slots.sound;
    return this.item.seconds ? this.slots.film : this.slots.picture;
  }

  #media() {
    return [this.slots.picture, ...this.#timed()].filter(Boolean);
  }

  #timed() {
    return [this.slots.film, this.slots.sound].filter(Boolean);
  }
}
