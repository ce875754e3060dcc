// LiveKit in the browser: its SDK, loaded when it is needed, and a room that one has come into.

/** LiveKit's SDK (static/vendor); it sets a global name. */
async function load() {
  await import("../../vendor/livekit-client/livekit-client.umd.js");
  const sdk = globalThis.LivekitClient;
  sdk.setLogLevel("error");
  return sdk;
}

/** What leaving by the server's wish is called here; all else is trying again. */
function codeOf(sdk, reason) {
  const { PARTICIPANT_REMOVED, ROOM_DELETED } = sdk.DisconnectReason;
  return [PARTICIPANT_REMOVED, ROOM_DELETED].includes(reason) ? "put_out" : "live_unavailable";
}

/** `{sdk, room, leave()}`; `follow(sdk, room)` may listen before anything comes. Rejects when the server refuses. */
export async function comeIn(join, { onGone, follow = () => {}, loadSdk = load }) {
  const sdk = await loadSdk();
  const room = new sdk.Room({ adaptiveStream: false, dynacast: true, stopLocalTrackOnUnpublish: false });
  let isLeft = false;
  const leave = () => {
    isLeft = true;
    return room.disconnect(false); // false: tracks are stopped by who made them
  };
  let isIn = false;
  room.on(sdk.RoomEvent.Disconnected, (reason) => isIn && !isLeft && onGone(codeOf(sdk, reason)));
  follow(sdk, room);
  const rtcConfig = { iceTransportPolicy: join.relay_only ? "relay" : "all" };
  if (join.ice_servers.length) rtcConfig.iceServers = join.ice_servers; // otherwise LiveKit names its own
  try {
    await room.connect(join.url, join.tokens.join, { autoSubscribe: false, maxRetries: 0, rtcConfig });
  } catch (error) {
    leave();
    throw error;
  }
  isIn = true;
  return { sdk, room, leave };
}
