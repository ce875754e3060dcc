// One sending into one room of Janus: comes in, offers, and tells once it flows or is lost.

import { isPutOut, JanusSession } from "../shared/janus_session.js";

export class JanusSending {
  /**
   * `entry`: {room, token} of the room, of those that `join` names; `call`: what this sending is called there;
   * `addTracks(peer)` puts on what is sent; then `onReady()` once it flows, or `onLost(code)`; after close() neither.
   */
  constructor({ join, entry, call, makePeer, addTracks, onReady, onLost, openSession = JanusSession.open }) {
    Object.assign(this, { join, entry, call, makePeer, addTracks, onReady, onLost, openSession, isReady: false, isClosed: false });
  }

  async open() {
    try {
      await this.#enter();
      if (!this.isClosed) await this.#offer();
    } catch (error) {
      console.warn("live video:", error.name);
      this.#lose(error.name === "JanusError" ? "live_unavailable" : "browser");
    }
  }

  /** Whether it is being made, or flows; not while its connection is interrupted. */
  get isUsable() {
    return !this.isClosed && (!this.isReady || this.peer.connectionState === "connected");
  }

  /** The tracks go on: they are the exam's. */
  close() {
    this.isClosed = true;
    this.peer?.close();
    this.session?.close();
  }

  async #enter() {
    const { url, tokens } = this.join;
    const session = await this.openSession(url, tokens.api);
    if (this.isClosed) {
      session.close();
      return;
    }
    this.session = session;
    session.addEventListener("gone", () => this.#lose("live_unavailable"));
    this.handle = await session.attach();
    this.handle.addEventListener("news", ({ detail }) => isPutOut(detail) && this.#lose("put_out"));
    this.handle.addEventListener("hangup", () => this.#lose("no_way_server"));
    // Not the same name again: Janus may not have missed this page's former sending yet.
    const id = `${tokens.name}.${this.call}`;
    await this.handle.say({ request: "join", ptype: "publisher", ...this.entry, id });
  }

  async #offer() {
    const { ice_servers: iceServers, relay_only: isRelayed } = this.join;
    const peer = this.makePeer({ iceServers, iceTransportPolicy: isRelayed ? "relay" : "all" });
    this.peer = peer;
    this.#follow(peer);
    await this.addTracks(peer);
    await peer.setLocalDescription(await peer.createOffer());
    if (this.isClosed) return;
    const { type, sdp } = peer.localDescription;
    const { jsep } = await this.handle.say({ request: "configure" }, { type, sdp });
    if (!this.isClosed) await peer.setRemoteDescription(jsep);
  }

  #follow(peer) {
    peer.addEventListener("icecandidate", ({ candidate }) => !this.isClosed && this.handle.addWay(candidate));
    peer.addEventListener("connectionstatechange", () => {
      if (this.isClosed) return;
      if (peer.connectionState === "failed") this.#lose("no_way_server");
      if (peer.connectionState !== "connected" || this.isReady) return;
      this.isReady = true;
      this.onReady();
    });
  }

  #lose(code) {
    if (this.isClosed) return;
    this.close();
    this.onLost(code);
  }
}

/** A name for a sending that no other one of this page has had. */
export function nameOf(number) {
  return `${number}x${Math.random().toString(36).slice(2, 10)}`;
}
