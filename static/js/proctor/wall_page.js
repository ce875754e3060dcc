// The proctor's page of a sitting: makes the parts, joins them to the socket, and hands them to each feature.

import "../shared/clip_player.js";
import { ServerClock } from "../shared/clock.js";
import { PictureViewer } from "../review/picture_viewer.js";
import { ActDialogs } from "./act_dialogs.js";
import { ActsPanel } from "./acts_panel.js";
import { sayAnswers } from "./ask_dialog.js";
import { Announced } from "./announced.js";
import { Announcer } from "./announcer.js";
import { CallDesk } from "./call_desk.js";
import { DetailsDialog } from "./details_dialog.js";
import { HandOvers } from "./hand_overs.js";
import { IncidentFeed } from "./incident_feed.js";
import { LiveNews } from "./live_news.js";
import { LivePanel } from "./live_panel.js";
import { LiveViewer } from "./live_viewer.js";
import { LiveWall } from "./live_wall.js";
import { PageState } from "./page_state.js";
import { TalkPanel } from "./talk_panel.js";
import { openSelection } from "./selection.js";
import { TileGrid } from "./tile_grid.js";
import { ZoneTimes } from "./times.js";
import { WallEvents } from "./wall_events.js";
import { WallAlerts } from "./wall_alerts.js";
import { WallKeys } from "./wall_keys.js";
import { WallFilters } from "./wall_filters.js";
import { WallPager } from "./wall_pager.js";
import { WallReload } from "./wall_reload.js";
import { WallSocket } from "./wall_socket.js";

const LONG_GAP_MS = 30000;
const byId = (id) => document.getElementById(id);
const read = (id) => JSON.parse(byId(id).textContent);
const root = byId("wall");
const times = new ZoneTimes(root.dataset.zone);
const clock = new ServerClock();
clock.update(root.dataset.serverTime, 0, performance.now());
const announcer = new Announcer(byId("announcements"));
const pageState = new PageState({ wall: root, badge: byId("page-state"), problem: byId("page-problem") }, times);
const announced = new Announced(document.querySelector("[data-announced]"), (count) => {
  byId("announced").hidden = false;
  byId("announced-count").textContent = document.querySelectorAll("[data-announcement]").length;
  announcer.say(count === 1 ? "There is a new announcement." : `There are ${count} new announcements.`);
});
const viewer = new PictureViewer(byId("picture-dialog"));
const details = new DetailsDialog(byId("details-dialog"));
const events = new WallEvents();
const words = {
  states: read("state-words"),
  acts: read("act-states"),
  pageOf: (row) => `${root.dataset.pageUrl}candidates/${row.enrolment}/`,
};
const filters = new WallFilters(
  { buttons: [...document.querySelectorAll("[data-filter]")], search: byId("search"), showAll: byId("show-all") },
  { me: Number(root.dataset.me), key: `proctor-wall-${location.pathname}`, onChange: () => grid.arrange(1) },
);
const pager = new WallPager(
  {
    nav: byId("pager"),
    previous: byId("page-previous"),
    next: byId("page-next"),
    place: byId("page-place"),
    elsewhere: byId("elsewhere"),
    elsewhereText: byId("elsewhere-text"),
    elsewhereGo: byId("elsewhere-go"),
  },
  (page, row) => grid.goTo(page, row),
);
const grid = new TileGrid(
  {
    list: byId("tiles"),
    template: byId("tile"),
    sortNow: byId("sort-now"),
    sortState: byId("sort-state"),
    shown: byId("shown"),
    noMatch: byId("no-match"),
    nobody: byId("nobody"),
  },
  {
    rows: read("rows"),
    words,
    times,
    filters,
    pager,
    onVisible: (attempts) => {
      socket.show(attempts);
      liveWall?.show(attempts);
    },
  },
);
byId("show-all").addEventListener("click", () => byId("tiles").querySelector("a")?.focus());

