// Receives live video from LiveKit: only what is wanted is subscribed to.

import { comeIn } from "../shared/livekit_room.js";
import { HostedReceiver } from "./live_hosted_receiver.js";

async function open(join, { onTrack, onScreen, onLost, onBack, onGone, loadSdk }) {
  let wanted = null;
  const follow = (sdk, room) => {
    const isScreen = ({ source }) => source === sdk.Track.Source.ScreenShare;
    room.on(sdk.RoomEvent.TrackSubscribed, ({ mediaStreamTrack: track }, publication) => (isScreen(publication) ? onScreen : onTrack)(track));
    room.on(sdk.RoomEvent.TrackUnsubscribed, (track, publication) => isScreen(publication) && onScreen(null));
    room.on(sdk.RoomEvent.TrackPublished, (publication) => wanted && apply(sdk, publication, wanted));
    room.on(sdk.RoomEvent.Reconnecting, onLost);
    room.on(sdk.RoomEvent.Reconnected, onBack);
  };
  const { sdk, room, leave } = await comeIn(join, { onGone, follow, loadSdk });
  const change = (now) => {
    wanted = now;
    for (const each of room.remoteParticipants.values()) {
      for (const publication of each.trackPublications.values()) apply(sdk, publication, now);
    }
  };
  return { change, close: leave };
}

function apply(sdk, publication, { level, sound }) {
  if (publication.source === sdk.Track.Source.Camera) {
    publication.setVideoQuality(level === "full" ? sdk.VideoQuality.HIGH : sdk.VideoQuality.LOW);
    if (!publication.isSubscribed) publication.setSubscribed(true);
    return;
  }
  const isWanted = publication.source === sdk.Track.Source.Microphone ? sound : publication.source === sdk.Track.Source.ScreenShare && level === "full";
  if (publication.isSubscribed !== isWanted) publication.setSubscribed(isWanted);
}

export class LiveKitReceiver extends HostedReceiver {
  constructor(call, { loadSdk } = {}) {
    super(call, (join, given) => open(join, { ...given, loadSdk }));
  }
}
