// Receives live video from Janus: camera and sound from one room, the shared screen from another while it is looked at.

import { JanusSession } from "../shared/janus_session.js";
import { JanusVisits } from "./janus_visits.js";

const AGAIN_MS = 5000;

/** A way of receiving; what each of them promises: `live_receivers.js`. */
export class JanusReceiver {
  constructor(call, { openSession = JanusSession.open } = {}) {
    this.call = call;
    this.camera = new JanusVisits({ ...call, begin: () => this.#begin() }, { openSession });
    this.screen = new JanusVisits(
      {
        ...call,
        begin: () => this.#showScreen(null),
        addTrack: (track) => this.#showScreen(track),
        arrive: () => this.track && call.showScreen(true),
        interrupt: () => call.showScreen(false), // a picture that stands still would deceive
        fail: () => this.#loseScreen(),
        level: () => ({ level: "full", sound: false }),
      },
      { openSession },
    );
    this.screenName = null;
  }

  async enter(join) {
    this.close();
    this.join = join;
    await this.camera.enter(join, { room: join.tokens.room, token: join.tokens.entry });
  }

  async take(t, { call: name, on }) {
    if (t === "ready") await this.camera.name(name);
    else if (t === "screen") await this.#noteScreen(on ? name : null);
  }

  async change(wanted) {
    if (wanted.level !== "full") this.#leaveScreen();
    await this.camera.change(wanted);
  }

  close() {
    this.#leaveScreen();
    this.camera.close();
  }

  /** The page forgets all pictures when the camera's begins anew; the screen goes on. */
  #begin() {
    this.call.begin();
    if (this.track) this.#showScreen(this.track);
  }

  /** The candidate's page shares its screen under this name, or, null, not any more. */
  async #noteScreen(name) {
    if (name === null || !this.camera.isIn || this.call.level().level !== "full") {
      this.#leaveScreen();
      return;
    }
    this.screenName = name;
    await this.#comeToScreen();
  }

  async #comeToScreen() {
    const { screen_room: room, screen_entry: token } = this.join.tokens;
    if (!this.screen.isIn) await this.screen.enter(this.join, { room, token });
    await this.screen.name(this.screenName);
  }

  #leaveScreen() {
    clearTimeout(this.timer);
    this.screenName = null;
    this.screen.close();
    this.#showScreen(null);
  }

  #showScreen(track) {
    const had = this.track ?? null;
    this.track = track;
    if (track) this.call.addScreen(track);
    if (track || had) this.call.showScreen(Boolean(track));
  }

  /** The camera may still be seen: only the screen goes, and is tried again. */
  #loseScreen() {
    this.screen.close();
    this.#showScreen(null);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.screenName && this.call.guard(() => this.#comeToScreen()), AGAIN_MS);
  }
}
