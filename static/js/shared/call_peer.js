// One two-way connection between two browsers: sound, and picture where both want it, in both directions at once.
//
//   const peer = new CallPeer({ isOfferer, kinds, send, join });   // one side is the offerer, the other is not
//   peer.setTrack("audio", track);          // a running track, or null: nothing of that kind is sent. At any time.
//   peer.addEventListener("state", …);      // detail {state, code}, see STATES
//   peer.addEventListener("remote", …);     // detail {stream, sound, picture}: what to play, what the other sends now
//   await peer.start();                     // from now on it looks for the other side
//   await peer.take(message);               // what the other side's `send` was given, in its order
//   peer.nudge();                           // the way for messages was away and is back
//   peer.close();                           // nothing is sent or said after it; the tracks go on, they are the caller's
//
// `send(message)` carries one of: hello {}, ready {link}, offer {link, sdp}, answer {link, sdp},
// ice {link, candidate:{candidate, sdpMid, sdpMLineIndex}}, media {sound, picture}; each has its name as `t`.
// `link` matches [0-9a-z]{1,40}. Messages may be lost, repeated or late: the two sides ask again until they are
// connected. The answerer names each connection (`ready`), the offerer offers once for each name: so offers never
// meet, and whatever belongs to an older connection is ignored. When a connection breaks, or the other page was
// loaded again, a new one is made; the caller only hears "broken" and then "connected".
// `kinds` ("audio", "video") is what the offerer makes room for; both sides turn their own tracks on and off
// without a new round. `join`: {ice_servers, relay_only} as the server gives it (proctoring/meetings/turn.py).

/** "waiting" for the other page, "connecting", "connected", "broken" (tries again), "failed" (gave up), "closed". */
export const STATES = ["waiting", "connecting", "connected", "broken", "failed", "closed"];

const NUDGE_MS = 4000;
const PATIENCE_MS = 12000;
/** A flicker of the network mends by itself; a new connection costs half a second of silence. */
const FLICKER_MS = 5000;
const MOST_TRIES = 8;
/** A face that speaks needs no more, and the exam's own traffic comes first. */
const MOST_VIDEO_BITS = 600e3;

export class CallPeer extends EventTarget {
  /** `makePeer(configuration)`: an RTCPeerConnection; `makeStream()`: a MediaStream. For tests. */
  constructor({ isOfferer, kinds = ["audio"], send, join, makePeer, makeStream }) {
    super();
    Object.assign(this, { isOfferer, kinds, send, join });
    this.makePeer = makePeer ?? ((configuration) => new RTCPeerConnection(configuration));
    this.makeStream = makeStream ?? (() => new MediaStream());
    this.tracks = { audio: null, video: null };
    this.heard = { sound: false, picture: false };
    Object.assign(this, { link: null, peer: null, stream: null, ways: [], tries: 0, state: null });
  }

  async start() {
    if (this.state !== null) return;
    this.#become("waiting");
    this.#call();
    this.#wait();
  }

  async setTrack(kind, track) {
    this.tracks[kind] = track;
    if (this.state === null || this.#isOver) return;
    await this.#guarded(this.peer, () => this.#sender(kind)?.replaceTrack(track));
    this.#sayMedia();
  }

  async take({ t, ...message }) {
    if (this.state === null || this.#isOver) return;
    if (t === "media") this.#hear(message);
    else if (t === "hello" && !this.isOfferer) this.#welcome();
    else if (t === "ready" && this.isOfferer) await this.#offer(message.link);
    else if (message.link !== this.link) return; // of a connection that is gone
    else if (t === "offer" && !this.isOfferer) await this.#answer(message.sdp);
    else if (t === "answer" && this.isOfferer) await this.#settle(message.sdp);
    else if (t === "ice") await this.#guarded(this.peer, () => this.#addWay(message.candidate));
  }

  nudge() {
    if (this.state !== null && !this.#isOver && this.state !== "connected") this.#call();
  }

  close() {
    if (this.state === "closed") return;
    clearTimeout(this.waiting);
    this.#become("closed");
    this.#drop();
  }

  /** What the browser measured of the present connection (an RTCStatsReport), or null. */
  async stats() {
    return this.peer ? this.peer.getStats() : null;
  }

  get #isOver() {
    return this.state === "failed" || this.state === "closed";
  }

  /** Asks for a connection, in the way of this side; asked again, the other side does nothing twice. */
  #call() {
    if (this.isOfferer) this.send({ t: "hello" });
    else this.#welcome();
  }

  /** The offerer is wanted, or there anew. A name for which no offer has come is still good. */
  #welcome() {
    if (this.link === null || this.peer) {
      this.#drop();
      this.link = makeName();
    }
    this.send({ t: "ready", link: this.link });
  }

