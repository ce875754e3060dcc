// How well the exam page reaches the server: which of its last signs of life were answered in time (pure).

const REMEMBERED = 24; // one every ten seconds: the last four minutes
const IN_TIME_MS = 5000;
const LEAST = 3;

export class LineQuality {
  constructor() {
    this.beats = []; // {sentAt, isAnswered}
  }

  /** A sign of life is due: `isSent` false where the connection was down. */
  beat(now, isSent) {
    this.beats.push({ sentAt: isSent ? now : -Infinity, isAnswered: false });
    this.beats = this.beats.slice(-REMEMBERED);
  }

  /** The answer to the one that was sent at `sentAt`; one that comes too late counts as lost. */
  answer(sentAt, now) {
    const beat = this.beats.find((each) => each.sentAt === sentAt);
    if (beat && now - sentAt <= IN_TIME_MS) beat.isAnswered = true;
  }

  /** Percent lost of those whose time is over; null while there are too few to tell. */
  loss(now) {
    const told = this.beats.filter((each) => each.isAnswered || now - each.sentAt > IN_TIME_MS);
    if (told.length < LEAST) return null;
    return Math.round((100 * told.filter((each) => !each.isAnswered).length) / told.length);
  }
}
