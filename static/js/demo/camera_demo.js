// The camera demo: its own camera, monitored by the API alone with a token of minutes, and what comes back.

import { Camera } from "../candidate/camera.js";
import { pictureOf } from "../candidate/frame_sender.js";
import { postJSON } from "../shared/http.js";
import { Refused, SessionApi } from "./session_api.js";

const FIGURES_EVERY_MS = 2000;
const AFTER_FAILURE_MS = 3000;
const NAMES = {
  eye_contact: "Facing the camera",
  posture: "Upright",
  head_stability: "Steady head",
  detector_confidence: "Certainty of the face detector",
};
const byId = (id) => document.getElementById(id);
const place = byId("running");
const camera = new Camera();
let run = null; // {api, sequence, timers}

byId("begin").addEventListener("submit", (event) => {
  event.preventDefault();
  begin();
});
byId("stop").addEventListener("click", () => stop("Stopped. Everything that was captured is deleted."));
window.addEventListener("pagehide", () => camera.stop());
camera.addEventListener("state", ({ detail }) => {
  if (run && detail.state !== "ok") say(detail.text);
});

async function begin() {
  complain("");
  tell("");
  byId("start").disabled = true;
  try {
    if (!(await camera.open())) throw new Error(camera.text || "The camera could not be opened.");
    const given = await postJSON(place.dataset.token);
    const api = new SessionApi(given);
    await api.start({
      sitting: given.sitting,
      candidate_id: `visitor-${crypto.randomUUID().slice(0, 13)}`,
      candidate_name: "Visitor",
      consent: {
        camera: true,
        microphone: false,
        face_comparison: false,
        agreed_at: new Date().toISOString(),
        notice_url: location.href,
        notice_version: place.dataset.notice,
        asked_by: "The page of the camera demo",
      },
    });
    byId("camera").srcObject = camera.stream;
    byId("agreement").hidden = true;
    place.hidden = false;
    byId("running-title").focus();
    run = { api, sequence: 0, timers: {} };
    sendOne(run);
    readFigures(run);
  } catch (error) {
    camera.stop();
    complain(error.message);
  } finally {
    byId("start").disabled = false;
  }
}

async function sendOne(mine) {
  let wait = AFTER_FAILURE_MS;
  try {
    const picture = await pictureOf(byId("camera"));
    if (mine !== run) return;
    if (picture && byId("camera").videoWidth) {
      mine.sequence += 1;
      const answer = await mine.api.sendFrame(await picture.arrayBuffer(), mine.sequence);
      if (mine !== run) return;
      show(answer);
      wait = answer.next_frame_after_ms;
    } else {
      wait = 200;
    }
  } catch (error) {
    if (mine !== run) return;
    if (error instanceof Refused && !error.isTemporary) {
      stop(error.code === "ended" ? "The time is over. Everything is deleted." : error.message);
      return;
    }
    say(error.message);
  }
  mine.timers.frame = setTimeout(() => sendOne(mine), wait);
}

function show(answer) {
  const number = run.sequence;
  say(answer.analysed ? `Picture ${number} was looked at.` : "The server is busy; the next picture comes a little later.");
  const told = answer.coaching.map(({ text }) => text);
  const list = byId("coaching");
  if (told.join("\n") === [...list.children].map((item) => item.textContent).join("\n")) return;
  list.replaceChildren(...told.map((text) => element("li", text)));
}

async function readFigures(mine) {
  try {
    const [metrics, alerts] = await Promise.all([mine.api.metrics(), mine.api.alerts()]);
    if (mine !== run) return;
    drawFigures(metrics);
    drawAlerts(alerts);
  } catch (error) {
    if (mine === run && !(error instanceof Refused && error.isTemporary)) return;
  }
  if (mine === run) mine.timers.figures = setTimeout(() => readFigures(mine), FIGURES_EVERY_MS);
}

function drawFigures({ duration_seconds: seconds, frames_analysed: looked, measures }) {
  const rows = [["Seconds", Math.round(seconds)], ["Pictures looked at", looked]];
  for (const [name, words] of Object.entries(NAMES)) {
    rows.push([words, measures[name] ? Math.round(measures[name].mean) : "–"]);
  }
  byId("figures").replaceChildren(...rows.flatMap(([words, value]) => [element("dt", words), element("dd", String(value))]));
}

function drawAlerts(alerts) {
  byId("no-alerts").hidden = alerts.length > 0;
  const list = byId("alerts");
  const known = new Map([...list.children].map((item) => [item.dataset.alert, item]));
  for (const each of alerts) {
    const words = `${each.ended_at ? "Over" : "Now"}, ${each.kind.replaceAll("_", " ")} (${each.severity}): ${each.message}`;
    const item = known.get(String(each.id)) ?? element("li", "");
    if (item.textContent !== words) item.textContent = words;
    if (!item.isConnected) {
      item.dataset.alert = String(each.id);
      list.prepend(item);
    }
  }
}

async function stop(words) {
  const mine = run;
  run = null;
  Object.values(mine?.timers ?? {}).forEach(clearTimeout);
  camera.stop();
  byId("camera").srcObject = null;
  try {
    if (mine) {
      await mine.api.end();
      await mine.api.remove();
    }
  } catch (error) {
    complain(`Not everything could be deleted now: ${error.message} It will be deleted later.`);
    return;
  } finally {
    place.hidden = true;
    byId("agreement").hidden = false;
    byId("agrees").checked = false;
    byId("alerts").replaceChildren();
    byId("coaching").replaceChildren();
    byId("agreement-title").focus();
  }
  tell(words);
}

function say(text) {
  byId("state").textContent = text;
}

function complain(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = !text;
}

function tell(text) {
  byId("news").textContent = text;
  byId("news").hidden = !text;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
