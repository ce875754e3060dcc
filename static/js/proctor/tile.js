// The tile of one candidate, of which only what changed is written.

import { connectionWords, incidentWords, sentence, talkWords, timeWords, warningWords } from "./row_words.js";

export class Tile {
  /** `node`: from the server or the template; `row`: CandidateRow; `words`: {states, acts, pageOf(row)}. */
  constructor(node, row, words, times) {
    Object.assign(this, { node, row, words, times });
    this.slots = {};
    for (const slot of node.querySelectorAll("[data-slot]")) this.slots[slot.dataset.slot] = slot;
    this.buttons = [...node.querySelectorAll("button[data-act]")];
    this.link = node.querySelector("a[data-act]");
    this.more = node.querySelector("details");
    this.more.addEventListener("keydown", (event) => this.leaveMore(event));
    this.pictureSequence = null;
  }

  /** Writes who it is into a node that came from the template. */
  name() {
    const { node, row, link, slots } = this;
    node.dataset.candidate = row.candidate;
    node.dataset.enrolment = row.enrolment;
    link.textContent = row.name;
    link.href = this.words.pageOf(row);
    slots.picture.alt = `Latest picture of ${row.name}`;
    for (const button of this.buttons) button.setAttribute("aria-label", `${button.textContent}: ${row.name}`);
    this.more.querySelector("summary").setAttribute("aria-label", `More for ${row.name}`);
  }

  /** Escape closes it, as it does everything that opens; only one of all tiles is open at a time. */
  leaveMore(event) {
    if (event.key !== "Escape" || !this.more.open) return;
    event.stopPropagation(); // choosing several goes on
    this.more.open = false;
    this.more.querySelector("summary").focus();
  }

  /** Writes what has changed. */
  patch(now) {
    const { slots, row, times, node } = this;
    const { worst } = row;
    if (node.dataset.attempt !== String(row.attempt ?? "")) node.dataset.attempt = row.attempt ?? "";
    setText(slots.state, this.words.states[row.state] ?? row.state);
    setClass(slots.state, `badge state-${row.state}`);
    setText(slots.incidents, incidentWords(row));
    setClass(slots.incidents, worst ? `badge severity-${worst}` : "badge");
    setHidden(slots.incidents, !worst);
    const talk = talkWords(row, times);
    setText(slots.talk, talk);
    setHidden(slots.talk, !talk);
    setText(slots.warning, warningWords(row, times));
    setClass(node, worst ? `tile tile-worst-${worst}` : row.isInNeed ? "tile tile-wanted" : "tile");
    setText(slots.connection, connectionWords(row, times));
    const isTroubled = row.hasDeviceTrouble || row.isBatteryLow;
    setClass(slots.connection, `tile-line tile-connection is-${row.connection}${isTroubled ? " is-troubled" : ""}`);
    for (const button of this.buttons) {
      setHidden(button, !row.allows(button.dataset.act, this.words.acts[button.dataset.act]));
    }
    setText(slots.extra, `+${row.extraMinutes} min`);
    setHidden(slots.extra, !row.extraMinutes);
    this.patchPicture();
    this.patchTime(now);
  }

  patchTime(now) {
    setText(this.slots.time, timeWords(this.row, now));
    const words = sentence(this.row, this.words, this.times, now);
    // Seconds count down under ten minutes: who listens hears whole minutes.
    if (this.link.getAttribute("aria-label") !== words) this.link.setAttribute("aria-label", words);
  }

  patchPicture() {
    const { picture } = this.row;
    if (!picture || picture.sequence === this.pictureSequence) return;
    this.pictureSequence = picture.sequence;
    this.slots.picture.src = picture.url;
    setHidden(this.slots.picture, false);
    setHidden(this.slots["no-picture"], true);
  }
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function setClass(node, name) {
  if (node.className !== name) node.className = name;
}

function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}
