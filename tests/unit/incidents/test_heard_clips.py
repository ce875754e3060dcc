"""What is kept of a recording: enough to judge again, no voice and no word, and small."""

import json
import zlib
from dataclasses import replace
from typing import Any

import pytest

from proctoring.audio.exchange import ClipReport, TranscriptLine, Voice, VoiceResult
from proctoring.incidents import heard_clips, known_voices
from proctoring.incidents.heard_clips import HeardClip, heard_clip, pack, unpack
from proctoring.incidents.known_voices import NOT_TOLD, KnownVoices
from proctoring.observations import Observation, ObservationKind

ANOTHER, SPEECH = ObservationKind.ANOTHER_VOICE, ObservationKind.SPEECH
ANNA, BEN = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def voice(label: str, vector: tuple[float, ...], seconds: float = 4.123456) -> Voice:
    return Voice(label, seconds, ((1.004, 1.004 + seconds),), 0.987654, vector)


def report(*voices: Voice, seen: Observation | None = None, **result: Any) -> ClipReport:
    seen = seen or Observation(ANOTHER, True, 0.912345, {"second_seconds": 4.123456, "manner": "plain"})
    told = VoiceResult("scripted", "1", len(voices), 8.24691, voices, ((3.0, 3.5),), **result)
    return ClipReport(
        1_700_000_000.1234567, 7, "webm", 29.98765, False, 1, -31.26, -60.0, 0.0, False, told,
        observations=(seen, Observation(SPEECH, False, 0.95, {"speech_seconds": 0.1})),
    )  # fmt: skip


def heard(*voices: Voice, **more: Any) -> HeardClip:
    return heard_clip(report(*voices, **more), KnownVoices())[0]


def test_what_is_kept_is_what_is_judged() -> None:
    clip = heard(voice("A", ANNA, 9.0), voice("B", BEN))
    assert unpack(pack(clip)) == clip
    assert (clip.at, clip.seconds, clip.level_db, clip.speech_seconds) == (
        1_700_000_000.123,
        29.988,
        -31.3,
        8.25,
    )
    nobody = replace(clip, voices=None, overlaps=(), observations=())
    assert unpack(pack(nobody)) == nobody, "nobody listened is not nobody spoke"


def test_no_vector_no_word_and_no_figure_of_what_was_not_seen_is_kept() -> None:
    line = TranscriptLine(1.0, 2.0, "B", "the answer is four")
    clip = heard(voice("A", ANNA), voice("B", (0.12345, 0.98765)), transcript=(line,))
    told = zlib.decompress(pack(clip)).decode()
    assert "four" not in told and "0.12345" not in told and "0.98765" not in told
    assert json.loads(told)["o"][1] == ["speech", 0, 1, 0.95, {}]
    assert "0.12345" not in json.dumps(heard_clips.in_words(clip))


def test_other_voices_are_numbered_where_something_shows_and_known_again() -> None:
    first, known = heard_clip(report(voice("A", ANNA), voice("B", BEN)), KnownVoices())
    assert [(each.is_expected, each.number) for each in first.voices or ()] == [(True, NOT_TOLD), (False, 1)]
    again, known = heard_clip(report(voice("A", BEN), voice("B", ANNA), enrolled_voice="B"), known)
    assert [(each.is_expected, each.number) for each in again.voices or ()] == [(False, 1), (True, NOT_TOLD)]
    other, known = heard_clip(report(voice("A", ANNA), voice("B", (0.0, 0.0, 1.0))), known)
    assert [each.number for each in other.others()] == [2]
    calm, after = heard_clip(
        report(voice("A", ANNA), voice("B", (0.0, -1.0, 0.0)), seen=Observation(ANOTHER, False, 0.9)), known
    )
    assert [each.number for each in calm.others()] == [NOT_TOLD] and after == known
    without, after = heard_clip(report(voice("A", ()), voice("B", ())), known)
    assert [each.number for each in without.others()] == [NOT_TOLD] and after == known


def test_the_voice_that_was_heard_longest_ago_is_forgotten_and_no_number_is_given_twice() -> None:
    size = known_voices.MOST + 1
    vectors = [tuple(float(place == each) for place in range(size)) for each in range(size)]
    known = KnownVoices()
    for vector in vectors[:-1]:
        known, _ = known.number_of(vector)
    known, number = known.number_of(vectors[0])
    assert number == 1
    known, number = KnownVoices.from_data(json.loads(json.dumps(known.to_data()))).number_of(vectors[-1])
    assert number == size and len(known.vectors) == known_voices.MOST
    assert known.number_of(vectors[0])[1] == 1, "heard again meanwhile"
    assert known.number_of(vectors[1])[1] == size + 1, "forgotten: somebody new"
    assert "1.0" not in repr(known)


def test_a_row_is_bounded_and_the_expected_voice_stays_among_the_kept() -> None:
    spans = tuple((each / 7, each / 7 + 0.07) for each in range(5_000))
    many = [Voice(str(each), 3.0, spans, 0.9, ()) for each in range(40)]
    clip = heard(*many, enrolled_voice="39")
    assert len(clip.voices or ()) == heard_clips.MOST_VOICES
    assert [each.is_expected for each in clip.voices or ()].count(True) == 1
    assert len(pack(clip)) < 10_000
    assert len(pack(heard(voice("A", ANNA), voice("B", BEN)))) < 300


@pytest.mark.parametrize("data", [b"", b"noise", zlib.compress(b'{"v": 99}')])
def test_what_is_damaged_or_of_another_format_is_said(data: bytes) -> None:
    with pytest.raises(ValueError, match="heard"):
        unpack(data)
