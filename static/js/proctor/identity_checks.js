// The queue of identity checks: kept up to date through the sitting's socket, decided by keys or buttons.

import { getPage } from "../shared/http.js";
import { listenForKeys } from "../review/shortcuts.js";
import { WallSocket } from "./wall_socket.js";

const EVERY_MS = 30000; // how long people wait is written anew
const byId = (id) => document.getElementById(id);
const root = byId("identity-checks");
const queue = byId("queue");
const openId = root.dataset.open;

async function refresh() {
  let text;
  try {
    text = await getPage(root.dataset.listUrl + (openId ? `&check=${openId}` : ""));
  } catch (error) {
    if (error.status === undefined) throw error;
    return say(error.detail);
  }
  const fresh = new DOMParser().parseFromString(text, "text/html").body;
  const had = document.activeElement?.dataset?.check;
  queue.replaceChildren(...fresh.querySelectorAll("li"));
  if (had) queue.querySelector(`[data-check="${had}"]`)?.focus();
  const entries = [...queue.querySelectorAll("[data-check]")];
  document.querySelector("[data-queue-count]").textContent = entries.length;
  if (openId && !entries.some((entry) => entry.dataset.check === openId)) {
    say("The candidate you have open waits no longer: somebody has decided, or they chose another way.");
  } else if (!openId && entries.length) location.reload();
  return undefined;
}

function say(text) {
  byId("queue-problem").textContent = text;
  byId("queue-problem").hidden = !text;
}

function step(by) {
  const entries = [...queue.querySelectorAll("[data-check]")];
  const place = entries.findIndex((entry) => entry.dataset.check === openId);
  const next = entries[place + by];
  if (next) location.assign(next.href);
}

function reveal(key, field) {
  const details = document.querySelector(`summary[data-key="${key}"]`)?.parentElement;
  if (!details) return;
  details.open = true;
  byId(field).focus();
}

const socket = new WallSocket(root.dataset.socketUrl, Number(root.dataset.lastEventId), {
  onState: (state) => say(state === "live" ? "" : "This page is not live now; it tries to connect again."),
  onRefused: say,
  onHello: (message, downFor) => downFor && refresh(),
  onEvents: (events) => {
    const news = events.filter(({ kind }) => kind.startsWith("identity."));
    if (!news.length) return;
    const { payload } = news[news.length - 1];
    byId("queue-news").textContent = `${payload.candidate.name}: ${payload.state.replaceAll("_", " ")}. ${payload.waiting} waiting.`;
    refresh();
  },
  onPulse: () => {},
  onThumbnail: () => {},
});

if (openId) {
  const keys = {
    a: () => document.querySelector('[data-key="a"]').focus(),
    g: () => reveal("g", "message"),
    r: () => reveal("r", "reason"),
    j: () => step(1),
    k: () => step(-1),
  };
  listenForKeys(keys, byId("keys-on"), () => false);
}
setInterval(refresh, EVERY_MS);
socket.connect();
