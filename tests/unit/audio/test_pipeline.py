"""From the bytes of a recording to what is said about it, with the scripted diarizer: tones are voices."""

import io
import wave

import pytest

from proctoring.audio import judging, thresholds
from proctoring.audio.diarizers.base import Clip, DiarizerError
from proctoring.audio.exchange import (
    ClipError,
    ClipReport,
    ClipRequest,
    EarsChoice,
    Match,
    Voice,
    VoiceProblem,
    VoiceResult,
)
from proctoring.audio.levels import measure_levels
from proctoring.audio.pipeline import AudioPipeline
from proctoring.observations import SOUND_KINDS, ObservationKind
from tests.unit.audio.sounds import encode, joined, noise, silence, tone, voices

ANNA, BEN = 300, 500
SCRIPTED = AudioPipeline(EarsChoice("scripted"))
OWN_VOICE = (1.0, 0.0, 0.0, 0.0)
WHOSE = ObservationKind.DIFFERENT_VOICE
ANOTHER = ObservationKind.ANOTHER_VOICE


def _listen(*parts: object, enrolled: tuple[float, ...] | None = None) -> ClipReport:
    sound = encode(joined(*parts), "webm")
    return SCRIPTED.analyse_clip(sound, ClipRequest(100.0, 7, enrolled=enrolled))


def test_a_candidate_who_speaks_alone() -> None:
    report = _listen(voices([(ANNA, 6), (0, 2), (ANNA, 4)]))
    assert (report.sequence, report.container, report.silent, report.truncated) == (7, "webm", False, False)
    assert {item.kind for item in report.observations} == {*SOUND_KINDS} - {WHOSE}
    assert [item.kind for item in report.observations if item.present] == [ObservationKind.SPEECH]
    assert report.level_db == pytest.approx(-13.5, abs=1), "of the speech, not of the pauses"
    assert report.noise_db < -60 and len(report.waveform) == pytest.approx(120, abs=2)
    assert report.waveform[30] > 200 and report.waveform[70] < 30
    assert report.cpu_ms["total"] == pytest.approx(
        sum(report.cpu_ms[s] for s in ("decode", "levels", "voices"))
    )


def test_a_second_voice_is_told_with_how_long_and_how_loud() -> None:
    report = _listen(tone(ANNA, 6, 0.4), silence(1), tone(BEN, 3, 0.06))
    seen = report.observation(ANOTHER)
    assert seen is not None and seen.present and seen.informative
    assert seen.measurements["second_seconds"] == pytest.approx(3.0, abs=0.2)
    assert seen.measurements["second_level_db"] == pytest.approx(-16.5, abs=1.5)
    assert (seen.measurements["voices"], seen.measurements["manner"]) == (2, "quiet")
    plain = _listen(tone(ANNA, 6), tone(BEN, 3)).observation(ANOTHER)
    assert plain is not None and plain.measurements["manner"] == "plain"


def test_who_is_enrolled_decides_which_voice_is_the_other_one() -> None:
    """Somebody else may speak longer than the candidate."""
    report = _listen(tone(BEN, 6), tone(ANNA, 5), enrolled=OWN_VOICE)
    assert report.voices is not None and report.voices.enrolled_voice == "B"
    seen, whose = report.observation(ANOTHER), report.observation(WHOSE)
    assert seen is not None and seen.measurements["second_seconds"] == pytest.approx(6.0, abs=0.2)
    assert whose is not None and whose.informative and not whose.present, "the candidate is heard"


def test_the_voice_is_compared_only_when_it_says_enough() -> None:
    same = _listen(tone(ANNA, 6), enrolled=OWN_VOICE)
    other = _listen(tone(BEN, 6), enrolled=OWN_VOICE)
    short = _listen(tone(BEN, 3), enrolled=OWN_VOICE)
    assert same.voices and other.voices and short.voices
    assert (same.voices.enrolled_match, other.voices.enrolled_match) == (Match.SAME, Match.DIFFERENT)
    seen = other.observation(WHOSE)
    assert seen is not None and seen.present and seen.measurements["similarity"] == 0.0
    assert short.voices.enrolled_match is None and short.observation(WHOSE) is None
    foreign = _listen(tone(ANNA, 6), enrolled=(1.0, 0.0))
    assert foreign.voices and foreign.voices.enrolled_match is None, "a vector of another model"


