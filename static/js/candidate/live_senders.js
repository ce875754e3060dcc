// The ways of sending live video, by the provider that the server names in each `join`.
//
// A way is a class; LivePublisher makes one of it for the page, at the first watcher with that provider:
//   constructor(page)                what the page lends, below
//   begin(watcher)                   a page watches, or asks again: send to it. `watcher`: {from, level, sound, join}
//   take(watcher, t, message)        what the watching page says through our socket (answer, ice)
//   change(watcher)                  watcher.level or watcher.sound is another one now
//   refresh(watcher)                 camera, microphone or pause are others now; while paused nothing is sent
//   end(watcher)                     it watches no more, or is begun anew. Never stops a track. Called in any state
//   isServing(watcher)               false once there is nothing to send over any more
// All but the last two may return a promise; what they throw is told to the watching page as `failed`.
// A way may keep what it likes on the watcher. With a media server many watchers share one connection.
//
// `page`: camera(), microphone(): tracks or null; screen: the same, or null where none is asked for; isHeld(): paused; watchers(): those of this way; isWatching(watcher);
//   say(watcher, t, parts): offer, ice, ready, held, failed; guard(watcher, work): for what runs later; makePeer(configuration).

import { JanusSender } from "./live_janus_sender.js";
import { LiveKitSender } from "./live_livekit_sender.js";
import { PeerSender } from "./live_peer_sender.js";
import { RealtimeKitSender } from "./live_realtimekit_sender.js";

const WAYS = { peer: PeerSender, janus: JanusSender, livekit: LiveKitSender, realtimekit: RealtimeKitSender };

/** The class for a provider, or undefined. */
export function senderOf(provider) {
  return Object.hasOwn(WAYS, provider) ? WAYS[provider] : undefined;
}
