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
    // Comes after the new deadline, and says why.
    document.addEventListener("time:given", ({ detail }) => this.#given(detail));
  }

  #given({ minutes, reason }) {
    this.notice.show(`A proctor gave you ${inWords(60 * minutes)} more. ${reason} The clock shows it.`);
  }

  #compare({ extra_seconds: extra, credited_seconds: credited }) {
    const more = extra - this.known.extra;
    const given = credited - this.known.credited;
    this.known = { extra, credited };
    if (more || given > 0) this.#tell(more, given);
  }

  async #tell(more, given) {
    const sentences = [];
    if (more) sentences.push(`Your working time is now ${inWords(Math.abs(more))} ${more > 0 ? "longer" : "shorter"}.`);
    if (given > 0) {
      // The push says how much; why stands in the ledger.
      await this.watch.refresh();
      const why = this.watch.snapshot.lost_time.filter((each) => each.credited_seconds > 0).at(-1)?.cause;
      sentences.push(`${inWords(given)} of lost time were added to your working time${why ? " (" + why.toLowerCase() + ")" : ""}.`);
    }
    this.notice.show(sentences.join(" ") + " The clock shows it.");
  }
}