const live = new LiveViewer({ send: (message) => socket.send(message) });
live.addEventListener("state", ({ detail: { attempt, state } }) => {
  if (state === "live") changeTile(attempt, {}, (row) => { row.isWatched = true; });
});
const liveSwitch = byId("live-switch");
const liveWall = liveSwitch
  ? new LiveWall({ button: liveSwitch, viewer: live, tileOf: (attempt) => grid.nodeOf(attempt) })
  : null;

const feed = new IncidentFeed(
  {
    list: byId("feed"),
    template: byId("feed-entry"),
    waiting: byId("feed-waiting"),
    onlyUnseen: byId("only-unseen"),
    empty: byId("feed-empty"),
  },
  {
    times,
    incidentUrl: root.dataset.incidentUrl,
    incidentApi: root.dataset.incidentApi,
    precision: JSON.parse(byId("precision-words").textContent),
    readsWarnings: (attempt) => grid.byAttempt.get(attempt)?.readsWarnings ?? !root.dataset.outside,
  },
  {
    onWarn: (entry) => dialogs.open("warn", { attempt: entry.attempt, name: entry.name }),
    onChanged: (payload) => changeTile(payload.attempt, payload, (row) => row.applyIncident(payload)),
    onShow: (pictures, place, renew) => viewer.open(pictures, place, renew),
    onDone: (text) => announcer.say(text),
  },
);

const actParts = { warn: byId("warn-dialog"), reason: byId("reason-dialog"), results: byId("results-dialog"), ask: byId("ask-dialog") };
const actSetting = { api: root.dataset.actionsApi, codes: read("reason-codes"), states: words.acts };
const dialogs = new ActDialogs(actParts, actSetting, {
  onMoved: (payload) => changeTile(payload.attempt, payload, (row) => row.applyMove(payload.attempt, payload)),
  onDone: (text) => {
    announcer.say(text);
    grid.tick(clock.now());
    keepFocus();
  },
});

const reload = new WallReload(root.dataset.pageUrl, grid, feed, () => {});

const socket = new WallSocket(root.dataset.socketUrl, Number(root.dataset.lastEventId), {
  onState: (state, since) => pageState.show(state, since),
  onRefused: (text, code) => pageState.refuse(text, code),
  onHello: (message, downFor) => {
    clock.update(message.server_time);
    live.connected();
    if (downFor > LONG_GAP_MS) reload.plan();
  },
  onEvents: (fresh) => {
    events.take(fresh);
    for (const { attempt } of fresh) details.touch(attempt);
    refresh();
  },
  onPulse: (attempts) => {
    for (const [id, seen] of Object.entries(attempts)) {
      changeTile(Number(id), {}, (row) => row.applyPulse(seen, clock.now()));
    }
    refresh();
  },
  onLive: (message) => live.take(message),
  onThumbnail: ({ attempt, sequence, image }) => grid.applyPicture(attempt, sequence, image),
});

/** Changes the row of an attempt, or of the candidate named in the payload when the attempt is new; its tile follows. */
function changeTile(attempt, payload, change) {
  const row = grid.byAttempt.get(attempt) ?? grid.rows.get(payload.candidate?.id);
  if (!row) {
    reload.plan();
    return null;
  }
  // Somebody who runs again has a newer attempt; news of the old one no longer belong on the tile.
  if (row.attempt !== null && attempt < row.attempt) return null;
  change(row);
  grid.touch(row);
  return row;
}

