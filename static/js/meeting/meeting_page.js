// The page of a meeting: check of the devices, then the waiting room or the room, until one leaves.

import { ServerClock, formatDuration } from "../shared/clock.js";
import { MeetingSocket } from "./meeting_socket.js";
import { OwnMedia } from "./own_media.js";
import { People } from "./people.js";
import { WaitingList } from "./waiting_list.js";

const page = document.getElementById("meeting");
const find = (selector) => page.querySelector(selector);
const isHost = page.dataset.part === "host";
const joinedKey = `proctor-meeting-${page.dataset.meeting}`;
const FINAL = new Set(["ended", "meeting_over", "cancelled", "meeting_cancelled", "revoked", "not_found"]);
const clock = new ServerClock();
const media = new OwnMedia(page);
let room = null;
let isAway = false;
let wasLetOut = false;
/** Messages are handled one after the other: what a page says must not overtake the news that it is there. */
let turn = Promise.resolve();

const socket = new MeetingSocket(page.dataset.socketUrl, { onState, onRefused, onMessage });
const people = new People({
  list: find("[data-tiles]"),
  template: document.getElementById("tile-template"),
  send: (message) => socket.send(message),
  tracks: () => ({ picture: media.picture, sound: media.sound }),
});
const waiting = isHost
  ? new WaitingList({
      list: find("[data-candidates]"),
      news: find("[data-waiting-news]"),
      template: document.getElementById("candidate-template"),
      act: (kind, invitation) => socket.send({ type: kind, invitation }),
    })
  : null;

/** Shows one of the three parts of the page, with the focus on its title. */
function showPart(name) {
  for (const part of ["check", "room", "gone"]) find(`#${part}`).hidden = part !== name;
  find(`#${name}-title`).focus({ preventScroll: name === "room" });
}

async function beginCheck() {
  find("#check-begin").disabled = true;
  await media.begin();
  find("#check-begin").disabled = false;
  find("#check-begin").textContent = "Try again";
}

function joinMeeting() {
  media.isInRoom = true;
  media.endCheck();
  remember(true);
  showPart("room");
  showState();
  socket.start();
}

function leave(text) {
  remember(false);
  socket.stop();
  people.clear();
  room = null;
  media.isInRoom = false;
  media.stop();
  if (find("#end-dialog")?.open) find("#end-dialog").close();
  find("[data-gone-text]").textContent = text;
  showPart("gone");
}

/** After a reload one is where one was. */
function remember(isIn) {
  try {
    if (isIn) sessionStorage.setItem(joinedKey, "in");
    else sessionStorage.removeItem(joinedKey);
  } catch {
    // Without storage the check comes again after a reload.
  }
}

function wasIn() {
  try {
    return sessionStorage.getItem(joinedKey) === "in";
  } catch {
    return false;
  }
}

function onState(state) {
  isAway = state === "away";
  if (isAway) people.clear(); // the server gives this page a new name when it comes back
  showState();
}

function onRefused(text, reason) {
  leave(text);
  find("#gone-title").textContent = reason === "ended" || reason === "meeting_over" ? "The meeting is over" : "You are out of the meeting";
  find("#back").hidden = FINAL.has(reason);
}

function onMessage(message) {
  turn = turn.then(() => handle(message)).catch((error) => console.warn("meeting:", error.name));
}

async function handle(message) {
  if (message.type === "hello") {
    clock.update(message.server_time);
    people.greeted(message);
  } else if (message.type === "room") await showRoom(message);
  else if (message.type === "live") await people.take(message);
  else if (message.type === "error") tellProblem(message.detail);
}

async function showRoom(message) {
  const before = room;
  room = message;
  if (before && before.is_in !== room.is_in) changeSide(room.is_in);
  tellProblem("");
  waiting?.show(message.candidates);
  find("[data-asks]").hidden = !message.asks;
  showState();
  await people.show(message.peers);
}

/** A candidate is let in or out: also said by the page's title, for those who look at something else. */
function changeSide(isIn) {
  wasLetOut = !isIn;
  document.title = isIn ? `You are in · ${document.title}` : document.title.replace("You are in · ", "");
}

function showState() {
  const words = stateInWords();
  if (find("[data-room-state]").textContent !== words) find("[data-room-state]").textContent = words;
  const lobby = find("[data-waiting]");
  if (lobby) {
    lobby.hidden = room === null || room.is_in;
    find("[data-host-here]").textContent = room?.host_is_here ? "A host is here." : "No host is here yet.";
  }
  tick();
}

function stateInWords() {
  if (isAway) return "The connection to the server was lost. It is tried again by itself.";
  if (room === null) return "Connecting…";
  if (!isHost && !room.is_in) return wasLetOut ? "You were let out. You can wait here, or leave." : "You wait to be let in.";
  if (people.count === 0) return isHost ? "You are in. Nobody else is here yet." : "You are in. The host is not connected at the moment.";
  const missing = people.count - people.connected;
  return missing ? "Connecting with the others…" : "Connected.";
}

function tick() {
  const since = isHost ? room?.candidates?.find((each) => each.is_in)?.let_in_at : room?.is_in && room.since;
  find("[data-elapsed]").hidden = !since;
  if (since) find("[data-elapsed-time]").textContent = formatDuration((clock.now() - Date.parse(since)) / 1000);
}

function tellProblem(text) {
  const problem = find("[data-room-problem]");
  problem.textContent = text;
  problem.hidden = text === "";
}

function showMedia() {
  find("#join").disabled = !media.isUsable;
  const microphone = find("#microphone-toggle");
  const camera = find("#camera-toggle");
  microphone.setAttribute("aria-pressed", String(media.isMuted));
  camera.setAttribute("aria-pressed", String(media.isCameraOff));
  find("[data-own-note]").textContent = !media.microphone.track ? "You (no microphone)" : media.isMuted ? "You (muted)" : "You";
  people.refresh();
}

media.addEventListener("changed", showMedia);
people.addEventListener("changed", () => showState());
find("#check-begin").addEventListener("click", beginCheck);
find("#join").addEventListener("click", joinMeeting);
find("#leave").addEventListener("click", () => leave("Your camera and microphone are off. You can come back as long as the meeting goes on."));
find("#back").addEventListener("click", () => location.reload());
find("#microphone-toggle").addEventListener("click", () => media.setMuted(!media.isMuted));
find("#camera-toggle").addEventListener("click", () => media.setCameraOff(!media.isCameraOff));
find("#end")?.addEventListener("click", () => find("#end-dialog").showModal());
find("#end-dialog")?.addEventListener("close", ({ target }) => target.returnValue === "end" && socket.send({ type: "end" }));
setInterval(tick, 1000);
find("#check-begin").disabled = false; // a click before now would have been lost

if (wasIn()) {
  await beginCheck();
  if (media.isUsable) joinMeeting();
}
