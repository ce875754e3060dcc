// Live video on the exam page: joins publisher, socket and the words that say who watches.

import { LivePublisher } from "./live_publisher.js";

const HELD = new Set(["paused"]);

export class LiveRoom {
  /** `camera`, `microphone`: MediaDevices of the page; `screen`: its ScreenRoom; the latter two may be null. */
  constructor({ socket, camera, microphone, screen = null }) {
    this.badge = document.querySelector("[data-live-badge]");
    this.line = document.querySelector("[data-live-state]");
    this.publisher = new LivePublisher({
      send: (message) => socket.send(message),
      camera: () => camera.track,
      microphone: () => microphone?.track ?? null,
      screen: screen && (() => screen.track),
    });
    this.publisher.addEventListener("watchers", ({ detail }) => this.#show(detail));
    socket.addEventListener("live", ({ detail }) => this.publisher.take(detail));
    camera.addEventListener("state", ({ detail }) => this.#follow(detail.state));
    microphone?.addEventListener("state", () => this.publisher.refresh());
    screen?.onTrack(() => this.publisher.refresh());
  }

  /** The server has greeted this page, perhaps after a gap: what it knew of watchers is void. */
  greet({ state }) {
    this.publisher.stop();
    this.move(state);
    this.publisher.tellReady();
  }

  move(state) {
    if (state) this.publisher.hold(HELD.has(state));
  }

  stop() {
    this.publisher.stop();
  }

  #follow(state) {
    if (state === "ok" && !this.publisher.isComplete) this.publisher.tellReady();
    else this.publisher.refresh();
  }

  #show({ count, heard, recorded }) {
    const watched = heard ? "A proctor watches live and hears you" : "A proctor is watching live";
    const words = count === 0 ? "" : recorded ? `${watched}; it is recorded` : watched;
    if (this.badge.textContent !== words) this.badge.textContent = words;
    const line = words ? `${words} now` : "nobody watches now";
    if (this.line.textContent !== line) this.line.textContent = line;
  }
}
