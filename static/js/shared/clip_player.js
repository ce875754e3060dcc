// The element <clip-player>: takes over a recording's <audio> with controls, keys, captions and fresh links.

import { getJSON } from "./http.js";
import { actOf, clockWords, heardAt, loopOf, nextSpeed, spansToVisit, spanStart } from "./clip_spans.js";

const STEP_S = 1;
const STEP_VOLUME = 0.1;
let speed = 1; // of all players: who listens slowly listens slowly to the next one as well
let volume = 1;

class ClipPlayer extends HTMLElement {
  connectedCallback() {
    if (this.audio) return; // moved within the page
    this.audio = this.querySelector("audio");
    this.marks = JSON.parse(this.dataset.marks);
    this.spans = spansToVisit(this.marks);
    this.loop = null;
    this.slots = {};
    for (const slot of this.querySelectorAll("[data-slot]")) this.slots[slot.dataset.slot] = slot;
    this.loopButton = this.querySelector('[data-clip="loop"]');
    this.playButton = this.querySelector('[data-clip="play"]');
    this.#takeOver();
    this.#listen();
    this.#showTime();
  }

  disconnectedCallback() {
    this.audio?.pause();
  }

  get seconds() {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : Number(this.dataset.seconds);
  }

  /** Plays, with fresh links when those of the page have expired. */
  async play() {
    this.audio.playbackRate = speed;
    this.audio.volume = volume;
    this.track.mode = "hidden"; // hidden: loaded and told, but drawn by us
    this.slots.caption.hidden = false;
    try {
      await this.audio.play();
    } catch (error) {
      // A source that fails is told by its error event; pausing at once is no fault.
      if (error.name === "NotAllowedError") this.#sayProblem("Press Play once more.");
    }
  }

  act(name) {
    const acts = {
      play: () => (this.audio.paused ? this.play() : this.audio.pause()),
      loop: () => this.#toggleLoop(),
      previous: () => this.#toSpan(-1),
      next: () => this.#toSpan(1),
      slower: () => this.#setSpeed(nextSpeed(speed, -1)),
      faster: () => this.#setSpeed(nextSpeed(speed, 1)),
      back: () => this.seek(this.audio.currentTime - STEP_S),
      on: () => this.seek(this.audio.currentTime + STEP_S),
      louder: () => this.#setVolume(volume + STEP_VOLUME),
      quieter: () => this.#setVolume(volume - STEP_VOLUME),
      mute: () => this.#mute(),
    };
    acts[name]();
  }

  seek(seconds) {
    // Before anything is loaded the element keeps the time as the place at which it will begin.
    this.audio.currentTime = Math.min(Math.max(seconds, 0), this.seconds);
    if (this.loop) this.loop = loopOf(this.spans, this.audio.currentTime, this.seconds);
    this.#showTime();
  }

  #takeOver() {
    const { controls, seek, keys, text, volume: volumeBox } = this.slots;
    this.audio.controls = false;
    for (const part of [controls, seek, keys]) part.hidden = false;
    // The buttons below say the same; for a screen reader it goes on describing the player.
    text.classList.toggle("visually-hidden", this.marks.length > 0);
    this.setAttribute("aria-describedby", text.id);
    volumeBox.value = volume;
    this.slots.speed.textContent = `${speed}×`;
    this.tabIndex = -1; // can be given the focus by a script, so that its keys work
    for (const line of this.querySelectorAll("[data-from]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "clip-button";
      button.dataset.clipFrom = line.dataset.from;
      button.textContent = line.textContent;
      line.replaceChildren(button);
    }
    for (const step of ["previous", "next"]) this.querySelector(`[data-clip="${step}"]`).hidden = !this.spans.length;
  }

