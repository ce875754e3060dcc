// The camera of the candidate.

import { MediaDevice } from "./media_device.js";

export class Camera extends MediaDevice {
  constructor() {
    super({
      name: "camera",
      kind: "videoinput",
      wishes: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15, max: 30 } },
      gone: "The camera has stopped. Plug it in again or switch it on, then choose “Start the camera again”.",
      silent: "The camera gives no picture. Is it switched off or covered by a slider, or used by another program?",
    });
  }
}
