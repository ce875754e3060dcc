// Live video of the candidate: sends camera and microphone to each page of a proctor that watches, and only then.

import { senderOf } from "./live_senders.js";

/**
 * Event "watchers" {count, heard, recorded}: how many pages watch now, whether one of them hears, and whether it is recorded. Whatever goes wrong
 * here is told to the proctor alone: the exam goes on as if nobody had watched.
 */
export class LivePublisher extends EventTarget {
  /**
   * `send(message)`: to the server; `camera()`, `microphone()`: the tracks that run now, or null; `screen()`: that
   * of the screen, or null; no function where the exam does not ask for it;
   * `makePeer(configuration)`: an RTCPeerConnection; `findSender(provider)`: the class that sends that way.
   */
  constructor({ send, camera, microphone, screen = null, makePeer = (configuration) => new RTCPeerConnection(configuration), findSender = senderOf }) {
    super();
    Object.assign(this, { send, camera, microphone, screen, makePeer, findSender });
    this.watchers = new Map();
    this.senders = new Map(); // by provider
    this.isHeld = false;
  }

  /** Whether somebody watches and every one of them has a connection. */
  get isComplete() {
    return this.watchers.size > 0 && [...this.watchers.values()].every((each) => each.sender?.isServing(each));
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
    return this.#guarded(watcher, () => watcher.sender?.take(watcher, t, message));
  }

  /** The camera or microphone is another one now, or gone. */
  async refresh() {
    for (const watcher of this.watchers.values()) await this.#guarded(watcher, () => watcher.sender?.refresh(watcher));
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

  async #watch(from, { level, sound, recorded, join }) {
    const before = this.watchers.get(from);
    before?.sender?.end(before);
    const watcher = before ?? { from, tries: 0 };
    Object.assign(watcher, { level, sound, recorded: recorded === true, join, sender: this.#senderFor(join.provider) });
    this.watchers.set(from, watcher);
    this.#tellWatchers();
    if (!watcher.sender) this.#say(watcher, "failed", { code: "no_provider" });
    else await this.#guarded(watcher, () => watcher.sender.begin(watcher));
  }

  async #setQuality(watcher, { level, sound }) {
    Object.assign(watcher, { level, sound });
    this.#tellWatchers();
    await this.#guarded(watcher, () => watcher.sender?.change(watcher));
  }

  #senderFor(provider) {
    if (!this.senders.has(provider)) {
      const Sender = this.findSender(provider);
      this.senders.set(provider, Sender ? new Sender(this.#lend(() => this.senders.get(provider))) : null);
    }
    return this.senders.get(provider);
  }

  /** What a way of sending may use of this page; `own()`: itself. */
  #lend(own) {
    return {
      camera: this.camera,
      microphone: this.microphone,
      screen: this.screen,
      makePeer: this.makePeer,
      isHeld: () => this.isHeld,
      watchers: () => [...this.watchers.values()].filter((each) => each.sender === own()),
      isWatching: (watcher) => this.watchers.get(watcher.from) === watcher,
      say: (watcher, t, parts) => this.#say(watcher, t, parts),
      guard: (watcher, work) => this.#guarded(watcher, work),
    };
  }

  async #guarded(watcher, work) {
    try {
      await work();
    } catch (error) {
      console.warn("live video:", error.name);
      watcher.sender?.end(watcher);
      this.#say(watcher, "failed", { code: "browser" });
    }
  }

  #say(watcher, t, parts) {
    this.send({ type: "live", t, to: watcher.from, ...parts });
  }

  #drop(from) {
    const watcher = this.watchers.get(from);
    if (!watcher) return;
    this.watchers.delete(from);
    watcher.sender?.end(watcher);
    this.#tellWatchers();
  }

  #tellWatchers() {
    const watchers = [...this.watchers.values()];
    const heard = watchers.some((each) => each.sound);
    const recorded = watchers.some((each) => each.recorded);
    this.dispatchEvent(new CustomEvent("watchers", { detail: { count: watchers.length, heard, recorded } }));
  }
}
