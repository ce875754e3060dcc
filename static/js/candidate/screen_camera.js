// Takes pictures of the shared screen: small grey looks to tell changes by, and the JPEG that is sent.

import { pictureOf } from "./frame_sender.js";
import { GRID } from "./screen_changes.js";

const LONG_SIDE = 1280;
const SIZES = { least: 60000, most: 120000 };
const QUALITY = { least: 0.3, most: 0.75, step: 0.07 };

export class ScreenCamera {
  constructor() {
    this.video = document.createElement("video");
    Object.assign(this.video, { muted: true, playsInline: true });
    this.canvas = document.createElement("canvas");
    this.small = document.createElement("canvas");
    Object.assign(this.small, GRID);
    this.quality = 0.55;
  }

  /** The stream of the screen, or null. */
  follow(stream) {
    if (this.video.srcObject === stream) return;
    this.video.srcObject = stream;
    if (stream) this.video.play().catch(() => {}); // the next look finds no picture, and says so
  }

  get hasPicture() {
    return this.video.srcObject !== null && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && this.video.videoWidth > 0;
  }

  /** RGBA of a small copy. */
  look() {
    const context = this.small.getContext("2d", { alpha: false, willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.drawImage(this.video, 0, 0, GRID.width, GRID.height);
    return context.getImageData(0, 0, GRID.width, GRID.height).data;
  }

  /** The JPEG, or null. Pages of text and films differ: the quality follows the size of the one before. */
  async take() {
    const blob = await pictureOf(this.video, this.canvas, this.quality, LONG_SIDE);
    if (blob === null) return null;
    if (blob.size > SIZES.most) this.quality = Math.max(QUALITY.least, this.quality - QUALITY.step);
    else if (blob.size < SIZES.least) this.quality = Math.min(QUALITY.most, this.quality + QUALITY.step);
    return blob;
  }
}
