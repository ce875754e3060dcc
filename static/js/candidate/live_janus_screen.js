// Sends the shared screen to Janus, into a room of its own that is never recorded, while somebody looks closely.

import { JanusSending, nameOf } from "./janus_sending.js";
import { SCREEN } from "./live_levels.js";

const AGAIN_MS = 5000;

/** Beside a JanusSender: `page` is what it was lent, `served()` whom it serves, `mayBegin()`: the camera flows. */
export class JanusScreen {
  constructor(page, { openSession, served, mayBegin }) {
    Object.assign(this, { page, openSession, served, mayBegin, sending: null, calls: 0 });
  }

  /** Begins, changes or ends what is sent, by what is shared and who looks now. Never a tile. */
  async settle() {
    const watchers = this.#looking();
    const track = watchers.length && !this.page.isHeld() ? (this.page.screen?.() ?? null) : null;
    for (const each of this.served()) if (!watchers.includes(each)) each.screenCall = null;
    if (this.sending && !this.sending.isUsable) this.close();
    if (!track) this.close();
    else if (!this.sending) {
      if (this.mayBegin()) await this.#publish(watchers[0].join, track);
    } else {
      if (this.sending.sender && this.sending.sender.track !== track) await this.sending.sender.replaceTrack(track);
      this.#announce();
    }
  }

  /** The stream is gone at once, and who looked is told. */
  close() {
    clearTimeout(this.timer);
    const { sending } = this;
    this.sending = null;
    sending?.close();
    for (const watcher of this.page.watchers()) {
      if (watcher.screenCall) this.#tell(watcher, watcher.screenCall, false);
      watcher.screenCall = null;
    }
  }

  #looking() {
    return this.served().filter((each) => each.level === "full");
  }

  async #publish(join, track) {
    const { screen_room: room, screen_entry: token } = join.tokens;
    this.calls += 1;
    const sending = new JanusSending({
      join,
      entry: { room, token },
      call: nameOf(`s${this.calls}`),
      makePeer: this.page.makePeer,
      openSession: this.openSession,
      addTracks: async (peer) => {
        sending.sender = peer.addTransceiver("video", { direction: "sendonly", sendEncodings: [{ ...SCREEN }] }).sender;
        await sending.sender.replaceTrack(track);
      },
      onReady: () => this.#announce(),
      onLost: () => this.#lost(sending),
    });
    this.sending = sending;
    await sending.open();
    // Another screen may have been shared, or none, while it was made.
    if (this.sending === sending) await this.settle();
  }

  #announce() {
    const { sending } = this;
    if (!sending?.isReady) return;
    for (const watcher of this.#looking()) {
      if (watcher.screenCall === sending.call) continue;
      watcher.screenCall = sending.call;
      this.#tell(watcher, sending.call, true);
    }
  }

  #tell(watcher, call, on) {
    this.page.say(watcher, "screen", { call, mid: "0", on });
  }

  /** The camera may still be seen: who looks is told that the screen is not, and it is tried again. */
  #lost(sending) {
    if (this.sending !== sending) return;
    this.close();
    this.timer = setTimeout(() => {
      const [watcher] = this.#looking();
      if (watcher && !this.sending) this.page.guard(watcher, () => this.settle());
    }, AGAIN_MS);
  }
}
