// What a tile says of a candidate: lines for the eye, and one sentence for screen readers (pure).

import { CONNECTS, RUNNING } from "./candidate_row.js";
import { timeLeft } from "./times.js";

const MICROPHONE_WORDS = {
  muted: "microphone muted",
  denied: "microphone not allowed",
  ended: "microphone off",
  none: "no microphone",
};
const CAMERA_WORDS = { denied: "camera not allowed", ended: "camera off", none: "no camera" };
const SCREEN_WORDS = { ended: "screen no longer shared", window: "only a window is shared" };
// Signs come about every two seconds, and word of them every two: with these, five seconds pass at most.
const SILENT_S = 3;
const LATE_S = 1;
const SHOWN_LOSS = 5; // percent

/** "1 incident, high", or "". */
export function incidentWords(row) {
  const number = row.waiting.length;
  return number ? `${number} incident${number === 1 ? "" : "s"}, ${row.worst}` : "";
}

/** "hand raised 10:31", "2 messages", "in a call with …": what the candidate wants of us. */
export function talkWords(row, times) {
  const words = [];
  if (row.handSince) words.push(`hand raised ${times.minute(row.handSince)}`);
  if (row.unread) words.push(`${row.unread} new message${row.unread === 1 ? "" : "s"}`);
  if (row.call) words.push(`${row.call.state === "open" ? "in a call with" : "called by"} ${row.call.proctor.name}`);
  return words.join(", ");
}

export function warningWords(row, times) {
  if (!row.warning) return "";
  const { sent_at: sentAt, acknowledged_at: readAt } = row.warning;
  const done = row.isOutside ? "shown" : "read"; // another system says of its page what it did
  const read = readAt ? `${done} ${times.minute(readAt)}` : `not ${done} yet`;
  return `warned ${times.minute(sentAt)}, ${read}`;
}

/** Time left while the attempt runs, in whole minutes above ten. */
export function timeWords(row, now) {
  if (row.deadlineAt === null || !RUNNING.has(row.state)) return "";
  return timeLeft((row.deadlineAt - (row.pausedAt ?? now)) / 1000);
}

/** Connection, devices and battery in one line; what is wrong comes first, what is right in a few words. */
export function connectionWords(row, times) {
  if (row.connection === "lost") {
    if (!row.lostSince) return "not connected";
    return `connection lost since ${times.clock(row.lostSince)}`;
  }
  if (row.connection === "none") return "";
  const words = [howWell(row), ...deviceWords(row, times), batteryWords(row)];
  return words.filter(Boolean).join(", ");
}

function howWell(row) {
  const isSilent = row.lastSeen > SILENT_S;
  const words = [isSilent ? `no sign for ${Math.round(row.lastSeen)} s` : row.connection === "slow" ? "slow connection" : "connected"];
  if (row.rtt !== null) words.push(inTime(row.rtt));
  if (row.loss >= SHOWN_LOSS) words.push(`${row.loss} % lost`);
  if (!isSilent && row.expectsPictures && row.pictureLate > LATE_S) words.push("no new picture");
  return words.join(", ");
}

function inTime(rtt) {
  return rtt < 1000 ? `${Math.round(rtt)} ms` : `${(rtt / 1000).toFixed(1)} s`;
}

function deviceWords(row, times) {
  if (!CONNECTS.has(row.state)) return [];
  const microphone = MICROPHONE_WORDS[row.microphone];
  const since = microphone && row.microphoneSince ? ` since ${times.minute(row.microphoneSince)}` : "";
  return [CAMERA_WORDS[row.camera], microphone && microphone + since, SCREEN_WORDS[row.screen]];
}

/** "battery 80 %, charging"; "battery low: 10 %". */
export function batteryWords(row) {
  if (!row.battery || !CONNECTS.has(row.state)) return "";
  const { level, charging } = row.battery;
  if (row.isBatteryLow) return `battery low: ${level} %`;
  return `battery ${level} %${charging ? ", charging" : ""}`;
}

/** Everything about the candidate as one sentence, which begins with the name that is to be seen. */
export function sentence(row, words, times, now) {
  const left = timeWords(row, now);
  const parts = [
    words.states[row.state] ?? row.state,
    left && `${spoken(left)} left`,
    row.extraMinutes > 0 && `with ${row.extraMinutes} extra minute${row.extraMinutes === 1 ? "" : "s"}`,
    row.waiting.length > 0 && waitingWords(row),
    talkWords(row, times),
    connectionWords(row, times),
    warningWords(row, times),
  ];
  return `${row.name}: ${parts.filter(Boolean).join("; ")}.`;
}

function waitingWords(row) {
  const number = row.waiting.length;
  return `${number} incident${number === 1 ? " waits" : "s wait"}, the worst of severity ${row.worst}`;
}

function spoken(left) {
  if (left.endsWith(" min")) return left.replace(" min", " minutes");
  return `${Number(left.split(":")[0])} minutes`;
}
