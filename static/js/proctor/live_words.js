// What the proctor's page says about live video.

const WHY = {
  live_off: "live video is switched off",
  no_consent: "this candidate has not agreed to live video",
  not_running: "the exam is not running",
  own_attempt: "this is your own attempt",
  live_full: "too many pages watch this candidate already",
  live_unavailable: "the video service does not answer",
  no_provider: "one of the two pages is older than the server; reload this page",
  no_camera: "their camera is off",
  no_way: "the two browsers cannot reach each other",
  no_way_server: "the video service cannot be reached",
  put_out: "the server has ended it",
  no_answer: "their page does not answer",
  withdrawn: "the candidate withdrew the agreement",
  attempt_ended: "the exam has ended",
};

const OF_THE_SERVICE = new Set(["live_unavailable", "no_way_server"]);

/** Whether it is the service that does not work, not one candidate. */
export function isOfTheService(code) {
  return OF_THE_SERVICE.has(code);
}

/** `againAt`: milliseconds since 1970; `times`: ZoneTimes. */
export function tryingAgain(againAt, times) {
  return `Live video is not available now; trying again at ${times.minute(againAt)}.`;
}

/** A sentence or two for the state of a call; with `times` it says when a service is asked again. */
export function inWords({ state, code, againAt, isRecorded }, times) {
  if (state === "connecting") return "Connecting to the camera.";
  if (state === "live") return isRecorded ? "Live. It is recorded." : "Live.";
  if (state === "held") return "The exam is paused: nothing is sent.";
  if (state === "unavailable" && isOfTheService(code) && againAt && times) return `${tryingAgain(againAt, times)} Pictures arrive still.`;
  if (state === "unavailable") return `Live video unavailable${WHY[code] ? `: ${WHY[code]}` : ""}. Pictures arrive still.`;
  return "";
}

/** The same in a word or two, for a tile. */
export function inShort({ state }) {
  return { connecting: "connecting", live: "live", held: "paused", unavailable: "no live video" }[state] ?? "";
}