  async #offer(link) {
    if (link === this.link) {
      // The offer may have been lost.
      if (this.peer?.signalingState === "have-local-offer") this.#sayDescription("offer");
      return;
    }
    const peer = this.#make(link);
    await this.#guarded(peer, async () => {
      for (const kind of this.kinds) await this.#fill(peer.addTransceiver(kind, { direction: "sendrecv" }), kind);
      await peer.setLocalDescription(await peer.createOffer());
      this.#sayDescription("offer", peer);
    });
  }

  async #answer(sdp) {
    if (this.peer) {
      // The same offer again: the answer may have been lost.
      if (this.peer.localDescription) this.#sayDescription("answer");
      return;
    }
    const peer = this.#make(this.link);
    await this.#guarded(peer, async () => {
      await peer.setRemoteDescription({ type: "offer", sdp });
      for (const each of peer.getTransceivers()) {
        each.direction = "sendrecv";
        await this.#fill(each, each.receiver.track.kind);
      }
      await peer.setLocalDescription(await peer.createAnswer());
      this.#sayDescription("answer", peer);
      await this.#addWays(peer);
    });
  }

  async #settle(sdp) {
    const { peer } = this;
    if (peer?.signalingState !== "have-local-offer") return; // the same answer again
    await this.#guarded(peer, async () => {
      await peer.setRemoteDescription({ type: "answer", sdp });
      await this.#addWays(peer);
    });
  }

  async #fill({ sender }, kind) {
    await sender.replaceTrack(this.tracks[kind]);
    if (kind !== "video") return;
    const parameters = sender.getParameters();
    if (!parameters.encodings?.length) parameters.encodings = [{}];
    parameters.encodings[0].maxBitrate = MOST_VIDEO_BITS;
    await sender.setParameters(parameters);
  }

  #sayDescription(t, peer = this.peer) {
    if (this.peer !== peer) return;
    this.send({ t, link: this.link, sdp: peer.localDescription.sdp });
    this.#sayMedia();
  }

  #make(link) {
    // Ways that came before the offer itself stay.
    const early = link === this.link ? this.ways : [];
    this.#drop();
    const { ice_servers: iceServers, relay_only: isRelayed } = this.join;
    const peer = this.makePeer({ iceServers, iceTransportPolicy: isRelayed ? "relay" : "all" });
    Object.assign(this, { peer, link, ways: early, madeAt: performance.now(), stream: this.makeStream() });
    this.tries += 1;
    this.#follow(peer);
    if (this.state === "waiting") this.#become("connecting");
    return peer;
  }

  #follow(peer) {
    const isOurs = () => this.peer === peer;
    peer.addEventListener("track", ({ track }) => {
      if (!isOurs()) return;
      this.stream.addTrack(track);
      this.#tellRemote();
    });
    peer.addEventListener("icecandidate", ({ candidate }) => {
      if (!candidate || !isOurs()) return;
      const { candidate: line, sdpMid, sdpMLineIndex } = candidate;
      this.send({ t: "ice", link: this.link, candidate: { candidate: line, sdpMid, sdpMLineIndex } });
    });
    peer.addEventListener("connectionstatechange", () => {
      if (!isOurs()) return;
      const { connectionState: now } = peer;
      if (now === "connected") this.#arrive();
      else if (now === "disconnected") this.brokeAt ??= performance.now();
      else if (now === "failed") this.#repair();
    });
  }

  #arrive() {
    this.tries = 0;
    this.brokeAt = null;
    this.#sayMedia();
    this.#become("connected");
    this.#tellRemote();
  }

  #wait() {
    this.waiting = setTimeout(() => this.#look(), NUDGE_MS);
  }

  /** Looks now and then whether something has to be said again. */
  #look() {
    if (this.#isOver) return;
    const now = performance.now();
    if (this.state === "connected") {
      if (this.brokeAt !== null && now - this.brokeAt >= FLICKER_MS) this.#repair();
    } else if (!this.peer) this.#call();
    else if (now - this.madeAt >= PATIENCE_MS) this.#repair();
    if (!this.#isOver) this.#wait();
  }

  #repair() {
    const isHopeless = this.tries >= MOST_TRIES;
    this.#become(isHopeless ? "failed" : "broken", isHopeless ? "no_way" : "");
    this.#drop();
    if (!isHopeless) this.#call();
  }

  /** Ways to the other side may come before its description. */
  async #addWay(way) {
    if (this.ways) this.ways.push(way);
    else if (this.peer) await this.peer.addIceCandidate(way);
  }

  async #addWays(peer) {
    const { ways } = this;
    this.ways = null;
    for (const way of ways ?? []) await peer.addIceCandidate(way);
  }

  #sender(kind) {
    return this.peer?.getTransceivers().find(({ receiver }) => receiver.track.kind === kind)?.sender;
  }

  #sayMedia() {
    const { audio, video } = this.tracks;
    this.send({ t: "media", sound: audio !== null, picture: video !== null && this.#hasRoomFor("video") });
  }

  #hasRoomFor(kind) {
    return this.isOfferer ? this.kinds.includes(kind) : !this.peer || Boolean(this.#sender(kind));
  }

  #hear({ sound, picture }) {
    this.heard = { sound, picture };
    this.#tellRemote();
  }

  #drop() {
    const { peer } = this;
    Object.assign(this, { peer: null, stream: null, link: null, ways: [], brokeAt: null });
    peer?.close();
    if (this.state === "connected") this.#become("broken");
  }

  async #guarded(peer, work) {
    try {
      await work();
    } catch (error) {
      if (this.peer !== peer || this.#isOver) return; // of a connection that is gone
      console.warn("call:", error.name);
      this.#repair();
    }
  }

  #become(state, code = "") {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, code } }));
  }

  #tellRemote() {
    if (!this.stream) return;
    this.dispatchEvent(new CustomEvent("remote", { detail: { stream: this.stream, ...this.heard } }));
  }
}

function makeName() {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return `${high.toString(36)}x${low.toString(36)}`;
}
