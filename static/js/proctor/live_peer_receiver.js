// Receives live video from browser to browser: answers what the candidate's page offers.

/** A way of receiving; what each of them promises: `live_receivers.js`. */
export class PeerReceiver {
  constructor(call) {
    this.call = call;
  }

  enter(join) {
    this.join = join;
  }

  async take(t, message) {
    if (t === "screen") this.#noteScreen(message);
    else if (t === "offer") await this.#answer(message);
    else if (t === "ice" && message.call === this.name) await this.#addWay(message.candidate);
  }

  /** The candidate's page sends otherwise; nothing to do here. */
  change() {}

  close() {
    const { peer } = this;
    Object.assign(this, { peer: null, name: null });
    peer?.close();
  }

  /** Which of the pictures is the screen, and whether it is sent now; comes before the offer, and with each change. */
  #noteScreen({ call, mid, on }) {
    this.screen = { call, mid };
    this.call.showScreen(on);
  }

  #isScreen(transceiver) {
    return this.screen?.call === this.name && this.screen.mid === transceiver?.mid;
  }

  async #answer({ call: name, sdp }) {
    this.close();
    const { ice_servers: iceServers, relay_only: isRelayed } = this.join;
    const peer = this.call.makePeer({ iceServers, iceTransportPolicy: isRelayed ? "relay" : "all" });
    Object.assign(this, { name, peer, waiting: [] });
    this.call.begin();
    this.#follow(peer);
    await peer.setRemoteDescription({ type: "offer", sdp });
    await peer.setLocalDescription(await peer.createAnswer());
    if (this.peer !== peer) return;
    this.call.say("answer", { call: name, sdp: peer.localDescription.sdp });
    const ways = this.waiting;
    this.waiting = null;
    for (const way of ways) await peer.addIceCandidate(way);
  }

  #follow(peer) {
    const isOurs = () => this.peer === peer;
    peer.addEventListener("track", ({ track, transceiver }) => {
      if (!isOurs()) return;
      if (this.#isScreen(transceiver)) this.call.addScreen(track);
      else this.call.addTrack(track);
    });
    peer.addEventListener("icecandidate", ({ candidate }) => {
      if (!candidate || !isOurs()) return;
      const { candidate: line, sdpMid, sdpMLineIndex } = candidate;
      this.call.say("ice", { call: this.name, candidate: { candidate: line, sdpMid, sdpMLineIndex } });
    });
    peer.addEventListener("connectionstatechange", () => {
      if (!isOurs()) return;
      if (peer.connectionState === "connected") this.call.arrive();
      else if (peer.connectionState === "failed") this.call.fail("no_way");
      else if (peer.connectionState === "disconnected") this.call.interrupt();
    });
  }

  async #addWay(way) {
    if (this.waiting) this.waiting.push(way);
    else await this.peer?.addIceCandidate(way);
  }
}
