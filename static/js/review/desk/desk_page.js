// The review desk: stage, timeline and incidents on one playhead; everything by keys, and without them as well.

import { listenForKeys } from "../shortcuts.js";
import { Links } from "./links.js";
import { Stage } from "./stage.js";
import { keepOpen } from "./strip.js";
import { Triage } from "./triage.js";
import { chooseVerdict, focusVerdict, sendByKey } from "./verdict.js";

const page = document.getElementById("desk");
const data = JSON.parse(document.getElementById("desk-data").textContent);
const status = document.getElementById("desk-status");
const keysToggle = document.getElementById("keys-on");
const keysHelp = document.getElementById("desk-keys");

const links = new Links(data.items);
const stage = new Stage(data, links);
const triage = new Triage(data.incidents, (sentence) => { status.textContent = sentence; });

function toggleLoop() {
  if (stage.loop || !triage.incident) {
    stage.setLoop(null);
    if (!triage.incident) status.textContent = "Go to an incident first, with n.";
  } else {
    stage.setLoop(triage.incident);
    if (!stage.isPlaying) stage.play();
  }
}

function showVerdict() {
  if (!focusVerdict()) status.textContent = "No verdict is wanted of you now.";
}

const acts = {
  previous: () => triage.step(-1, stage.moment),
  next: () => triage.step(1, stage.moment),
  play: () => stage.toggle(),
  loop: toggleLoop,
  back: () => stage.step(-1),
  on: () => stage.step(1),
  slower: () => stage.changeSpeed(-1),
  faster: () => stage.changeSpeed(1),
  "zoom-in": () => stage.zoom(1),
  "zoom-out": () => stage.zoom(-1),
};
page.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.act) acts[button.dataset.act]?.();
  else if (button?.dataset.shows) {
    stage.showItem(Number(button.dataset.shows));
    document.getElementById("desk-stage").scrollIntoView({ block: "nearest" });
  }
});
for (const button of page.querySelectorAll("[data-shows]")) button.hidden = false;

triage.addEventListener("chosen", ({ detail }) => {
  if (stage.loop) stage.setLoop(detail);
  else stage.seek(detail.begin, { now: true });
});
stage.addEventListener("incident", ({ detail }) => triage.choose(detail));
stage.addEventListener("stopped", () => { status.textContent = "Played to the end."; });

const keys = {
  n: acts.next,
  p: acts.previous,
  u: () => triage.nextOpen(),
  m: () => triage.focusNote(),
  " ": acts.play,
  l: toggleLoop,
  ArrowLeft: acts.back,
  ArrowRight: acts.on,
  "<": acts.slower,
  ">": acts.faster,
  v: showVerdict,
  j: () => document.getElementById("next-case")?.requestSubmit(),
  "?": () => { keysHelp.hidden = !keysHelp.hidden; },
};
for (const digit of [1, 2, 3, 4, 5]) {
  keys[digit] = () => chooseVerdict(digit) || triage.decide(digit);
}
sendByKey();
keysHelp.hidden = false;
listenForKeys(keys, keysToggle, () => document.querySelector("dialog[open]") !== null);

keepOpen(page, links);

const named = Number(/^#incident-(\d+)$/.exec(location.hash)?.[1]);
const first = data.incidents[0];
stage.seek(first?.begin ?? data.items[0]?.at ?? data.start, { now: true });
if (named) triage.choose(named);