events.on("incident.", ({ id, attempt, payload }) => {
  const isNew = feed.take(id, payload);
  const row = changeTile(attempt, payload, (each) => each.applyIncident(payload));
  if (isNew && row && payload.review_state === "unreviewed" && !payload.advisory) {
    alerts.take({ what: "incident", severity: payload.severity, kind: payload.kind });
    announcer.sayIncident(payload.kind.replaceAll("_", " "), payload.candidate.name);
  }
});
const moved = ({ attempt, payload }) => changeTile(attempt, payload, (row) => row.applyMove(attempt, payload));
events.on("attempt.moved", moved);
events.on("attempt.deadline_changed", moved);
events.on("warning.", ({ attempt, payload }) => changeTile(attempt, payload, (row) => row.applyWarning(payload)));
events.on("", ({ attempt, payload }) => {
  if (!payload.talk) return;
  changeTile(attempt, payload, (row) => {
    const { unread, handSince } = row;
    row.applyTalk(payload.talk);
    if (row.unread > unread || (row.handSince && !handSince)) alerts.take({ what: "talk" });
  });
});
events.on("safe_browser.left", ({ payload }) => {
  announcer.say(`${payload.candidate.name} works outside Safe Exam Browser; answers are saved. See the candidate's page.`);
});
events.on("call.changed", ({ attempt, payload }) => changeTile(attempt, payload, (row) => row.applyCall(payload)));
events.on("announcement.", () => announced.plan());
events.on("identity.", ({ kind, payload }) => {
  byId("checks-waiting").textContent = payload.waiting;
  if (kind === "identity.asked") announcer.say(`${payload.candidate.name} waits for an identity check.`);
});

events.on("connection.changed", ({ attempt, payload }) => {
  if (!payload.connected && grid.byAttempt.has(attempt)) alerts.take({ what: "lost" });
});

function refresh() {
  grid.tick(clock.now());
  alerts.count(grid.inNeed);
  feed.tick();
}

/** After an act the button that was used may be gone: the focus then goes to the name of the candidate. */
function keepFocus() {
  const focused = document.activeElement;
  if (focused && focused !== document.body && focused.getClientRects().length) return;
  const row = grid.byAttempt.get(dialogs.subject?.attempt);
  if (row) grid.focus(row);
}

function open(row) {
  details.open(words.pageOf(row), row.name, row.attempt);
}
details.neighbours = () => grid.order.map((row) => ({ url: words.pageOf(row), name: row.name, attempt: row.attempt }));

byId("tiles").addEventListener("click", (event) => {
  const control = event.target.closest("[data-act]");
  const node = control?.closest("[data-tile]");
  if (!node) return;
  const row = grid.rows.get(Number(node.dataset.candidate));
  if (control.dataset.act !== "details") {
    dialogs.open(control.dataset.act, { attempt: row.attempt, name: row.name, state: row.state });
  } else if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    open(row);
  }
});

const alerts = new WallAlerts({
  form: byId("alerts-form"),
  status: byId("alerts-status"),
  mark: byId("alerts-on"),
  title: document.title,
});

// What a feature may use. Each has an own module and one line below; see "The proctor's page" in docs/architecture.md.
const wall = { root, grid, feed, dialogs, details, events, socket, live, alerts, announcer, clock, times, changeTile };
new WallKeys(
  { list: byId("tiles"), search: byId("search"), dialog: byId("keys-dialog"), toggle: byId("keys-toggle"), sortNow: byId("sort-now") },
  wall,
  {
    may: (act, row) => row.allows(act, words.acts[act]),
    acknowledge: (row) => feed.acknowledgeNewest(row),
    watch: (row) => {
      const start = ({ detail }) => detail.attempt === row.attempt && byId("details-dialog").querySelector("[data-live-watch]")?.click();
      details.dialog.addEventListener("panel:shown", start, { once: true });
      open(row);
    },
  },
);
new LivePanel({ dialog: wall.details.dialog, viewer: wall.live, times });
if (byId("live-news")) new LiveNews({ line: byId("live-news"), viewer: wall.live, times });
new TalkPanel(wall);
new HandOvers({ root: byId("hand-overs"), template: byId("hand-over"), open: JSON.parse(byId("open-hand-overs").textContent) }, wall);
new CallDesk(wall, { bar: byId("call-bar") });
openSelection(wall);
sayAnswers(wall);
new ActsPanel(wall);

for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.addEventListener("click", () => byId(opener.dataset.opens).showModal());
}
for (const closer of document.querySelectorAll("#keys-dialog [data-close], #alerts-dialog [data-close]")) {
  closer.addEventListener("click", () => closer.closest("dialog").close());
}

grid.arrange(1);
refresh();
setInterval(refresh, 1000);
socket.connect();
