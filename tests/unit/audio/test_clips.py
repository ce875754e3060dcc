"""Recordings of any kind are read within bounds, and whatever is no recording is refused with a reason."""

import struct
from pathlib import Path

import numpy as np
import pytest

from proctoring.audio.clips import decode
from proctoring.audio.containers import ClipLimits, check_bytes
from proctoring.audio.diarizers.base import SAMPLE_RATE
from proctoring.audio.exchange import ClipCode, ClipError
from tests.unit.audio.sounds import CODECS, encode, joined, noise, silence, tone


def _wav(body: bytes, *, rate: int = 16_000, channels: int = 1, bits: int = 16, kind: int = 1) -> bytes:
    """A WAV file whose header says what it is told to."""
    block = channels * bits // 8
    fields = struct.pack("<HHIIHH", kind, channels, rate, (rate * block) & 0xFFFFFFFF, block & 0xFFFF, bits)
    parts = b"fmt " + struct.pack("<I", 16) + fields + b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(parts)) + b"WAVE" + parts


def _crc(data: bytes, bits: int, polynomial: int) -> bytes:
    value, top = 0, 1 << bits
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = (value << 1) ^ (polynomial | top if value & top >> 1 else 0)
    return value.to_bytes(bits // 8, "big")


def _silent_flac(seconds: int) -> bytes:
    """FLAC frames of 16 s that say "all samples are 0", at 4 kHz: a few bytes each."""
    block, rate = 65_535, 4_000
    info = (
        struct.pack(">HH", block, block)
        + bytes(6)
        + ((rate << 44) | (15 << 36)).to_bytes(8, "big")
        + bytes(16)
    )
    frames = [b"fLaC\x80\x00\x00\x22" + info]
    for place in range(seconds * rate // block):
        number = bytes([place]) if place < 128 else bytes([0xC0 | place >> 6, 0x80 | place & 0x3F])
        head = b"\xff\xf8\x70\x08" + number + struct.pack(">H", block - 1)
        frame = head + _crc(head, 8, 0x07) + bytes(3)
        frames.append(frame + _crc(frame, 16, 0x8005))
    return b"".join(frames)


def _refused(data: bytes, limits: ClipLimits | None = None) -> ClipCode:
    with pytest.raises(ClipError) as caught:
        decode(data, limits or ClipLimits())
    code: ClipCode = caught.value.code
    return code


@pytest.mark.parametrize("container", CODECS)
def test_every_container_is_read_and_half_of_it_is_used_or_refused(container: str) -> None:
    whole = encode(joined(tone(440, 2), silence(1)), container, channels=2)
    clip = decode(whole)
    assert (clip.container, clip.channels, clip.truncated) == (container, 2, False)
    assert clip.seconds == pytest.approx(3.0, abs=0.1)
    assert clip.samples.dtype == np.float32 and clip.data == whole
    loud, quiet = clip.samples[: SAMPLE_RATE * 2], clip.samples[int(SAMPLE_RATE * 2.3) :]
    assert np.sqrt(np.square(loud).mean()) > 50 * np.sqrt(np.square(quiet).mean())
    if container == "mp4":  # its index is at the end: without it nothing can be read
        assert _refused(whole[: len(whole) // 2]) is ClipCode.UNREADABLE
    else:
        half = decode(whole[: len(whole) // 2])
        assert half.truncated and 0.5 < half.seconds < 2.5


def test_what_is_no_recording_is_refused_by_its_bytes() -> None:
    assert _refused(b"") is ClipCode.EMPTY
    assert _refused(b"Dear Sir or Madam, this is text named answer.webm") is ClipCode.NOT_A_RECORDING
    assert _refused(b"\x1aE") is ClipCode.NOT_A_RECORDING
    assert _refused(b"\x1aE\xdf\xa3" + b"text" * 100) is ClipCode.UNREADABLE
    assert _refused(b"RIFF\x00\x00\x00\x00AVI LIST" + bytes(50)) is ClipCode.NOT_A_RECORDING
    assert _refused(bytes(2_000), ClipLimits(max_bytes=1_000)) is ClipCode.TOO_LARGE


def test_a_list_of_other_files_is_not_followed(tmp_path: Path) -> None:
    """libavformat's own guess would open the file that the text names."""
    (tmp_path / "secret.wav").write_bytes(_wav(bytes(32_000)))
    text = f"ffconcat version 1.0\nfile {tmp_path}/secret.wav\n".encode()
    assert _refused(text) is ClipCode.NOT_A_RECORDING
    for magic in (
        b"ID3\x03\x00\x00\x00\x00\x00\x00",
        b"OggS",
        b"fLaC",
        b"\x1aE\xdf\xa3",
        b"\x00\x00\x00\x08ftyp",
    ):
        assert _refused(magic + text) in {ClipCode.UNREADABLE, ClipCode.NO_SOUND}


def test_headers_that_lie_are_refused() -> None:
    assert _refused(_wav(bytes(4_000), channels=65_535)) in {ClipCode.TOO_MANY_CHANNELS, ClipCode.UNREADABLE}
    assert _refused(_wav(bytes(4_000), channels=9)) is ClipCode.TOO_MANY_CHANNELS
    assert _refused(_wav(bytes(4_000), rate=0)) in {ClipCode.BAD_SAMPLE_RATE, ClipCode.UNREADABLE}
    assert _refused(_wav(bytes(4_000), rate=400_000)) is ClipCode.BAD_SAMPLE_RATE
    assert _refused(_wav(b"")) in {ClipCode.NO_SOUND, ClipCode.UNREADABLE}


def test_numbers_that_are_none_are_silence() -> None:
    samples = np.full(16_000, np.nan, "<f4")
    samples[8_000:] = [np.inf, -np.inf, 7.0, -7.0] * 2_000
    clip = decode(_wav(samples.tobytes(), bits=32, kind=3))
    assert np.isfinite(clip.samples).all() and np.abs(clip.samples).max() <= 1.0
    assert not clip.samples[:8_000].any()


def test_channels_that_cancel_each_other_are_not_taken_for_silence() -> None:
    left = (tone(440, 1) * 32_767).astype("<i2")
    clip = decode(_wav(np.stack([left, -left], axis=1).tobytes(), channels=2))
    assert np.abs(clip.samples).max() == pytest.approx(0.3, abs=0.01) and clip.channels == 2


def test_a_rate_that_changes_in_the_middle_is_followed() -> None:
    clip = decode(encode(tone(440, 1), "mp3", rate=44_100) + encode(tone(440, 1), "mp3", rate=22_050))
    assert 1.5 < clip.seconds < 2.3


def test_eight_hours_of_silence_end_at_the_limit() -> None:
    """A small file that would fill the memory: only as much is decoded as is listened to."""
    data = _silent_flac(seconds=8 * 3_600)
    assert len(data) < 5 << 20
    clip = decode(data)
    assert clip.seconds == 180.0 and clip.truncated


def test_a_table_of_millions_of_samples_is_refused_before_it_is_read() -> None:
    """The decoder would set aside memory for each sample that the table promises."""
    start = _box(b"ftyp", b"isomiso2")
    for table in (_box(b"stsz", struct.pack(">III", 0, 1, 20_000_000)), _box(b"stsz", bytes(12)) * 2):
        file = start + _box(b"moov", _box(b"trak", _box(b"mdia", _box(b"minf", _box(b"stbl", table)))))
        fragment = _box(b"moof", _box(b"traf", _box(b"trun", struct.pack(">II", 1, 20_000_000))))
        with pytest.raises(ClipError, match="promises"):
            check_bytes(file + fragment)
    assert check_bytes(start + _box(b"moov", _box(b"stsz", struct.pack(">III", 0, 1, 9_000)))) == "mp4"


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def test_recordings_in_any_state_of_damage_are_read_or_refused_and_nothing_else() -> None:
    rng = np.random.default_rng(5)
    sound = joined(tone(300, 0.4), noise(0.3, 0.1))
    read = 0
    for container in CODECS:
        whole = np.frombuffer(encode(sound, container), np.uint8)
        for _ in range(25):
            mutated = whole.copy()
            hits = rng.integers(0, len(whole), rng.integers(1, 30))
            mutated[hits] = rng.integers(0, 256, len(hits))
            try:
                clip = decode(
                    mutated[: rng.integers(1, len(whole) + 1)].tobytes(), ClipLimits(max_seconds=2.0)
                )
            except ClipError:
                continue
            read += 1
            assert 0 < clip.seconds <= 2.0 and np.abs(clip.samples).max() <= 1.0
    assert read > 30, "most mutations leave something to hear"
