// The candidate's whole screen, shared in the browser: asks for it, refuses less, notices when it ends.

/** The browser's own question waits for ever where it cannot be shown. */
const PATIENCE_MS = 120000;
const MUTED_AFTER_MS = 2000;
const WISHES = {
  video: { displaySurface: "monitor", frameRate: { max: 10 } },
  audio: false,
  monitorTypeSurfaces: "include",
  selfBrowserSurface: "exclude",
  surfaceSwitching: "exclude",
};
const WORDS = {
  window: "That is a window or a tab, not the whole screen, so it was not taken. Please try again and choose the entire screen.",
  denied: "Your browser did not share the screen: it was cancelled, or it is not allowed to. Please try again.",
  none: "This device or browser cannot share a screen. Phones and tablets cannot; on a computer, use a current Chrome, Edge, Firefox or Safari.",
  late: "Your browser did not answer. Please try again; if it happens once more, load the page again.",
  failed: "The screen could not be shared. On a Mac, allow your browser to record the screen in the system settings, then start the browser again.",
  ended: "Sharing your screen has ended.",
  silent: "Your shared screen gives no picture.",
};

/**
 * `state`: "off", "asking", "ok", "window" (less than the screen was chosen, and refused), "denied", "none" (not
 * possible here), "failed", "ended". `surface`: "monitor", or "unknown" where the browser does not tell what is
 * shared: then a person has to look. Event "state" {state, text}.
 */
export class ScreenShare extends EventTarget {
  constructor({ media = globalThis.navigator?.mediaDevices, patienceMs = PATIENCE_MS } = {}) {
    super();
    Object.assign(this, { media, patienceMs });
    this.state = "off";
    this.text = "";
    this.surface = "";
    this.stream = null;
    this.asking = 0;
  }

  get isPossible() {
    return typeof this.media?.getDisplayMedia === "function";
  }

  get track() {
    return this.state === "ok" ? (this.stream?.getVideoTracks()[0] ?? null) : null;
  }

  /** Must be called from a click: browsers want one. Resolves to true when the whole screen is shared. */
  async ask() {
    if (!this.isPossible) return this.#become("none", WORDS.none);
    this.asking += 1;
    const mine = this.asking;
    this.#release();
    this.#become("asking", "");
    const given = this.media.getDisplayMedia(WISHES);
    // An answer that comes when nobody waits any more: nothing may go on being shared unseen.
    given.then((stream) => mine !== this.asking && stopAll(stream), () => {});
    let stream;
    try {
      stream = await orLate(given, this.patienceMs);
    } catch (error) {
      if (mine !== this.asking) return false;
      return this.#fail(error);
    }
    if (mine !== this.asking) return false;
    return this.#take(stream);
  }

  /** Stops sharing for good. */
  stop() {
    this.asking += 1;
    this.#release();
    this.#become("off", "");
  }

  #take(stream) {
    const [track] = stream.getVideoTracks();
    const surface = track?.getSettings().displaySurface ?? "unknown";
    if (!track || !["monitor", "unknown"].includes(surface)) {
      stopAll(stream);
      return this.#become("window", WORDS.window);
    }
    Object.assign(this, { stream, surface });
    track.contentHint = "detail";
    this.#watch(track);
    return this.#become("ok", "");
  }

  #watch(track) {
    const isOurs = () => this.stream?.getVideoTracks()[0] === track;
    const lose = (text) => {
      if (!isOurs()) return;
      this.#release();
      this.#become("ended", text);
    };
    track.addEventListener("ended", () => lose(WORDS.ended));
    track.addEventListener("mute", () => setTimeout(() => track.muted && lose(WORDS.silent), MUTED_AFTER_MS));
  }

  #fail(error) {
    this.asking += 1; // an answer that is late is turned away
    if (error === LATE) return this.#become("failed", WORDS.late);
    if (error.name === "NotAllowedError" || error.name === "AbortError") return this.#become("denied", WORDS.denied);
    return this.#become("failed", WORDS.failed);
  }

  #release() {
    if (this.stream) stopAll(this.stream);
    Object.assign(this, { stream: null, surface: "" });
  }

  #become(state, text) {
    Object.assign(this, { state, text });
    this.dispatchEvent(new CustomEvent("state", { detail: { state, text } }));
    return state === "ok";
  }
}

/** What to choose in the browser's own question, which looks different in each. */
export function helpFor(agent) {
  if (/Firefox\//.test(agent)) return "Firefox opens a list: choose “Use entire screen”, then “Allow”.";
  if (/Edg\//.test(agent)) return "Edge asks what to share: choose “Entire screen”, click the picture of your screen, then “Share”.";
  if (/Chrome\//.test(agent)) return "Your browser asks what to share: choose “Entire screen”, click the picture of your screen, then “Share”.";
  if (/Safari\//.test(agent)) return "Safari asks: choose to share the entire screen, and allow it.";
  return "Your browser asks what to share: choose the entire screen.";
}

const LATE = new Error("no answer");

function orLate(promise, patienceMs) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(LATE), patienceMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function stopAll(stream) {
  for (const track of stream.getTracks()) track.stop();
}
