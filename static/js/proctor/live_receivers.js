// The ways of receiving live video, by the provider that the server names in each `join`.
//
// A way is a class; LiveViewer makes one of it for each candidate that is watched:
//   constructor(call)                what the viewer lends, below
//   enter(join)                      the server granted the watch, perhaps once more with a new `join`
//   take(t, message)                 what the candidate's page says through our socket (offer, ice, ready)
//   change({level, sound})           the quality wanted here; the candidate's page is told by the viewer
//   close()                          nothing is wanted any more, or all begins anew with enter(). Called in any state
// All but the last may return a promise; what they throw ends the try with the code "browser".
//
// `call`: begin(): a new try: the old picture goes, and patience starts anew; addTrack(track);
//   addScreen(track), showScreen(isOn): the shared screen; arrive(): it is connected;
//   interrupt(): the connection is lost, and may come back by itself; fail(code): this try is over, the viewer asks again
//   later; say(t, parts): answer, ice; guard(work): for what runs later; level(): {level, sound}; makePeer(configuration).

import { JanusReceiver } from "./live_janus_receiver.js";
import { LiveKitReceiver } from "./live_livekit_receiver.js";
import { PeerReceiver } from "./live_peer_receiver.js";
import { RealtimeKitReceiver } from "./live_realtimekit_receiver.js";

const WAYS = { peer: PeerReceiver, janus: JanusReceiver, livekit: LiveKitReceiver, realtimekit: RealtimeKitReceiver };

/** The class for a provider, or undefined. */
export function receiverOf(provider) {
  return Object.hasOwn(WAYS, provider) ? WAYS[provider] : undefined;
}
