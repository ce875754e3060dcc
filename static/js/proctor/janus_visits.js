// One room of Janus on the proctor's page: comes in, and takes what the candidate's page names.

import { isPutOut, JanusSession } from "../shared/janus_session.js";

const SUBSTREAM = { thumb: 0, full: 1 };

/** One visit after another to the candidate's rooms; what goes wrong is told to `call.fail`. */
export class JanusVisits {
  /** `call`: begin(), addTrack(track), arrive(), interrupt(), fail(code), level(), makePeer(configuration); `live_receivers.js`. */
  constructor(call, { openSession = JanusSession.open } = {}) {
    Object.assign(this, { call, openSession, visit: null });
  }

  get isIn() {
    return this.visit !== null;
  }

  /** `entry`: {room, token} of the room, of those that `join` names. Any earlier visit ends. */
  async enter(join, entry) {
    this.close();
    const visit = { join, entry, feeds: new Set() };
    this.visit = visit;
    await this.#tried(visit, () => this.#comeIn(visit));
  }

  /** The candidate's page sends under this name. Nothing else that is in the room is ever shown. */
  async name(name) {
    const { visit } = this;
    if (!visit) return;
    visit.wanted = name;
    await this.#tried(visit, () => this.#receive(visit));
  }

  async change({ level, sound }) {
    const { visit } = this;
    if (!visit?.isReceiving) return;
    const streams = visit.streams.map(({ mid, type }) => (type === "video" ? { mid, substream: SUBSTREAM[level] } : { mid, send: sound }));
    await this.#tried(visit, () => visit.receiving.say({ request: "configure", streams }));
  }

  close() {
    const { visit } = this;
    this.visit = null;
    visit?.peer?.close();
    visit?.session?.close();
  }

  async #comeIn(visit) {
    const { url, tokens } = visit.join;
    const session = await this.openSession(url, tokens.api);
    if (this.visit !== visit) {
      session.close();
      return;
    }
    visit.session = session;
    session.addEventListener("gone", () => this.#fail(visit, "live_unavailable"));
    const inside = await session.attach();
    inside.addEventListener("news", ({ detail }) => {
      if (isPutOut(detail)) this.#fail(visit, "put_out");
      else this.#tried(visit, () => this.#note(visit, detail));
    });
    const { data } = await inside.say({ request: "join", ptype: "publisher", ...visit.entry, id: tokens.name });
    visit.privateId = data.private_id;
    await this.#note(visit, data);
  }

  #note(visit, { publishers = [] }) {
    for (const { id } of publishers) visit.feeds.add(String(id));
    return this.#receive(visit);
  }

  /** The name and the news of the room come in either order. */
  async #receive(visit) {
    const feed = [...visit.feeds].find((each) => each.endsWith(`.${visit.wanted}`));
    if (!visit.wanted || !feed || visit.privateId === undefined || visit.feed === feed) return;
    visit.feed = feed;
    visit.peer?.close();
    visit.receiving?.detach();
    Object.assign(visit, { peer: null, receiving: null, isReceiving: false });
    this.call.begin();
    const isStill = () => this.visit === visit && visit.feed === feed;
    const receiving = await visit.session.attach();
    if (!isStill()) return;
    visit.receiving = receiving;
    const body = { request: "join", ptype: "subscriber", ...visit.entry, private_id: visit.privateId, streams: [{ feed }] };
    const { data, jsep } = await receiving.say(body);
    if (!isStill()) return;
    visit.streams = data.streams.map(({ mid, type }) => ({ mid, type }));
    await this.#answer(visit, receiving, jsep, isStill);
  }

  async #answer(visit, receiving, jsep, isStill) {
    const { ice_servers: iceServers, relay_only: isRelayed } = visit.join;
    const peer = this.call.makePeer({ iceServers, iceTransportPolicy: isRelayed ? "relay" : "all" });
    visit.peer = peer;
    const isOurs = () => this.visit === visit && visit.peer === peer;
    peer.addEventListener("track", ({ track }) => isOurs() && this.call.addTrack(track));
    peer.addEventListener("icecandidate", ({ candidate }) => isOurs() && receiving.addWay(candidate));
    peer.addEventListener("connectionstatechange", () => isOurs() && this.#follow(visit, peer.connectionState));
    await peer.setRemoteDescription(jsep);
    await peer.setLocalDescription(await peer.createAnswer());
    if (!isStill()) return;
    const { type, sdp } = peer.localDescription;
    await receiving.say({ request: "start" }, { type, sdp });
    if (!isStill()) return;
    visit.isReceiving = true;
    await this.change(this.call.level());
  }

  #follow(visit, state) {
    if (state === "connected") this.call.arrive();
    else if (state === "failed") this.#fail(visit, "no_way_server");
    else if (state === "disconnected") this.call.interrupt();
  }

  async #tried(visit, work) {
    try {
      await work();
    } catch (error) {
      console.warn("live video:", error.name);
      this.#fail(visit, error.name === "JanusError" ? "live_unavailable" : "browser");
    }
  }

  #fail(visit, code) {
    if (this.visit === visit) this.call.fail(code);
  }
}
