"""Recordings of live video: read from Janus's files, kept around incidents, else deleted, tried again."""

import io
import json
import os
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from accounts.models import Job
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.evidence import custody, store
from proctoring.meetings import admission, live_recordings, mjr, services, webm
from proctoring.meetings.providers.janus import JanusProvider, room_name
from proctoring.models import Consent, EvidenceItem
from tests.factories.proctoring import make_incident

pytestmark = pytest.mark.django_db
PER_S = 5
SECONDS = 120


@pytest.fixture(scope="module")
def frames() -> list[tuple[bytes, bool]]:
    """Two minutes of VP8, a key frame every ten seconds."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=PER_S)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 64, 48, "yuv420p", PER_S * 10
        made = []
        for number in range(SECONDS * PER_S):
            shade = np.full((48, 64, 3), number % 250, np.uint8)
            made += list(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        made += list(stream.encode(None))
        return [(bytes(each), each.is_keyframe) for each in made]


def rtp(number: int, ticks: int, payload: bytes, *, last: bool = True) -> bytes:
    head = struct.pack(">BBHII", 0x80, 0x60 | (0x80 if last else 0), number & 0xFFFF, ticks & 0xFFFFFFFF, 1)
    return head + payload


def file_of(codec: str, began: float, packets: Sequence[bytes]) -> bytes:
    """As Janus writes it."""
    info = json.dumps({"t": "v" if codec == "vp8" else "a", "c": codec, "u": round(began * 1e6)}).encode()
    written = [b"MEET" + struct.pack(">IH", 0, len(each)) + each for each in packets]
    return mjr.MAGIC + struct.pack(">H", len(info)) + info + b"".join(written)


def vp8_packets(frames: Sequence[tuple[bytes, bool]], *, first: int = 65_500) -> list[bytes]:
    """Each frame in two packets; numbers and ticks pass their ends on the way."""
    packets = []
    start = 2**32 - 90_000
    for place, (frame, _) in enumerate(frames):
        ticks, half = start + place * 90_000 // PER_S, len(frame) // 2
        # An extended descriptor with a picture id of 15 bits, as browsers send it.
        packets.append(rtp(first + 2 * place, ticks, b"\x90\x80\x80\x01" + frame[:half], last=False))
        packets.append(rtp(first + 2 * place + 1, ticks, b"\x80\x80\x80\x01" + frame[half:]))
    return packets


def test_what_is_read_is_what_was_sent(frames: list[tuple[bytes, bool]]) -> None:
    packets = vp8_packets(frames)
    packets[6], packets[9] = packets[9], packets[6]
    media = mjr.read(file_of("vp8", 1000.0, [*packets, packets[0]]))
    assert [(data, key) for _, data, key in media.frames] == frames
    assert media.frames[7][0] == 7 * 90_000 // PER_S and media.size == (64, 48) and media.began == 1000.0
    without = mjr.read(file_of("vp8", 1000.0, [*packets[:5], *packets[6:]]))
    keys = [place for place, (_, key) in enumerate(frames) if key]
    assert [data for _, data, _ in without.frames] == [
        data for place, (data, _) in enumerate(frames) if place < 2 or place >= keys[1]
    ], "what refers to a lost frame waits for the next whole picture"
    cut_off = mjr.read(file_of("vp8", 1000.0, packets)[:-20])
    assert len(cut_off.frames) == len(frames) - 1
    for wrong in (b"", b"MJR00002", b"MJR00002\0\3abc", file_of("h264", 1.0, packets)):
        with pytest.raises(mjr.NotARecording):
            mjr.read(wrong)


def test_a_piece_begins_with_a_whole_picture_and_keeps_the_sound_in_time(
    frames: list[tuple[bytes, bool]],
) -> None:
    video = mjr.read(file_of("vp8", 1000.0, vp8_packets(frames)))
    sound = mjr.read(file_of("opus", 1001.0, [rtp(n, n * 960, b"\xfc\xff\xfe") for n in range(3000)]))
    pieces = [mjr.cut(each, 1025.0, 1035.0) for each in (video, sound)]
    assert pieces[0].frames[0][2] and pieces[0].began == 1020.0 and pieces[1].began == 1025.0
    data, seconds = webm.write(pieces)
    assert seconds == pytest.approx(15, abs=0.3)
    with av.open(io.BytesIO(data)) as film:
        assert [each.codec_context.name for each in film.streams] == ["vp8", "opus"]
        first = {kind: next(film.decode(**{kind: 0})).time for kind in ("video", "audio")}
    assert first["audio"] - first["video"] == pytest.approx(5, abs=0.1)
    assert webm.write([mjr.cut(video, 2000.0, 2001.0)]) == (b"", 0.0)


class Told:
    """Progress of which nobody hears."""

    def tell(self, done: int, total: int) -> None:
        """Nobody waits."""


class Recorded:
    """A sitting whose candidate agreed, and the folder of Janus."""

    def __init__(self, session: Any, folder: Path) -> None:
        self.session, self.folder = session, folder
        meeting = services.meeting_of(session.sitting)
        meeting.external_id = JanusProvider().create_meeting("sitting-1", "")
        meeting.save()
        self.room = room_name(meeting.external_id, admission.room_of(session.attempt_id))

    def write(self, data: bytes, *, age: timedelta = timedelta(hours=1), ending: str = "mjr") -> Path:
        path = self.folder / f"videoroom-{self.room}-user-candidate-1.1xabc-1790000000000000-video-0.{ending}"
        path.write_bytes(data)
        at = (clock.now() - age).timestamp()
        os.utime(path, (at, at))
        return path


@pytest.fixture
def recorded(session: Any, settings: Any, tmp_path: Path) -> Any:
    settings.LIVE_PROVIDER, settings.JANUS_TOKEN_SECRET = "janus", "x"
    settings.JANUS_RECORDINGS = str(tmp_path)
    Consent._base_manager.update(live_recording=True)
    with within(session.institution):
        yield Recorded(session, tmp_path)


def began_at(frames: Sequence[tuple[bytes, bool]], at: datetime) -> bytes:
    return file_of("vp8", at.timestamp(), vp8_packets(frames))


def test_only_what_lies_around_an_incident_is_kept(recorded: Recorded, frames: Any) -> None:
    at = clock.now() - timedelta(hours=1)
    inside = make_incident(
        recorded.session, started_at=at + timedelta(seconds=50), last_seen_at=at + timedelta(seconds=55)
    )
    make_incident(
        recorded.session, started_at=at - timedelta(hours=1), last_seen_at=at - timedelta(minutes=5)
    )
    path = recorded.write(data := began_at(frames, at))
    assert live_recordings.collect() == 1
    assert Job.objects.get().result == {"pieces": 1}, "jobs of tests are carried out at once"
    assert not path.exists() and live_recordings.collect() == 0
    item = EvidenceItem.objects.get()
    assert (item.kind, item.incident, item.content_type) == ("live_video", inside, "video/webm")
    assert item.captured_at == at + timedelta(seconds=30) and item.about["seconds"] == pytest.approx(
        65, abs=1
    )
    store.flush()
    with av.open(io.BytesIO(store.read(item))) as film:
        assert next(film.decode(video=0)).width == 64
    assert custody.first_broken(recorded.session) is None
    recorded.write(data)
    again = live_recordings.keep_recording(Job.objects.get(), Told())
    assert again == {"pieces": 0}, "a second try keeps nothing twice"


def test_a_recording_that_cannot_be_read_stays_and_its_job_has_failed(recorded: Recorded) -> None:
    make_incident(recorded.session)
    path = recorded.write(b"no recording")
    live_recordings.collect()
    assert path.exists() and Job.objects.get().state == "failed"
    assert live_recordings.collect() == 0, "it is tried again as a job is, not by each sweep"


@pytest.mark.parametrize(
    "change", [{"live_recording": False}, {"withdrawn_at": datetime(2026, 1, 1, tzinfo=UTC)}]
)
def test_without_agreement_nothing_is_kept(recorded: Recorded, frames: Any, change: dict[str, Any]) -> None:
    at = clock.now() - timedelta(hours=1)
    make_incident(recorded.session, started_at=at, last_seen_at=clock.now())
    Consent._base_manager.update(**change)
    path = recorded.write(began_at(frames, at))
    assert live_recordings.collect() == 1
    assert Job.objects.get().result == {"pieces": 0}
    assert not path.exists() and not EvidenceItem.objects.exists()


def test_recordings_wait_until_they_have_settled(recorded: Recorded, frames: Any) -> None:
    data = began_at(frames, clock.now())
    path = recorded.write(data, age=timedelta(minutes=5))
    assert live_recordings.collect() == 0, "incidents may still be found in its time"
    path.unlink()
    path = recorded.write(data, ending="mjr.tmp")
    assert live_recordings.collect() == 0, "it still goes on"
    path.unlink()
    recorded.write(data, ending="mjr.tmp", age=timedelta(hours=7))
    assert live_recordings.collect() == 1, "Janus was killed while it wrote"
    (recorded.folder / "videoroom-1234-user-5-17-video-0.mjr").write_bytes(data)
    assert live_recordings.collect() == 0, "of somebody else's room"


def test_what_was_cut_off_before_its_begin_holds_nothing(recorded: Recorded) -> None:
    path = recorded.write(b"", ending="mjr.tmp", age=timedelta(hours=7))
    assert live_recordings.collect() == 1
    assert Job.objects.get().result == {"pieces": 0} and not path.exists()
