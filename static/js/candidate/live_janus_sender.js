// Sends camera and microphone to Janus once, whoever watches, in a small and, while somebody wants it, a large picture.

import { JanusSession } from "../shared/janus_session.js";
import { JanusSending, nameOf } from "./janus_sending.js";
import { JanusScreen } from "./live_janus_screen.js";
import { LEVELS } from "./live_levels.js";

/** A way of sending; what each of them promises: `live_senders.js`. Who watches asks again when it has failed. */
export class JanusSender {
  constructor(page, { openSession = JanusSession.open } = {}) {
    Object.assign(this, { page, openSession, sending: null, calls: 0 });
    this.screen = new JanusScreen(page, { openSession, served: () => this.#served(), mayBegin: () => this.sending?.isReady });
  }

  isServing(watcher) {
    return Boolean(this.sending && watcher.isServed);
  }

  async begin(watcher) {
    if (!this.page.camera()) {
      this.page.say(watcher, "failed", { code: "no_camera" });
      return;
    }
    Object.assign(watcher, { isServed: true, screenCall: null });
    if (this.sending && !this.sending.isUsable) this.#close();
    if (!this.sending) {
      await this.#publish(watcher.join);
      return;
    }
    if (this.sending.isReady) this.#announce(watcher);
    await this.change();
  }

  /** Pages speak to Janus, not to this one. */
  take() {}

  async change() {
    const wantsSound = this.#served().some((each) => each.sound);
    // The microphone came later than the offer: only a new one can name it.
    if (wantsSound && this.sending?.isReady && !this.sending.audio && this.page.microphone()) {
      const before = this.sending;
      this.sending = null; // the screen goes on meanwhile
      before.close();
      await this.#publish(before.join);
      return;
    }
    await this.refresh();
    await this.#applyLevel();
  }

  async refresh() {
    if (!this.sending) return;
    await this.#replaceTracks(this.sending);
    await this.screen.settle();
  }

  end(watcher) {
    Object.assign(watcher, { isServed: false, screenCall: null });
    if (!this.#served().length) this.#close();
    else this.page.guard(watcher, () => this.change());
  }

  #served() {
    return this.page.watchers().filter((each) => each.isServed);
  }

  async #replaceTracks({ video, audio }) {
    const isHeld = this.page.isHeld();
    const isHeard = this.#served().some((each) => each.sound);
    const wanted = { video: isHeld ? null : this.page.camera(), audio: isHeld || !isHeard ? null : this.page.microphone() };
    if (video && video.track !== wanted.video) await video.replaceTrack(wanted.video);
    if (audio && audio.track !== wanted.audio) await audio.replaceTrack(wanted.audio);
  }

  async #publish(join) {
    this.calls += 1;
    const sending = new JanusSending({
      join,
      entry: { room: join.tokens.room, token: join.tokens.entry },
      call: nameOf(this.calls),
      makePeer: this.page.makePeer,
      openSession: this.openSession,
      addTracks: (peer) => this.#addTracks(sending, peer),
      onReady: () => this.#ready(),
      onLost: (code) => this.#lose(sending, code),
    });
    this.sending = sending;
    await sending.open();
  }

  async #addTracks(sending, peer) {
    const sendEncodings = [
      { rid: "h", ...LEVELS.full },
      { rid: "m", ...LEVELS.thumb },
    ];
    sending.video = peer.addTransceiver("video", { direction: "sendonly", sendEncodings }).sender;
    // Offered even while silent, so that sound begins without another round.
    if (this.page.microphone()) sending.audio = peer.addTransceiver("audio", { direction: "sendonly" }).sender;
    await this.#replaceTracks(sending);
    await this.#applyLevel();
  }

  #ready() {
    const served = this.#served();
    for (const watcher of served) this.#announce(watcher);
    if (served.length) this.page.guard(served[0], () => this.screen.settle());
  }

  #announce(watcher) {
    const { call, audio } = this.sending;
    this.page.say(watcher, "ready", { call, sound: Boolean(audio) });
    if (this.page.isHeld()) this.page.say(watcher, "held", { on: true });
  }

  async #applyLevel() {
    const video = this.sending?.video;
    if (!video) return;
    const isLarge = this.#served().some((each) => each.level === "full");
    const parameters = video.getParameters();
    for (const encoding of parameters.encodings) {
      if (encoding.rid === "h") Object.assign(encoding, LEVELS.full, { active: isLarge });
      else Object.assign(encoding, LEVELS.thumb);
    }
    parameters.degradationPreference = "maintain-resolution";
    await video.setParameters(parameters);
  }

  /** It is over, not by this page's wish: who watches is told, and asks again after a while. */
  #lose(sending, code) {
    if (this.sending !== sending) return;
    this.#close();
    for (const watcher of this.#served()) {
      watcher.isServed = false;
      this.page.say(watcher, "failed", { code });
    }
  }

  #close() {
    const { sending } = this;
    this.sending = null;
    this.screen.close();
    sending?.close();
  }
}
