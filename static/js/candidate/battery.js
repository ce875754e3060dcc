// How full the battery is, where the browser says so; used only where the notice has said that it is looked at.

const EVERY_MS = 60000;
const STEP = 5; // percent: nobody needs it finer

export class Battery {
  /** `source`: the browser's navigator; without `getBattery` (Firefox, Safari) nothing is ever told. */
  constructor(source = navigator) {
    this.battery = null;
    this.toldAt = -Infinity;
    source.getBattery?.().then(
      (battery) => { this.battery = battery; },
      () => {}, // a browser that does not say is one without
    );
  }

  /** {level, charging} at most once a minute; null when there is nothing to tell. */
  news(now) {
    if (!this.battery || now - this.toldAt < EVERY_MS) return null;
    this.toldAt = now;
    return { level: Math.round((this.battery.level * 100) / STEP) * STEP, charging: this.battery.charging };
  }
}
