// Live video on the proctor's page: asks for candidates, shows what comes, and tries again when nothing does.

import { receiverOf } from "./live_receivers.js";

const FIRST_WAIT_MS = 2000;
const MOST_WAIT_MS = 60000;
const PATIENCE_MS = 12000;
/** Trying again helps only once something has changed, which takes its time. */
const SLOW_CODES = new Set(["live_off", "no_consent", "not_running", "no_provider", "own_attempt", "not_found", "withdrawn", "attempt_ended"]);

/**
 * Event "state" {attempt, state, code, againAt, stream, screen, canHear, isRecorded}: "connecting", "live", "held" (the exam is paused, nothing
 * is sent), "unavailable", or "off" when nobody here wants it any more.
 */
export class LiveViewer extends EventTarget {
  /**
   * `send(message)`: to the server, false when the socket is closed; `makePeer(configuration)`: an
   * RTCPeerConnection; `findReceiver(provider)`: the class that receives that way.
   */
  constructor({ send, makePeer = (configuration) => new RTCPeerConnection(configuration), findReceiver = receiverOf }) {
    super();
    Object.assign(this, { send, makePeer, findReceiver });
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
    if (t === "watching") await this.#guarded(call, () => this.#granted(call, message));
    else if (t === "refused" || t === "failed" || t === "ended") this.#fail(call, message.code);
    else if (t === "gone") this.#lose(call);
    else if (t === "held") this.#hold(call, message.on);
    else await this.#guarded(call, () => call.receiver?.take(t, message));
  }

  #ask(call) {
    this.#close(call);
    this.#become(call, "connecting");
    this.#say(call, "watch", { level: levelOf(call) });
    this.#waitFor(call);
  }

  async #granted(call, { sound, recorded, join }) {
    Object.assign(call, { canHear: sound, isRecorded: recorded === true });
    if (call.provider !== join.provider) {
      call.receiver?.close();
      const Receiver = this.findReceiver(join.provider);
      Object.assign(call, { provider: join.provider, receiver: Receiver ? new Receiver(this.#lend(call)) : null });
    }
    if (!call.receiver) {
      this.#fail(call, "no_provider");
      return;
    }
    if (call.sound) this.#tellQuality(call);
    this.#tell(call);
    await call.receiver.enter(join);
  }

  /** What a way of receiving may use of this page, for one candidate. */
  #lend(call) {
    const ifWanted = (work) => (given) => this.calls.get(call.attempt) === call && work(given);
    return {
      begin: ifWanted(() => this.#begin(call)),
      addTrack: ifWanted((track) => this.#addTrack(call, track)),
      addScreen: ifWanted((track) => this.#setScreen(call, { screenStream: new MediaStream([track]) })),
      showScreen: ifWanted((isOn) => this.#setScreen(call, { isScreenOn: isOn })),
      arrive: ifWanted(() => this.#arrive(call)),
      interrupt: ifWanted(() => this.#become(call, "connecting")),
      fail: ifWanted((code) => this.#fail(call, code)),
      say: (t, parts) => this.#say(call, t, parts),
      guard: (work) => this.#guarded(call, work),
      level: () => wantedOf(call),
      makePeer: this.makePeer,
    };
  }

  #begin(call) {
    Object.assign(call, { stream: null, screenStream: null, isHeld: false });
    this.#become(call, "connecting");
    this.#waitFor(call);
  }

  #addTrack(call, track) {
    call.stream ??= new MediaStream();
    call.stream.addTrack(track);
    this.#tell(call);
  }

  #setScreen(call, change) {
    Object.assign(call, change);
    this.#tell(call);
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
    const wait = (SLOW_CODES.has(code) ? MOST_WAIT_MS : call.waitMs) * (0.8 + Math.random() * 0.4);
    call.againAt = Date.now() + wait;
    this.#become(call, "unavailable", code);
    call.waitMs = Math.min(MOST_WAIT_MS, call.waitMs * 2);
    this.#after(call, wait, () => this.#ask(call));
  }

  #waitFor(call) {
    this.#after(call, PATIENCE_MS, () => this.#fail(call, "no_answer"));
  }

  #after(call, wait, work) {
    clearTimeout(call.timer);
    call.timer = setTimeout(() => this.calls.get(call.attempt) === call && work(), wait);
  }

  #tellQuality(call) {
    const wanted = wantedOf(call);
    this.#say(call, "quality", wanted);
    this.#guarded(call, () => call.receiver?.change(wanted));
  }

  #close(call) {
    clearTimeout(call.timer);
    Object.assign(call, { stream: null, screenStream: null, isScreenOn: false, isHeld: false });
    call.receiver?.close();
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
    const { attempt, state, code, againAt, stream, canHear, isRecorded } = call;
    const screen = call.isScreenOn && state === "live" ? (call.screenStream ?? null) : null;
    const detail = { attempt, state, code, againAt, stream, screen, canHear: canHear === true, isRecorded: isRecorded === true };
    this.dispatchEvent(new CustomEvent("state", { detail }));
  }
}

function levelOf(call) {
  return call.places.has("panel") ? "full" : "thumb";
}

function wantedOf(call) {
  return { level: levelOf(call), sound: call.sound && call.canHear === true };
}
