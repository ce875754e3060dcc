// Sends camera and microphone to LiveKit.

import { comeIn } from "../shared/livekit_room.js";
import { HostedSender } from "./live_hosted_sender.js";
import { LEVELS, SCREEN } from "./live_levels.js";

const SMALL = { width: 320, height: 240 };

/** The large picture leaves the computer only while somebody has it open: LiveKit's dynacast sees to that. */
async function open(join, { onGone, loadSdk }) {
  const { sdk, room, leave } = await comeIn(join, { onGone, loadSdk });
  const options = {
    video: {
      name: "camera",
      source: sdk.Track.Source.Camera,
      videoCodec: "vp8",
      simulcast: true,
      videoEncoding: { maxBitrate: LEVELS.full.maxBitrate, maxFramerate: LEVELS.full.maxFramerate },
      videoSimulcastLayers: [
        new sdk.VideoPreset(SMALL.width, SMALL.height, LEVELS.thumb.maxBitrate, LEVELS.thumb.maxFramerate),
      ],
      degradationPreference: "maintain-resolution",
    },
    audio: { name: "microphone", source: sdk.Track.Source.Microphone },
    screen: {
      name: "screen",
      source: sdk.Track.Source.ScreenShare,
      videoCodec: "vp8",
      simulcast: false,
      screenShareEncoding: { maxBitrate: SCREEN.maxBitrate, maxFramerate: SCREEN.maxFramerate },
    },
  };
  return {
    kinds: ["video", "audio", "screen"],
    publish: (kind, track) => room.localParticipant.publishTrack(track, options[kind]),
    unpublish: (kind, track) => room.localParticipant.unpublishTrack(track, false),
    close: leave,
  };
}

export class LiveKitSender extends HostedSender {
  constructor(page, { loadSdk } = {}) {
    super(page, (join, given) => open(join, { ...given, loadSdk }));
  }
}
