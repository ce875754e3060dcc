// Sends camera and microphone to Janus once, whoever watches, in a small and, while somebody wants it, a large picture.

import { isPutOut, JanusSession } from "../shared/janus_session.js";
import { LEVELS } from "./live_levels.js";

/** A way of sending; what each of them promises: `live_senders.js`. Who watches asks again when it has failed. */
export class JanusSender {
  constructor(page, { openSession = JanusSession.open } = {}) {
    Object.assign(this, { page, openSession, sending: null, calls: 0 });
  }

  isServing(watcher) {
    return Boolean(this.sending && watcher.isServed);
  }

  async begin(watcher) {
    if (!this.page.camera()) {
      this.page.say(watcher, "failed", { code: "no_camera" });
      return;
    }
    watcher.isServed = true;
    if (this.sending?.isReady && this.sending.peer.connectionState !== "connected") this.#close();
    if (!this.sending) {
      await this.#publish(watcher.join);
      return;
    }
    if (this.sending.isReady) this.#announce(watcher);
    await this.change(watcher);
  }

  /** Pages speak to Janus, not to this one. */
  take() {}

  async change() {
    const wantsSound = this.#served().some((each) => each.sound);
    // The microphone came later than the offer: only a new one can name it.
    if (wantsSound && this.sending?.isReady && !this.sending.audio && this.page.microphone()) {
      const { join } = this.sending;
      this.#close();
      await this.#publish(join);
      return;
    }
    await this.refresh();
    await this.#applyLevel();
  }

  async refresh() {
    if (!this.sending) return;
    const { video, audio } = this.sending;
    const isHeld = this.page.isHeld();
    const isHeard = this.#served().some((each) => each.sound);
    const wanted = { video: isHeld ? null : this.page.camera(), audio: isHeld || !isHeard ? null : this.page.microphone() };
    if (video && video.track !== wanted.video) await video.replaceTrack(wanted.video);
    if (audio && audio.track !== wanted.audio) await audio.replaceTrack(wanted.audio);
  }

  end(watcher) {
    watcher.isServed = false;
    if (!this.#served().length) this.#close();
    else this.page.guard(watcher, () => this.change());
  }

  #served() {
    return this.page.watchers().filter((each) => each.isServed);
  }

  async #publish(join) {
    this.calls += 1;
    const sending = { join, call: `${this.calls}x${Math.random().toString(36).slice(2, 10)}` };
    this.sending = sending;
    const isStill = () => this.sending === sending;
    try {
      await this.#enter(sending, isStill);
      if (isStill()) await this.#offer(sending, isStill);
    } catch (error) {
      console.warn("live video:", error.name);
      this.#lose(sending, error.name === "JanusError" ? "live_unavailable" : "browser");
    }
  }

  async #enter(sending, isStill) {
    const { url, tokens } = sending.join;
    const session = await this.openSession(url, tokens.api);
    if (!isStill()) {
      session.close();
      return;
    }
    sending.session = session;
    session.addEventListener("gone", () => this.#lose(sending, "live_unavailable"));
    sending.handle = await session.attach();
    sending.handle.addEventListener("news", ({ detail }) => isPutOut(detail) && this.#lose(sending, "put_out"));
    sending.handle.addEventListener("hangup", () => this.#lose(sending, "no_way_server"));
    // Not the same name again: Janus may not have missed this page's former sending yet.
    const id = `${tokens.name}.${sending.call}`;
    await sending.handle.say({ request: "join", ptype: "publisher", room: tokens.room, token: tokens.entry, id });
  }

  async #offer(sending, isStill) {
    const { ice_servers: iceServers, relay_only: isRelayed } = sending.join;
    const peer = this.page.makePeer({ iceServers, iceTransportPolicy: isRelayed ? "relay" : "all" });
    sending.peer = peer;
    this.#follow(sending, peer);
    const sendEncodings = [
      { rid: "h", ...LEVELS.full },
      { rid: "m", ...LEVELS.thumb },
    ];
    sending.video = peer.addTransceiver("video", { direction: "sendonly", sendEncodings }).sender;
    // Offered even while silent, so that sound begins without another round.
    if (this.page.microphone()) sending.audio = peer.addTransceiver("audio", { direction: "sendonly" }).sender;
    await this.refresh();
    await this.#applyLevel();
    await peer.setLocalDescription(await peer.createOffer());
    if (!isStill()) return;
    const { type, sdp } = peer.localDescription;
    const { jsep } = await sending.handle.say({ request: "configure" }, { type, sdp });
    if (isStill()) await peer.setRemoteDescription(jsep);
  }

  #follow(sending, peer) {
    peer.addEventListener("icecandidate", ({ candidate }) => this.sending === sending && sending.handle.addWay(candidate));
    peer.addEventListener("connectionstatechange", () => {
      if (this.sending !== sending) return;
      if (peer.connectionState === "failed") this.#lose(sending, "no_way_server");
      if (peer.connectionState !== "connected" || sending.isReady) return;
      sending.isReady = true;
      for (const watcher of this.#served()) this.#announce(watcher);
    });
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

  /** The tracks go on: they are the exam's. */
  #close() {
    const { sending } = this;
    this.sending = null;
    sending?.peer?.close();
    sending?.session?.close();
  }
}
