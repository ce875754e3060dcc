// Live video on the proctor's page: asks for candidates, answers their offers, and tries again when nothing comes.

const FIRST_WAIT_MS = 2000;
const MOST_WAIT_MS = 60000;
const PATIENCE_MS = 12000;
/** Trying again helps only once something has changed, which takes its time. */
const SLOW_CODES = new Set(["live_off", "no_consent", "not_running", "own_attempt", "not_found", "withdrawn", "attempt_ended"]);

/**
 * Event "state" {attempt, state, code, stream, canHear}: "connecting", "live", "held" (the exam is paused, nothing
 * is sent), "unavailable", or "off" when nobody here wants it any more.
 */
export class LiveViewer extends EventTarget {
  /** `send(message)`: to the server, false when the socket is closed; `makePeer`: an RTCPeerConnection. */
  constructor({ send, makePeer = (configuration) => new RTCPeerConnection(configuration) }) {
    super();
    Object.assign(this, { send, makePeer });
    this.calls = new Map(); // by attempt
  }

  /** `place` ("tile" or "panel") wants the candidate; a panel gets the large picture. */
  want(attempt, place) {
    let call = this.calls.get(attempt);
    if (!call) {
      call = { attempt, places: new Set(), sound: false, state: "connecting", waitMs: FIRST_WAIT_MS };
      this.calls.set(attempt, call);
      call.places.add(place);
      this.#ask(call);
    } else if (!call.places.has(place)) {
      call.places.add(place);
      this.#tellQuality(call);
      this.#tell(call);
    }
    return call;
  }

  /** The place does not show the candidate any more. */
  leave(attempt, place) {
    const call = this.calls.get(attempt);
    if (!call?.places.delete(place)) return;
    if (place === "panel") call.sound = false;
    if (call.places.size) {
      this.#tellQuality(call);
      return;
    }
    this.calls.delete(attempt);
    this.#close(call);
    this.#say(call, "unwatch");
    this.#become(call, "off");
  }

  /** Sound is sent only while it is on here. */
  setSound(attempt, isOn) {
    const call = this.calls.get(attempt);
    if (!call || call.sound === isOn) return;
    call.sound = isOn;
    this.#tellQuality(call);
  }

  /** The socket is there again: the server has forgotten what this page watched. */
  connected() {
    for (const call of this.calls.values()) this.#ask(call);
  }

  /** A message of the server about live video. */
  async take({ t, from, ...message }) {
    const call = this.calls.get(from);
    if (!call) return;
    if (t === "watching") this.#granted(call, message);
    else if (t === "refused" || t === "failed" || t === "ended") this.#fail(call, message.code);
    else if (t === "gone") this.#lose(call);
    else if (t === "held") this.#hold(call, message.on);
    else if (t === "offer") await this.#guarded(call, () => this.#answer(call, message));
    else if (t === "ice" && message.call === call.name) await this.#guarded(call, () => this.#addWay(call, message.candidate));
  }

  #ask(call) {
    this.#close(call);
    this.#become(call, "connecting");
    this.#say(call, "watch", { level: levelOf(call) });
    this.#waitFor(call);
  }

  #granted(call, { sound, join }) {
    Object.assign(call, { canHear: sound, join });
    if (call.sound) this.#tellQuality(call);
    this.#tell(call);
  }

  async #answer(call, { call: name, sdp }) {
    this.#close(call);
    const { ice_servers: iceServers, relay_only: isRelayed } = call.join;
    const peer = this.makePeer({ iceServers, iceTransportPolicy: isRelayed ? "relay" : "all" });
    Object.assign(call, { name, peer, waiting: [] });
    this.#become(call, "connecting");
    this.#waitFor(call);
    this.#follow(call, peer);
    await peer.setRemoteDescription({ type: "offer", sdp });
    await peer.setLocalDescription(await peer.createAnswer());
    if (call.peer !== peer) return;
    this.#say(call, "answer", { call: name, sdp: peer.localDescription.sdp });
    const ways = call.waiting;
    call.waiting = null;
    for (const way of ways) await peer.addIceCandidate(way);
  }

  #follow(call, peer) {
    const isOurs = () => call.peer === peer;
    peer.addEventListener("track", ({ track }) => {
      if (!isOurs()) return;
      call.stream ??= new MediaStream();
      call.stream.addTrack(track);
      this.#tell(call);
    });
    peer.addEventListener("icecandidate", ({ candidate }) => {
      if (!candidate || !isOurs()) return;
      const { candidate: line, sdpMid, sdpMLineIndex } = candidate;
      this.#say(call, "ice", { call: call.name, candidate: { candidate: line, sdpMid, sdpMLineIndex } });
    });
    peer.addEventListener("connectionstatechange", () => {
      if (!isOurs()) return;
      if (peer.connectionState === "connected") this.#arrive(call);
      else if (peer.connectionState === "failed") this.#fail(call, "no_way");
      else if (peer.connectionState === "disconnected") this.#become(call, "connecting");
    });
  }

  #arrive(call) {
    clearTimeout(call.timer);
    call.waitMs = FIRST_WAIT_MS;
    // What was chosen while the two were still finding each other.
    this.#tellQuality(call);
    this.#become(call, call.isHeld ? "held" : "live");
  }

  /** The candidate's page went: the server asks again when it comes back, and so does this page. */
  #lose(call) {
    this.#close(call);
    this.#become(call, "connecting");
    this.#waitFor(call);
  }

  #hold(call, isHeld) {
    call.isHeld = isHeld;
    if (call.state === "live" || call.state === "held") this.#become(call, isHeld ? "held" : "live");
  }

  #fail(call, code) {
    this.#close(call);
    this.#become(call, "unavailable", code);
    const wait = SLOW_CODES.has(code) ? MOST_WAIT_MS : call.waitMs;
    call.waitMs = Math.min(MOST_WAIT_MS, call.waitMs * 2);
    this.#after(call, wait * (0.8 + Math.random() * 0.4), () => this.#ask(call));
  }

  #waitFor(call) {
    this.#after(call, PATIENCE_MS, () => this.#fail(call, "no_answer"));
  }

  #after(call, wait, work) {
    clearTimeout(call.timer);
    call.timer = setTimeout(() => this.calls.get(call.attempt) === call && work(), wait);
  }

  async #addWay(call, way) {
    if (call.waiting) call.waiting.push(way);
    else await call.peer?.addIceCandidate(way);
  }

  #tellQuality(call) {
    const wanted = { level: levelOf(call), sound: call.sound && call.canHear === true };
    this.#say(call, "quality", wanted);
  }

  #close(call) {
    clearTimeout(call.timer);
    const { peer } = call;
    Object.assign(call, { peer: null, stream: null, name: null, isHeld: false });
    peer?.close();
  }

  async #guarded(call, work) {
    try {
      await work();
    } catch (error) {
      console.warn("live video:", error.name);
      if (this.calls.get(call.attempt) === call) this.#fail(call, "browser");
    }
  }

  #say(call, t, parts = {}) {
    this.send({ type: "live", t, to: call.attempt, ...parts });
  }

  #become(call, state, code = "") {
    Object.assign(call, { state, code });
    this.#tell(call);
  }

  #tell(call) {
    const { attempt, state, code, stream, canHear } = call;
    this.dispatchEvent(new CustomEvent("state", { detail: { attempt, state, code, stream, canHear: canHear === true } }));
  }
}

function levelOf(call) {
  return call.places.has("panel") ? "full" : "thumb";
}
