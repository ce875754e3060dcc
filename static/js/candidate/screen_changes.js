// Whether a screen looks different from the last picture of it that was sent, told on a small grey copy (pure).

export const GRID = { width: 96, height: 54 };
/** Grey levels by which a field has changed; and so many fields: more than a caret that blinks or a pointer. */
const LEAST_LEVELS = 8;
const LEAST_FIELDS = 6;
/** So long an unchanged screen is not sent again. */
export const LONGEST_MS = 60000;

export class ScreenChanges {
  constructor() {
    this.sent = null;
    this.sentAt = -Infinity;
    this.candidate = null;
  }

  /** `pixels`: RGBA of the small copy; `now`: milliseconds. Whether the screen is to be sent. */
  look(pixels, now) {
    this.candidate = greyOf(pixels);
    if (this.sent === null || now - this.sentAt >= LONGEST_MS) return true;
    return changedFields(this.sent, this.candidate) >= LEAST_FIELDS;
  }

  /** The screen that was looked at last has been taken for sending. */
  took(now) {
    this.sent = this.candidate;
    this.sentAt = now;
  }

  /** The next look is sent whatever it shows: another screen, or one that was away. */
  forget() {
    this.sent = null;
  }
}

function greyOf(pixels) {
  const grey = new Uint8Array(pixels.length / 4);
  for (let place = 0; place < grey.length; place += 1) {
    const at = place * 4;
    grey[place] = (pixels[at] * 77 + pixels[at + 1] * 150 + pixels[at + 2] * 29) >> 8;
  }
  return grey;
}

function changedFields(before, now) {
  if (before.length !== now.length) return Infinity;
  let changed = 0;
  for (let place = 0; place < now.length; place += 1) {
    if (Math.abs(now[place] - before[place]) > LEAST_LEVELS) changed += 1;
  }
  return changed;
}
