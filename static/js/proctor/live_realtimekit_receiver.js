// Receives live video from Cloudflare RealtimeKit.

import { comeIn } from "../shared/realtimekit_meeting.js";
import { HostedReceiver } from "./live_hosted_receiver.js";

async function open(join, { onTrack, onGone, loadSdk }) {
  const watched = new Map(); // by the SDK's id of who is there: whether they are heard
  let wanted = null;
  const { client, leave } = await comeIn(join, { onGone, follow, loadSdk });

  function follow({ participants }) {
    const meet = (person) => {
      person.on("videoUpdate", ({ videoTrack }) => videoTrack && onTrack(videoTrack));
      person.on("audioUpdate", ({ audioTrack }) => audioTrack && onTrack(audioTrack));
      for (const track of [person.videoTrack, person.audioTrack]) if (track) onTrack(track);
      watched.set(person.id, null);
      if (wanted) subscribe(participants, person.id, wanted.sound);
    };
    participants.joined.on("participantJoined", meet);
    participants.joined.on("participantLeft", ({ id }) => watched.delete(id));
    for (const person of participants.joined.values()) meet(person);
  }

  async function subscribe(participants, id, sound) {
    const before = watched.get(id);
    if (before === sound) return;
    watched.set(id, sound);
    if (before === null) await participants.subscribe([id], ["video"]);
    if (sound) await participants.subscribe([id], ["audio"]);
    else await participants.unsubscribe([id], ["audio"]);
  }

  const change = async (now) => {
    wanted = now;
    for (const id of watched.keys()) await subscribe(client.participants, id, now.sound);
  };
  return { change, close: leave };
}

export class RealtimeKitReceiver extends HostedReceiver {
  constructor(call, { loadSdk } = {}) {
    super(call, (join, given) => open(join, { ...given, loadSdk }));
  }
}
