// Receives live video from a hosted media server, through the SDK of that service.

/**
 * A way of receiving; what each of them promises: `live_receivers.js`. `open(join, {onTrack(track),
 * onScreen(track or null), onLost(), onBack(), onGone(code)})` connects, and gives `{change({level, sound}), close()}`. Each attempt has a room of its own there, in
 * which only the candidate may send: whatever comes is the candidate's.
 */
export class HostedReceiver {
  constructor(call, open) {
    Object.assign(this, { call, open, visit: null });
  }

  async enter(join) {
    this.close();
    const visit = { tracks: {} };
    this.visit = visit;
    const ifStill = (work) => (given) => this.visit === visit && work(given);
    try {
      const wire = await this.open(join, {
        onTrack: ifStill((track) => this.#show(visit, track)),
        onScreen: ifStill((track) => this.#showScreen(visit, track)),
        onLost: ifStill(() => this.call.interrupt()),
        onBack: ifStill(() => visit.tracks.video && this.call.arrive()),
        onGone: ifStill((code) => this.call.fail(code)),
      });
      if (this.visit !== visit) {
        wire.close();
        return;
      }
      visit.wire = wire;
    } catch (error) {
      console.warn("live video:", error.name);
      if (this.visit === visit) this.call.fail("live_unavailable");
      return;
    }
    await this.change(this.call.level());
  }

  /** The candidate's page says `ready`; its tracks say so themselves. */
  take() {}

  async change(wanted) {
    await this.visit?.wire?.change(wanted);
  }

  close() {
    const { visit } = this;
    this.visit = null;
    visit?.wire?.close();
  }

  /** After a pause, or with another camera, it is another track: the picture begins anew. */
  #show(visit, track) {
    visit.tracks[track.kind] = track;
    if (track.kind === "video") {
      this.call.begin();
      for (const each of Object.values(visit.tracks)) this.call.addTrack(each);
      this.#showScreen(visit, visit.screen);
      this.call.arrive();
    } else if (visit.tracks.video) this.call.addTrack(track);
  }
  #showScreen(visit, track) {
    visit.screen = track;
    if (track) this.call.addScreen(track);
    this.call.showScreen(Boolean(track));
  }
}
