"""What is kept of frames: small, exact where the rules look, and nothing that shows anybody."""

import json
import random
import zlib

import pytest

from proctoring.incidents.observed import as_kept, note_of, pack, seen_frame, unpack
from proctoring.observations import (
    FaceBox,
    FrameReport,
    Observation,
    ObservationKind,
    Quality,
    QualityReason,
    Weight,
)

KINDS = list(ObservationKind)[:16]


def report(number: int, chance: random.Random, *, share: float = 0.02) -> FrameReport:
    """A frame in which each kind is seen now and then."""
    seen = []
    for kind in KINDS:
        if chance.random() < 0.15:
            continue
        present = chance.random() < share
        numbers = {"similarity": chance.random(), "faces": 2, "note": "a word"} if present else {"size": 3.5}
        weight = Weight.MILD if present and chance.random() < 0.3 else Weight.PLAIN
        # Detectors that see nothing are mostly as sure as the frame before.
        confidence = chance.random() if present else 0.9 + 0.01 * chance.randrange(6)
        seen.append(Observation(kind, present, confidence, numbers, chance.random() < 0.9, weight))
    reasons = (QualityReason.TOO_DARK,) if number > 40 else ()
    at = 1_800_000_000.0 + number + chance.random() / 50
    face = FaceBox(1.0, 2.0, 30.0, 40.0, 0.9)
    return FrameReport(at, number, 640, 480, Quality(True, reasons), tuple(seen), (face,))


def kept(count: int, seed: int = 1, share: float = 0.02) -> list[FrameReport]:
    chance = random.Random(seed)
    return [as_kept(report(number, chance, share=share)) for number in range(1, count + 1)]


@pytest.mark.parametrize("seed", range(5))
def test_what_the_rules_look_at_comes_back_exactly(seed: int) -> None:
    reports = kept(60, seed, share=0.3)
    frames = unpack(pack([note_of(seen_frame(each)) for each in reports]))
    assert len(frames) == 60
    for frame, told in zip(frames, reports, strict=True):
        assert (frame.at, frame.sequence) == (told.captured_at, told.sequence)
        assert frame.light == ("dark" if told.sequence > 40 else "ordinary")
        for seen in told.observations:
            again = frame.report().observation(seen.kind)
            assert again is not None
            assert (again.present, again.informative, again.confidence, again.weight) == (
                seen.present,
                seen.informative,
                seen.confidence,
                seen.weight,
            )
            if seen.present and seen.informative:
                assert again.measurements == seen.measurements
        assert frame.report().observation(ObservationKind.SPEECH) is None


def test_no_face_no_picture_and_no_number_of_what_was_not_seen_is_kept() -> None:
    told = zlib.decompress(pack([note_of(seen_frame(each)) for each in kept(60, share=0.0)])).decode()
    assert set(json.loads(told)) == {"v", "t", "n", "l", "k"}
    assert "size" not in told
    assert '"faces"' not in told


def test_an_hour_is_small() -> None:
    size = sum(len(pack([note_of(seen_frame(each)) for each in kept(60, minute)])) for minute in range(60))
    assert size < 120_000  # bytes of a candidate-hour at one frame a second


@pytest.mark.parametrize("data", [b"nonsense", zlib.compress(b'{"v": 99}')])
def test_damaged_or_foreign_data_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="damaged|format"):
        unpack(data)