  #listen() {
    const { audio } = this;
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("click", (event) => this.#clicked(event));
    this.slots.seek.addEventListener("input", () => this.seek(Number(this.slots.seek.value)));
    this.slots.volume.addEventListener("input", () => this.#setVolume(Number(this.slots.volume.value)));
    audio.addEventListener("play", () => this.#started());
    audio.addEventListener("pause", () => this.#showState());
    audio.addEventListener("ended", () => this.#ended());
    audio.addEventListener("playing", () => this.#playing());
    audio.addEventListener("error", () => this.#failed());
    for (const kind of ["timeupdate", "loadedmetadata", "seeked"]) audio.addEventListener(kind, () => this.#showTime());
    this.#listenToTrack();
  }

  #listenToTrack() {
    this.track = this.querySelector("track").track;
    this.track.addEventListener("cuechange", () => this.#showCaption());
  }

  #key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const { target, key } = event;
    if (target === this.slots.volume && key.startsWith("Arrow")) return;
    if (key === "Escape" && this.contains(document.activeElement)) {
      document.activeElement.blur(); // the page's own keys hold again
      if (!this.closest("dialog")) event.preventDefault();
      return;
    }
    const act = actOf(key, target.matches("button, summary"));
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat || ["back", "on", "louder", "quieter"].includes(act)) this.act(act);
  }

  #clicked({ target }) {
    const button = target.closest("button");
    if (!button) return;
    if (button.dataset.clip) this.act(button.dataset.clip);
    else if (button.dataset.clipFrom) {
      this.seek(Number(button.dataset.clipFrom));
      this.play();
    }
  }

  #started() {
    for (const other of document.querySelectorAll("clip-player audio")) if (other !== this.audio) other.pause();
    this.#showState();
    const follow = () => {
      if (this.audio.paused) return;
      this.#showTime();
      requestAnimationFrame(follow);
    };
    requestAnimationFrame(follow);
  }

  #playing() {
    this.renewed = false;
    if (this.hasProblem) this.#say("");
    this.hasProblem = false;
  }

  #ended() {
    if (this.loop) {
      this.audio.currentTime = this.loop[0];
      this.play();
    } else this.#showState();
  }

  #toggleLoop() {
    this.loop = this.loop ? null : loopOf(this.spans, this.audio.currentTime, this.seconds);
    this.loopButton.setAttribute("aria-pressed", String(this.loop !== null));
    if (this.loop) {
      const [start, end] = this.loop;
      this.#say(`Loop from ${clockWords(start)} to ${clockWords(end)}.`);
      if (this.audio.currentTime < start || this.audio.currentTime > end) this.audio.currentTime = start;
    } else this.#say("Loop off.");
    this.#showTime();
  }

  #toSpan(by) {
    const start = spanStart(this.spans, this.audio.currentTime, by);
    if (start === null) this.#say("There is no further marked voice.");
    else {
      this.seek(start);
      this.#say(`${heardAt(this.marks, start + 0.01)}, ${clockWords(start)}`);
    }
  }

  #setSpeed(wanted) {
    speed = wanted;
    this.audio.playbackRate = speed;
    this.slots.speed.textContent = `${speed}×`;
    this.#say(`Speed ${speed}`);
  }

  #setVolume(wanted) {
    volume = Math.round(Math.min(Math.max(wanted, 0), 1) * 100) / 100;
    this.audio.volume = volume;
    this.audio.muted = false;
    this.slots.volume.value = volume;
  }

  #mute() {
    this.audio.muted = !this.audio.muted;
    this.#say(this.audio.muted ? "Silenced." : "To be heard again.");
  }

  #showState() {
    this.playButton.textContent = this.audio.paused ? "Play" : "Pause";
    this.slots.speed.textContent = `${speed}×`;
    this.slots.volume.value = volume;
  }

  #showTime() {
    const { currentTime, paused } = this.audio;
    const { seek, time } = this.slots;
    if (this.loop && !paused && currentTime >= this.loop[1]) this.audio.currentTime = this.loop[0];
    seek.max = this.seconds;
    seek.value = currentTime;
    const words = `${clockWords(currentTime)} of ${clockWords(this.seconds)}`;
    if (time.textContent === words) return;
    time.textContent = words;
    const heard = heardAt(this.marks, currentTime);
    seek.setAttribute("aria-valuetext", heard ? `${words}, ${heard}` : words);
  }

  #showCaption() {
    const cues = [...(this.track.activeCues ?? [])];
    this.slots.caption.textContent = cues.map((cue) => cue.getCueAsHTML().textContent).join(" ");
  }

  #say(text) {
    this.slots.status.textContent = text;
  }

  #sayProblem(text) {
    this.hasProblem = true;
    this.#say(text);
  }

  /** Links live for minutes: one fresh one for each failure, then the place and the play go on. */
  async #failed() {
    if (this.renewed) return this.#giveUp();
    this.renewed = true;
    const time = this.audio.currentTime;
    try {
      const { sounds } = await getJSON(this.dataset.renew);
      const fresh = sounds.find(({ id }) => id === Number(this.dataset.sound));
      if (!fresh) return this.#giveUp();
      const track = this.querySelector("track");
      track.src = fresh.captions_url;
      this.audio.src = fresh.url;
      this.audio.currentTime = time;
      return this.play();
    } catch (error) {
      return this.#giveUp(error.detail);
    }
  }

  #giveUp(detail = "This recording cannot be played now. Try again in a minute.") {
    this.renewed = false;
    this.#showState();
    this.#sayProblem(detail);
  }
}

customElements.define("clip-player", ClipPlayer);
