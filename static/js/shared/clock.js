// The server's time on this machine: the device's own clock may be wrong and may jump during an exam.

/**
 * Keeps the offset to the server's clock. Time runs on performance.now(), so that setting the device's clock
 * changes nothing. The sample with the shortest round trip of the last `keep` wins.
 */
export class ServerClock {
  constructor(keep = 8) {
    this.keep = keep;
    this.samples = [];
  }

  /**
   * Takes in one answer. `serverTime`: ISO text or milliseconds. `roundTripMs`: how long the answer took
   * (0 if unknown). `receivedAt`: performance.now() on arrival. Returns false when the time cannot be read.
   */
  update(serverTime, roundTripMs = 0, receivedAt = performance.now()) {
    const server = typeof serverTime === "number" ? serverTime : Date.parse(serverTime);
    if (!Number.isFinite(server)) return false;
    this.samples.push({ offset: server + roundTripMs / 2 - receivedAt, roundTripMs, receivedAt });
    this.samples = this.samples.slice(-this.keep);
    return true;
  }

  get isSet() {
    return this.samples.length > 0;
  }

  /** Milliseconds since 1970 by the server's clock (the device's clock until the first sample). */
  now() {
    if (!this.isSet) return Date.now();
    const best = this.samples.reduce((a, b) => (b.roundTripMs <= a.roundTripMs ? b : a));
    return performance.now() + best.offset;
  }

  /** Whole seconds until `moment` (ISO text, Date or milliseconds); never negative, rounded up. */
  secondsUntil(moment) {
    const at = moment instanceof Date ? moment.getTime() : typeof moment === "number" ? moment : Date.parse(moment);
    return Math.max(0, Math.ceil((at - this.now()) / 1000));
  }
}

/** Seconds in words: "10 minutes", "1 minute 30 seconds". */
export function inWords(seconds) {
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 60), "minute"],
    [whole % 60, "second"],
  ];
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`);
  return said.join(" ") || "0 seconds";
}

/** Seconds as "1:05:09" or "12:34". */
export function formatDuration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const text = parts.map((part) => String(part).padStart(2, "0"));
  return parts[0] ? [parts[0], text[1], text[2]].join(":") : text.slice(1).join(":");
}
