// Sends camera and microphone to Cloudflare RealtimeKit; how large pictures are is the preset's.

import { comeIn } from "../shared/realtimekit_meeting.js";
import { HostedSender } from "./live_hosted_sender.js";

async function open(join, { onGone, loadSdk }) {
  const { client, leave } = await comeIn(join, { onGone, loadSdk });
  const { self } = client;
  return {
    kinds: ["video", "audio"], // its SDK shares a screen only by asking for one itself
    publish: (kind, track) => (kind === "video" ? self.enableVideo(track) : self.enableAudio(track)),
    unpublish: (kind) => (kind === "video" ? self.disableVideo() : self.disableAudio()),
    close: leave,
  };
}

export class RealtimeKitSender extends HostedSender {
  constructor(page, { loadSdk } = {}) {
    super(page, (join, given) => open(join, { ...given, loadSdk }));
  }
}
