// Live video of the candidate: sends camera and microphone to each page of a proctor that watches, and only then.

const LEVELS = {
  thumb: { maxBitrate: 120e3, maxFramerate: 8, scaleResolutionDownBy: 2 },
  full: { maxBitrate: 900e3, maxFramerate: 15, scaleResolutionDownBy: 1 },
};
const AGAIN_MS = 3000;
const MOST_TRIES = 5;

/**
 * Event "watchers" {count, heard}: how many pages watch now, and whether one of them hears. Whatever goes wrong
 * here is told to the proctor alone: the exam goes on as if nobody had watched.
 */
export class LivePublisher extends EventTarget {
  /**
   * `send(message)`: to the server; `camera()`, `microphone()`: the tracks that run now, or null;
   * `makePeer(configuration)`: an RTCPeerConnection.
   */
  constructor({ send, camera, microphone, makePeer = (configuration) => new RTCPeerConnection(configuration) }) {
    super();
    Object.assign(this, { send, camera, microphone, makePeer });
    this.watchers = new Map();
    this.isHeld = false;
    this.calls = 0;
  }

  /** Whether somebody watches and every one of them has a connection. */
  get isComplete() {
    return this.watchers.size > 0 && [...this.watchers.values()].every((each) => each.peer);
  }

  /** Tells the server that this page can be watched; who watched before asks again. */
  tellReady() {
    if (this.camera()) this.send({ type: "live", t: "here" });
  }

  /** A message of the server about a page that watches. */
  async take({ t, from, ...message }) {
    if (t === "watch") return this.#watch(from, message);
    const watcher = this.watchers.get(from);
    if (!watcher) return undefined;
    if (t === "unwatch") return this.#drop(from);
    if (t === "quality") return this.#setQuality(watcher, message);
    if (message.call !== watcher.call) return undefined; // of a connection that is gone
    return this.#guarded(watcher, () => (t === "answer" ? this.#answered(watcher, message.sdp) : this.#addWay(watcher, message.candidate)));
  }

  /** The camera or microphone is another one now, or gone. */
  async refresh() {
    for (const watcher of this.watchers.values()) await this.#guarded(watcher, () => this.#replaceTracks(watcher));
  }

  /** While the exam is paused nothing is sent, although the connection stays. */
  async hold(isHeld) {
    if (isHeld === this.isHeld) return;
    this.isHeld = isHeld;
    for (const watcher of this.watchers.values()) this.#say(watcher, "held", { on: isHeld });
    await this.refresh();
  }

  /** Nobody watches any more: the exam is over, the agreement was withdrawn, or the other page has the camera. */
  stop() {
    for (const from of [...this.watchers.keys()]) this.#drop(from);
  }

  async #watch(from, { level, sound, join }) {
    const before = this.watchers.get(from);
    if (before) this.#close(before);
    const watcher = before ?? { from, tries: 0 };
    Object.assign(watcher, { level, sound, join });
    this.watchers.set(from, watcher);
    this.#tellWatchers();
    await this.#connect(watcher);
  }

  #connect(watcher) {
    return this.#guarded(watcher, async () => {
      this.calls += 1;
      watcher.call = `${this.calls}x${Math.random().toString(36).slice(2, 10)}`;
      watcher.waiting = [];
      if (!this.camera()) {
        this.#say(watcher, "failed", { code: "no_camera" });
        return;
      }
      const { ice_servers: iceServers, relay_only: isRelayed } = watcher.join;
      const peer = this.makePeer({ iceServers, iceTransportPolicy: isRelayed ? "relay" : "all" });
      watcher.peer = peer;
      this.#followPeer(watcher, peer);
      watcher.video = this.#addSender(peer, "video", watcher.level);
      // Offered even while silent, so that sound begins without another round.
      watcher.audio = this.microphone() ? this.#addSender(peer, "audio") : null;
      await this.#replaceTracks(watcher);
      await this.#applyLevel(watcher);
      await peer.setLocalDescription(await peer.createOffer());
      if (watcher.peer !== peer) return;
      this.#say(watcher, "offer", { call: watcher.call, sdp: peer.localDescription.sdp, sound: watcher.audio !== null });
      if (this.isHeld) this.#say(watcher, "held", { on: true });
    });
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
      this.#say(watcher, "ice", { call: watcher.call, candidate: { candidate: line, sdpMid, sdpMLineIndex } });
    });
    peer.addEventListener("connectionstatechange", () => {
      if (watcher.peer !== peer) return;
      if (peer.connectionState === "connected") watcher.tries = 0;
      if (peer.connectionState === "failed") this.#tryAgain(watcher);
    });
  }

  #tryAgain(watcher) {
    this.#close(watcher);
    watcher.tries += 1;
    if (watcher.tries > MOST_TRIES) {
      this.#say(watcher, "failed", { code: "no_way" });
      return;
    }
    const isStill = () => this.watchers.get(watcher.from) === watcher && !watcher.peer;
    watcher.timer = setTimeout(() => isStill() && this.#connect(watcher), AGAIN_MS * watcher.tries);
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

  async #setQuality(watcher, { level, sound }) {
    Object.assign(watcher, { level, sound });
    this.#tellWatchers();
    // The microphone came later than the offer: only a new one can name it.
    if (sound && watcher.peer && !watcher.audio && this.microphone()) {
      this.#close(watcher);
      await this.#connect(watcher);
      return;
    }
    await this.#guarded(watcher, async () => {
      await this.#replaceTracks(watcher);
      await this.#applyLevel(watcher);
    });
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

  async #replaceTracks({ video, audio, sound }) {
    const wanted = { video: this.isHeld ? null : this.camera(), audio: this.isHeld || !sound ? null : this.microphone() };
    if (video && video.track !== wanted.video) await video.replaceTrack(wanted.video);
    if (audio && audio.track !== wanted.audio) await audio.replaceTrack(wanted.audio);
  }

  async #guarded(watcher, work) {
    try {
      await work();
    } catch (error) {
      console.warn("live video:", error.name);
      this.#close(watcher);
      this.#say(watcher, "failed", { code: "browser" });
    }
  }

  #say(watcher, t, parts) {
    this.send({ type: "live", t, to: watcher.from, ...parts });
  }

  /** The tracks go on: they are the exam's. */
  #close(watcher) {
    clearTimeout(watcher.timer);
    const { peer } = watcher;
    Object.assign(watcher, { peer: null, video: null, audio: null });
    peer?.close();
  }

  #drop(from) {
    const watcher = this.watchers.get(from);
    if (!watcher) return;
    this.watchers.delete(from);
    this.#close(watcher);
    this.#tellWatchers();
  }

  #tellWatchers() {
    const heard = [...this.watchers.values()].some((each) => each.sound);
    this.dispatchEvent(new CustomEvent("watchers", { detail: { count: this.watchers.size, heard } }));
  }
}
