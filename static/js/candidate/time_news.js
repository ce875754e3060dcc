// Says when the working time has become longer or shorter: extra time that was agreed, lost time given back.

import { inWords } from "../shared/clock.js";

export class TimeNews {
  constructor({ watch, notice }) {
    Object.assign(this, { watch, notice });
    const { extra_seconds: extra, credited_seconds: credited } = watch.snapshot;
    this.known = { extra, credited };
  }

  listen() {
    this.watch.addEventListener("changed", ({ detail }) => this.#compare(detail.snapshot));
  }

  #compare({ extra_seconds: extra, credited_seconds: credited }) {
    const more = extra - this.known.extra;
    const given = credited - this.known.credited;
    this.known = { extra, credited };
    const sentences = [];
    if (more) sentences.push(`Your working time is now ${inWords(Math.abs(more))} ${more > 0 ? "longer" : "shorter"}.`);
    if (given > 0) sentences.push(`${inWords(given)} of lost time were added to your working time.`);
    if (sentences.length) this.notice.show(sentences.join(" ") + " The clock shows it.");
  }
}
