// The others in a meeting: one two-way connection and one tile for each page that the server names, and no more.

import { CallPeer } from "../shared/call_peer.js";

const WORDS = {
  waiting: "connecting…",
  connecting: "connecting…",
  connected: "",
  broken: "connection lost, trying again…",
  failed: "no connection found between your networks; load the page again, or try another network",
};

/** Event "changed": somebody's connection has another state. */
export class People extends EventTarget {
  /** `tracks()`: {picture, sound}, each a track or null; `makePeer(options)`: a CallPeer. */
  constructor({ list, template, send, tracks, makePeer = (options) => new CallPeer(options) }) {
    super();
    Object.assign(this, { list, template, send, tracks, makePeer });
    this.own = "";
    this.join = null;
    this.byConnection = new Map();
  }

  /** The server has greeted this page, perhaps anew: it has a new name, and so begins from nothing. */
  greeted({ connection, join }) {
    this.clear();
    Object.assign(this, { own: connection, join });
  }

  /** The pages that this one is connected with now: [{connection, name, part}]. */
  async show(peers) {
    const wanted = new Set(peers.map(({ connection }) => connection));
    for (const connection of [...this.byConnection.keys()]) if (!wanted.has(connection)) this.#drop(connection);
    for (const peer of peers) if (!this.byConnection.has(peer.connection)) await this.#add(peer);
  }

  /** What another page says. */
  async take({ from, type, ...message }) {
    await this.byConnection.get(from)?.peer.take(message);
  }

  /** The own camera or microphone has changed. */
  async refresh() {
    for (const { peer } of this.byConnection.values()) await this.#fill(peer);
  }

  clear() {
    for (const connection of [...this.byConnection.keys()]) this.#drop(connection);
  }

  get count() {
    return this.byConnection.size;
  }

  get connected() {
    return [...this.byConnection.values()].filter(({ peer }) => peer.state === "connected").length;
  }

  async #add({ connection, name }) {
    const tile = this.template.content.firstElementChild.cloneNode(true);
    tile.querySelector("[data-name]").textContent = name;
    tile.querySelector("video").setAttribute("aria-label", `Picture of ${name}`);
    // Both know both names, so they agree on who offers.
    const peer = this.makePeer({
      isOfferer: this.own < connection,
      kinds: ["audio", "video"],
      join: this.join,
      send: (message) => this.send({ type: "live", to: connection, ...message }),
    });
    this.byConnection.set(connection, { peer, tile, name });
    peer.addEventListener("state", ({ detail }) => this.#showState(tile, detail.state));
    peer.addEventListener("remote", ({ detail }) => this.#showRemote(tile, name, detail));
    this.list.append(tile);
    this.#showRemote(tile, name, { stream: null, sound: true, picture: false });
    await this.#fill(peer);
    await peer.start();
  }

  async #fill(peer) {
    const { picture, sound } = this.tracks();
    await peer.setTrack("audio", sound);
    await peer.setTrack("video", picture);
  }

  #showState(tile, state) {
    tile.dataset.state = state;
    this.#say(tile);
    this.dispatchEvent(new CustomEvent("changed"));
  }

  #showRemote(tile, name, { stream, sound, picture }) {
    const video = tile.querySelector("video");
    if (video.srcObject !== stream) {
      video.srcObject = stream;
      video.play?.()?.catch(() => {}); // the browser says so itself where it waits for a click
    }
    video.hidden = !stream || !picture;
    const without = tile.querySelector("[data-no-picture]");
    without.hidden = !video.hidden;
    without.textContent = stream ? `${name} has the camera off` : "No picture yet";
    tile.dataset.sound = sound ? "on" : "off";
    this.#say(tile);
  }

  #say(tile) {
    const state = WORDS[tile.dataset.state] ?? "";
    const words = state || (tile.dataset.sound === "off" ? "muted" : "");
    const said = tile.querySelector("[data-tile-state]");
    if (said.textContent !== words) said.textContent = words;
  }

  #drop(connection) {
    const { peer, tile } = this.byConnection.get(connection);
    this.byConnection.delete(connection);
    peer.close();
    tile.querySelector("video").srcObject = null;
    tile.remove();
    this.dispatchEvent(new CustomEvent("changed"));
  }
}
