// Sends camera and microphone once to a hosted media server, whoever watches, through the SDK of that service.

/**
 * A way of sending; what each of them promises: `live_senders.js`. `open(join, {onGone(code)})` connects, and gives
 * `{kinds, publish(kind, track), unpublish(kind, track), close()}`, a kind being "video", "audio" or "screen".
 *
 * The SDKs get copies of the tracks: they stop and silence what they were given, and evidence needs the originals.
 */
export class HostedSender {
  constructor(page, open) {
    Object.assign(this, { page, open, sending: null, calls: 0 });
  }

  isServing(watcher) {
    return Boolean(this.sending && watcher.isServed);
  }

  async begin(watcher) {
    if (!this.page.camera()) {
      this.page.say(watcher, "failed", { code: "no_camera" });
      return;
    }
    watcher.isServed = true;
    if (!this.sending) {
      await this.#connect(watcher.join);
      return;
    }
    if (this.sending.wire) this.#announce(watcher);
    await this.refresh();
  }

  /** Pages speak to the service, not to this one. */
  take() {}

  change() {
    return this.refresh();
  }

  /** One after the other: what is wanted may change while the service still answers. */
  async refresh() {
    const { sending } = this;
    if (!sending?.wire) return;
    const before = sending.work;
    sending.work = (async () => {
      await before.catch(() => {}); // was told to who asked for it
      await this.#settle(sending);
    })();
    await sending.work;
  }

  end(watcher) {
    watcher.isServed = false;
    if (!this.#served().length) this.#close();
    else this.page.guard(watcher, () => this.refresh());
  }

  #served() {
    return this.page.watchers().filter((each) => each.isServed);
  }

  async #connect(join) {
    this.calls += 1;
    const sending = { call: `${this.calls}x${Math.random().toString(36).slice(2, 10)}`, copies: {}, work: Promise.resolve() };
    this.sending = sending;
    try {
      const wire = await this.open(join, { onGone: (code) => this.#lose(sending, code) });
      if (this.sending !== sending) {
        wire.close();
        return;
      }
      sending.wire = wire;
    } catch (error) {
      console.warn("live video:", error.name);
      this.#lose(sending, "live_unavailable");
      return;
    }
    await this.refresh();
    if (this.sending === sending) for (const watcher of this.#served()) this.#announce(watcher);
  }

  #wanted() {
    const isHeld = this.page.isHeld();
    const isHeard = this.#served().some((each) => each.sound);
    // The screen goes to who looks at this candidate closely, never to a tile.
    const isLarge = this.#served().some((each) => each.level === "full");
    return {
      video: isHeld ? null : this.page.camera(),
      audio: isHeld || !isHeard ? null : this.page.microphone(),
      screen: isHeld || !isLarge ? null : (this.page.screen?.() ?? null),
    };
  }

  async #settle(sending) {
    for (const kind of sending.wire.kinds) {
      if (this.sending !== sending) return;
      const wanted = this.#wanted()[kind];
      const had = sending.copies[kind];
      if ((had?.original ?? null) === wanted) continue;
      if (had) {
        sending.copies[kind] = null;
        had.copy.stop();
        await sending.wire.unpublish(kind, had.copy);
      }
      if (!wanted || this.sending !== sending) continue;
      const copy = wanted.clone();
      sending.copies[kind] = { original: wanted, copy };
      await sending.wire.publish(kind, copy);
    }
  }

  #announce(watcher) {
    this.page.say(watcher, "ready", { call: this.sending.call, sound: Boolean(this.page.microphone()) });
    if (this.page.isHeld()) this.page.say(watcher, "held", { on: true });
  }

  /** It is over, not by this page's wish: who watches is told, and asks again after a while. */
  #lose(sending, code) {
    if (this.sending !== sending) return;
    this.#close();
    for (const watcher of this.#served()) {
      watcher.isServed = false;
      this.page.say(watcher, "failed", { code });
    }
  }

  #close() {
    const { sending } = this;
    this.sending = null;
    for (const each of Object.values(sending?.copies ?? {})) each?.copy.stop();
    sending?.wire?.close();
  }
}
