"""What crosses the pipe to a listening process: whole, and without anybody's voice in the written form."""

import json
import pickle

from proctoring.audio.diarizers.base import DiarizerError
from proctoring.audio.exchange import (
    ClipCode,
    ClipError,
    ClipReport,
    Match,
    TranscriptLine,
    Voice,
    VoiceResult,
)
from proctoring.observations import Observation, ObservationKind


def _report() -> ClipReport:
    voice = Voice("A", 7.5, ((0.5, 8.0),), 0.9, centroid=(0.6, 0.8))
    other = Voice("B", 1.5, ((8.0, 9.5),), 0.7, centroid=(1.0, 0.0))
    voices = VoiceResult(
        "local", "local seg3=1", 2, 9.0, (voice, other), ((7.9, 8.0),), Match.SAME, 0.71, "A",
        (TranscriptLine(0.5, 1.0, "A", "hello"),),
    )  # fmt: skip
    seen = Observation(ObservationKind.NO_FACE, False, 0.5)
    return ClipReport(
        1.0, 3, "webm", 30.0, False, 1, -20.0, -60.0, 0.0, False, voices, 0.0, (seen,), {"total": 4.0},
        "local", b"ab",
    )  # fmt: skip


def test_a_report_survives_the_pipe_whole() -> None:
    assert pickle.loads(pickle.dumps(_report())) == _report()


def test_the_written_report_holds_everything_but_voices_themselves() -> None:
    written = json.loads(json.dumps(_report().to_json()))
    back = ClipReport.from_json(written)
    assert back.to_json() == written
    assert "centroid" not in json.dumps(written) and back.waveform == b""
    assert back.voices is not None and [voice.centroid for voice in back.voices.voices] == [(), ()]
    assert "0.6" not in repr(_report()), "a vector must not get into a log by way of repr"


def test_errors_keep_their_code_over_the_pipe() -> None:
    refused = pickle.loads(pickle.dumps(ClipError(ClipCode.EMPTY, "nothing")))
    assert (refused.code, refused.message) == (ClipCode.EMPTY, "nothing")
    failed = pickle.loads(pickle.dumps(DiarizerError("timeout", "no answer", is_temporary=True)))
    assert (failed.code, failed.is_temporary) == ("timeout", True)
