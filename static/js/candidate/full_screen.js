// Full screen where the exam asks for it: a button, and what is noted when it is left. Nothing where it cannot be.

/** `note(kind, more)` hears when full screen is left and, with `count` 0, for how long. */
export class FullScreen {
  constructor({ section, note, excuses, now = () => performance.now() }) {
    Object.assign(this, { note, excuses, now });
    this.part = section.querySelector("[data-full-screen]");
    this.button = this.part.querySelector("button");
    this.words = this.part.querySelector("[data-full-screen-words]");
    this.leftAt = null;
    this.isActive = true;
  }

  listen() {
    this.part.hidden = false;
    if (!document.fullscreenEnabled) {
      this.button.hidden = true;
      this.words.textContent = "This exam asks for full screen, which this browser cannot do. You need not do anything.";
      return;
    }
    this.button.addEventListener("click", () => this.#enter());
    document.addEventListener("fullscreenchange", () => this.#changed());
    this.#show();
  }

  /** The attempt is over or paused: leaving is of no interest. */
  stop() {
    this.isActive = false;
  }

  start() {
    this.isActive = true;
  }

  async #enter() {
    try {
      await document.documentElement.requestFullscreen();
    } catch {
      this.words.textContent = "The browser did not go into full screen. Your exam goes on; you can try again.";
    }
  }

  #changed() {
    const isFull = document.fullscreenElement !== null;
    const { leftAt } = this;
    if (isFull && leftAt !== null) {
      const ago = this.now() - leftAt;
      this.note("full_screen_left", { ago, seconds: Math.round(ago / 1000), count: 0 });
    }
    this.leftAt = null;
    if (!isFull && this.isActive && !this.excuses.holds) {
      this.leftAt = this.now();
      this.note("full_screen_left");
    }
    this.#show();
  }

  #show() {
    const isFull = document.fullscreenElement !== null;
    this.button.hidden = isFull;
    this.words.textContent = isFull
      ? "Full screen is on. The Escape key leaves it."
      : "This exam asks you to work in full screen.";
  }
}
