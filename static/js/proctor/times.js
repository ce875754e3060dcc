// Times of day in the zone in which the proctor reads them, and time left.

/** Writes moments (ISO text, Date or milliseconds) in one zone. */
export class ZoneTimes {
  constructor(zone) {
    const options = { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    this.minutes = new Intl.DateTimeFormat("en-GB", options);
    this.seconds = new Intl.DateTimeFormat("en-GB", { ...options, second: "2-digit" });
  }

  /** "10:31:05" */
  clock(moment) {
    return this.seconds.format(new Date(moment));
  }

  /** "10:31" */
  minute(moment) {
    return this.minutes.format(new Date(moment));
  }
}

/** Time left as the tiles show it: whole minutes, seconds below ten minutes. */
export function timeLeft(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= 600) return `${Math.floor(whole / 60)} min`;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
