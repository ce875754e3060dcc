// Sends camera and microphone from browser to browser: one connection to each page that watches.

import { LEVELS, SCREEN } from "./live_levels.js";

const AGAIN_MS = 3000;
const MOST_TRIES = 5;

/** A way of sending; what each of them promises: `live_senders.js`. */
export class PeerSender {
  constructor(page) {
    this.page = page;
    this.calls = 0;
  }

  isServing(watcher) {
    return Boolean(watcher.peer);
  }

  async begin(watcher) {
    this.calls += 1;
    watcher.call = `${this.calls}x${Math.random().toString(36).slice(2, 10)}`;
    watcher.waiting = [];
    if (!this.page.camera()) {
      this.page.say(watcher, "failed", { code: "no_camera" });
      return;
    }
    const { ice_servers: iceServers, relay_only: isRelayed } = watcher.join;
    const peer = this.page.makePeer({ iceServers, iceTransportPolicy: isRelayed ? "relay" : "all" });
    watcher.peer = peer;
    this.#followPeer(watcher, peer);
    watcher.video = this.#addSender(peer, "video", watcher.level);
    // Offered even while silent, so that sound begins without another round.
    watcher.audio = this.page.microphone() ? this.#addSender(peer, "audio") : null;
    // The same for the screen: where the exam asks for it, it may come later, and go.
    watcher.screen = this.page.screen ? peer.addTransceiver("video", { direction: "sendonly", sendEncodings: [{ ...SCREEN }] }) : null;
    await this.#whileOurs(watcher, () => this.#describe(watcher, peer));
    if (watcher.peer !== peer) return;
    // Before the offer, so that the other side knows which picture is the screen when it comes.
    this.#tellScreen(watcher);
    this.page.say(watcher, "offer", { call: watcher.call, sdp: peer.localDescription.sdp, sound: watcher.audio !== null });
    if (this.page.isHeld()) this.page.say(watcher, "held", { on: true });
  }

  async #describe(watcher, peer) {
    await this.#replaceTracks(watcher);
    await this.#applyLevel(watcher);
    await peer.setLocalDescription(await peer.createOffer());
  }

  /** Trap: asked twice, the first connection is closed while it is still being made; its failure is nobody's. */
  async #whileOurs(watcher, work) {
    const { peer } = watcher;
    try {
      await work();
    } catch (error) {
      if (watcher.peer === peer) throw error;
    }
  }

  async take(watcher, t, { call, sdp, candidate }) {
    if (call !== watcher.call) return; // of a connection that is gone
    if (t === "answer") await this.#answered(watcher, sdp);
    else if (t === "ice") await this.#addWay(watcher, candidate);
  }

  async change(watcher) {
    // The microphone came later than the offer: only a new one can name it.
    if (watcher.sound && watcher.peer && !watcher.audio && this.page.microphone()) {
      this.end(watcher);
      await this.begin(watcher);
      return;
    }
    await this.#whileOurs(watcher, async () => {
      await this.#replaceTracks(watcher);
      await this.#applyLevel(watcher);
    });
  }

  refresh(watcher) {
    return this.#whileOurs(watcher, () => this.#replaceTracks(watcher));
  }

  async #replaceTracks(watcher) {
    const { video, audio, sound } = watcher;
    const isHeld = this.page.isHeld();
    const wanted = { video: isHeld ? null : this.page.camera(), audio: isHeld || !sound ? null : this.page.microphone() };
    if (video && video.track !== wanted.video) await video.replaceTrack(wanted.video);
    if (audio && audio.track !== wanted.audio) await audio.replaceTrack(wanted.audio);
    await this.#refreshScreen(watcher);
  }

  /** The screen goes to who looks at this candidate closely, never to a tile. */
  async #refreshScreen(watcher) {
    const { screen, level } = watcher;
    if (!screen) return;
    const wanted = this.page.isHeld() || level !== "full" ? null : this.page.screen();
    if (screen.sender.track === wanted) return;
    await screen.sender.replaceTrack(wanted);
    if (watcher.peer?.localDescription) this.#tellScreen(watcher);
  }

  #tellScreen(watcher) {
    const { screen, call } = watcher;
    if (screen?.mid) this.page.say(watcher, "screen", { call, mid: screen.mid, on: screen.sender.track !== null });
  }

  /** The tracks go on: they are the exam's. */
  end(watcher) {
    clearTimeout(watcher.timer);
    const { peer } = watcher;
    Object.assign(watcher, { peer: null, video: null, audio: null, screen: null });
    peer?.close();
  }

  #addSender(peer, kind, level) {
    const options = { direction: "sendonly" };
    if (kind === "video") options.sendEncodings = [{ ...LEVELS[level] }];
    return peer.addTransceiver(kind, options).sender;
  }

  #followPeer(watcher, peer) {
    peer.addEventListener("icecandidate", ({ candidate }) => {
      if (!candidate || watcher.peer !== peer) return;
      const { candidate: line, sdpMid, sdpMLineIndex } = candidate;
      this.page.say(watcher, "ice", { call: watcher.call, candidate: { candidate: line, sdpMid, sdpMLineIndex } });
    });
    peer.addEventListener("connectionstatechange", () => {
      if (watcher.peer !== peer) return;
      if (peer.connectionState === "connected") watcher.tries = 0;
      if (peer.connectionState === "failed") this.#tryAgain(watcher);
    });
  }

  #tryAgain(watcher) {
    this.end(watcher);
    watcher.tries += 1;
    if (watcher.tries > MOST_TRIES) {
      this.page.say(watcher, "failed", { code: "no_way" });
      return;
    }
    const again = () => this.page.isWatching(watcher) && !watcher.peer && this.page.guard(watcher, () => this.begin(watcher));
    watcher.timer = setTimeout(again, AGAIN_MS * watcher.tries);
  }

  async #answered(watcher, sdp) {
    await watcher.peer.setRemoteDescription({ type: "answer", sdp });
    const { waiting } = watcher;
    watcher.waiting = null;
    for (const candidate of waiting ?? []) await watcher.peer.addIceCandidate(candidate);
  }

  /** Ways to the other side may come before its answer. */
  async #addWay(watcher, candidate) {
    if (watcher.waiting) watcher.waiting.push(candidate);
    else await watcher.peer?.addIceCandidate(candidate);
  }

  async #applyLevel({ video, level }) {
    if (!video) return;
    const parameters = video.getParameters();
    if (!parameters.encodings?.length) parameters.encodings = [{}];
    Object.assign(parameters.encodings[0], LEVELS[level]);
    // Otherwise the browser makes the picture smaller at random moments.
    parameters.degradationPreference = "maintain-resolution";
    await video.setParameters(parameters);
  }
}
