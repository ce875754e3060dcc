"""The packaged SDKs of live video have what our modules, and the stand-ins in tests, take for granted."""

from typing import Any

from tests.node import run_script


def test_the_packaged_sdks_have_what_these_stand_ins_have() -> None:
    found: Any = run_script(
        """
const read = await import("@static/vendor/livekit-client/livekit-client.umd.js");
const sdk = read.default ?? globalThis.LivekitClient; // Node.js takes it for CommonJS
const { Room, RoomEvent, Track, VideoQuality, DisconnectReason, VideoPreset, LocalParticipant } = sdk;
const events = [
  "Disconnected", "TrackSubscribed", "TrackUnsubscribed", "TrackPublished", "Reconnecting", "Reconnected",
];
const preset = new VideoPreset(320, 240, 120e3, 8);
console.log(JSON.stringify({
  room: [Room, LocalParticipant].map((each) => typeof each),
  events: events.map((each) => typeof RoomEvent[each]),
  sources: [Track.Source.Camera, Track.Source.Microphone, Track.Source.ScreenShare],
  levels: [VideoQuality.LOW, VideoQuality.HIGH],
  reasons: [DisconnectReason.PARTICIPANT_REMOVED, DisconnectReason.ROOM_DELETED],
  publishes: ["publishTrack", "unpublishTrack"].map((each) => typeof LocalParticipant.prototype[each]),
  preset: [preset.encoding.maxBitrate, preset.encoding.maxFramerate],
}));
""",
        None,
    )
    assert found["room"] == ["function"] * 2 and found["events"] == ["string"] * 6
    assert found["sources"] == ["camera", "microphone", "screen_share"]
    assert found["levels"] == [0, 2] and found["reasons"] == [4, 5]
    assert found["publishes"] == ["function"] * 2 and found["preset"] == [120_000, 8]
