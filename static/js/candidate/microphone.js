// The microphone of the candidate.

import { MediaDevice } from "./media_device.js";

export class Microphone extends MediaDevice {
  constructor() {
    super({
      name: "microphone",
      kind: "audioinput",
      wishes: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      gone: "The microphone has stopped. Plug it in again or switch it on; it is looked for by itself.",
      silent: "The microphone is muted, by a switch on it, a key, or the system. Please switch it on.",
    });
  }
}