@pytest.mark.parametrize(
    ("similarity", "match", "informative"),
    [
        (0.5, Match.SAME, True),
        (0.49, Match.UNSURE, False),
        (0.4, Match.UNSURE, False),
        (0.39, Match.DIFFERENT, True),
    ],
)
def test_between_the_thresholds_nothing_is_said(similarity: float, match: Match, informative: bool) -> None:
    voice = Voice("A", 9.0, ((0.0, 9.0),), 0.9, (similarity, (1 - similarity**2) ** 0.5))
    result = judging.compare_enrolled(VoiceResult("x", "x", 1, 9.0, (voice,)), (1.0, 0.0))
    assert result.enrolled_match is match
    seen = next(
        i
        for i in judging.observe(Clip(silence(9), "wav"), measure_levels(silence(9)), result)
        if i.kind is WHOSE
    )
    assert seen.informative is informative and seen.present is (match is Match.DIFFERENT)


def test_a_microphone_without_signal_is_told_apart_from_a_quiet_room() -> None:
    kind = ObservationKind.MICROPHONE_SILENT
    muted, room, short = _listen(silence(10)), _listen(noise(10, 0.0008)), _listen(silence(2))
    assert muted.silent and not room.silent
    seen = [report.observation(kind) for report in (muted, room, short)]
    assert [(item.present, item.informative) for item in seen if item] == [
        (True, True), (False, True), (False, False),
    ]  # fmt: skip
    assert muted.voices is not None and muted.voices.speakers == 0


def test_without_a_diarizer_or_when_it_fails_nothing_is_said_about_voices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = encode(tone(ANNA, 6), "ogg")
    off = AudioPipeline(EarsChoice("off")).analyse_clip(sound, ClipRequest(0.0, 1))
    assert off.voices is None and off.engine == "off"

    def fail(clip: Clip) -> VoiceResult:
        raise DiarizerError("timeout", "no answer", is_temporary=True)

    failing = AudioPipeline(EarsChoice("scripted"))
    monkeypatch.setattr(failing.diarizer, "diarize", fail)
    failed = failing.analyse_clip(sound, ClipRequest(0.0, 1))
    assert failed.voices is not None and failed.voices.error == "timeout"
    for report in (off, failed):
        said = [item for item in report.observations if item.kind is not ObservationKind.MICROPHONE_SILENT]
        assert said and not any(item.informative or item.present for item in said)
    assert failing.enrol_voice(sound).problems == (VoiceProblem.NOT_MEASURED,)


def test_only_what_is_asked_for_is_reported() -> None:
    asked = ClipRequest(0.0, 1, frozenset({ObservationKind.SPEECH}))
    report = SCRIPTED.analyse_clip(encode(tone(ANNA, 3)), asked)
    assert [item.kind for item in report.observations] == [ObservationKind.SPEECH]


def test_a_voice_is_enrolled_only_from_a_good_recording() -> None:
    good = SCRIPTED.enrol_voice(encode(joined(tone(ANNA, 10), silence(3))))
    assert good.vector == OWN_VOICE and good.problems == ()
    cases = {
        VoiceProblem.TOO_SHORT: tone(ANNA, thresholds.LEAST_ENROLLED_S - 1),
        VoiceProblem.SEVERAL_VOICES: joined(tone(ANNA, 9), tone(BEN, 3)),
        VoiceProblem.SILENT: silence(10),
        VoiceProblem.CLIPPED: joined(tone(ANNA, 10, 3.0).clip(-1, 1)),
    }
    for problem, sound in cases.items():
        found = SCRIPTED.enrol_voice(encode(sound, "flac"))
        assert problem in found.problems and found.vector is None
    noisy = SCRIPTED.enrol_voice(encode(joined(tone(ANNA, 9), silence(3)) + noise(12, 0.15), "flac"))
    assert VoiceProblem.TOO_NOISY in noisy.problems


def test_a_cut_holds_what_was_heard_and_can_be_played() -> None:
    sound = encode(voices([(ANNA, 10), (BEN, 3), (ANNA, 10)]), "webm")
    piece = SCRIPTED.cut(sound, ((10.0, 13.0),), 1.0, 20.0)
    assert (piece.mime, piece.offset_s, piece.duration_s) == ("audio/wav", 9.0, 5.0)
    with wave.open(io.BytesIO(piece.data)) as played:
        assert (played.getframerate(), played.getnchannels(), played.getnframes()) == (16_000, 1, 80_000)
    again = SCRIPTED.analyse_clip(piece.data, ClipRequest(0.0, 1))
    assert again.voices and [voice.centroid.index(1.0) for voice in again.voices.voices] == [1, 0]
    far = SCRIPTED.cut(sound, ((0.5, 1.0), (14.0, 22.0)), 1.0, 10.0)
    assert (far.offset_s, far.duration_s) == (13.0, 10.0), "the stretch that holds most of it"
    assert SCRIPTED.cut(sound, (), 1.0, 5.0).duration_s == 5.0
    assert SCRIPTED.cut(sound, ((50.0, 60.0),), 1.0, 5.0).offset_s == 0.0
    with pytest.raises(ClipError):
        SCRIPTED.cut(b"", ((0.0, 1.0),), 1.0, 5.0)
