// What the page notes of the browser during the exam, and only what the candidate's notice named.

import { AwaySpans } from "./away_spans.js";
import { EventCourier } from "./event_courier.js";
import { EventQueue } from "./event_queue.js";
import { Excuses } from "./excuses.js";
import { FullScreen } from "./full_screen.js";
import { NotedPanel } from "./noted_panel.js";
import { PageClipboard } from "./page_clipboard.js";
import { PageSignals } from "./page_signals.js";

const TICK_MS = 1000;
/** While the clock runs; what is done in a pause is nobody's business. */
const WATCHED = ["in_progress", "overdue"];
/** The page opens its camera, and the browser may ask. */
const OPENING_MS = 5000;

export class BrowserEvents {
  /** `told`: {session, url, kinds: {kind: {label, notes, blocks, times}}, full_screen}; `socket`: ExamSocket. */
  constructor({ told, section, socket }) {
    this.kinds = told.kinds;
    this.isActive = false;
    this.isListening = false;
    this.section = section;
    this.queue = new EventQueue({ session: told.session, storage: storage() });
    this.courier = new EventCourier({ queue: this.queue, socket, url: told.url });
    this.panel = new NotedPanel(section, told.kinds);
    this.excuses = new Excuses();
    const note = (kind, more) => this.note(kind, more);
    this.away = new AwaySpans({ note, isExcused: () => this.excuses.holds });
    this.signals = new PageSignals({ note, wants: (kind) => this.kinds[kind]?.notes ?? false });
    this.clipboard = new PageClipboard({
      note,
      blocks: (kind) => this.isActive && (this.kinds[kind]?.blocks ?? false),
      tell: (sentence) => this.panel.say(sentence),
    });
    if (told.full_screen) this.fullScreen = new FullScreen({ section, note, excuses: this.excuses });
    this.courier.addEventListener("notes", ({ detail }) => detail.forEach((each) => this.panel.show(each)));
  }

  /** Begins when this tab holds the attempt; rests in pauses. */
  listen() {
    this.excuses.excuse(OPENING_MS);
    this.isActive = true;
    if (this.isListening) return;
    this.isListening = true;
    this.excuses.listen();
    this.#followFocus();
    document.addEventListener("attempt:moved", ({ detail }) => this.#become(WATCHED.includes(detail.state)));
    document.addEventListener("attempt:lost", () => this.#become(false));
    document.addEventListener("attempt:over", () => this.#become(false));
    this.signals.listen();
    this.clipboard.listen();
    this.fullScreen?.listen();
    if (!this.queue.isEmpty) this.courier.wake();
  }

  /** The agreement was withdrawn: nothing more is noted. */
  stop() {
    this.kinds = {};
    this.isActive = false;
    this.section.hidden = true;
  }

  /** Also for a microphone: whatever is a MediaDevice. */
  followCapture(device) {
    this.signals.followCapture(device);
  }

  note(kind, more) {
    if (!this.isActive || !this.kinds[kind]?.notes) return;
    this.queue.add(kind, more);
    this.courier.wake();
  }

  #become(isActive) {
    if (this.isActive && !isActive) this.away.finish();
    this.isActive = isActive;
    if (isActive) this.fullScreen?.start();
    else this.fullScreen?.stop();
  }

  #followFocus() {
    const look = () => this.isActive && this.away.set(document.hidden, !document.hasFocus());
    // A frame of the exam (a document, a film) that takes the keys leaves the document with the focus.
    const lookSoon = () => setTimeout(look, 0);
    document.addEventListener("visibilitychange", look);
    window.addEventListener("blur", lookSoon);
    window.addEventListener("focus", look);
    window.addEventListener("pagehide", () => {
      this.away.finish();
      this.courier.sendLast();
    });
    setInterval(() => {
      look();
      this.away.tick();
    }, TICK_MS);
  }
}

/** Null where the page notes nothing. */
export function openBrowserEvents(socket) {
  const told = JSON.parse(document.getElementById("browser-events-told")?.textContent ?? "null");
  if (told === null) return null;
  return new BrowserEvents({ told, section: document.getElementById("noted"), socket });
}

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
