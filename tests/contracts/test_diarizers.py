"""What every diarizer promises, each tried on the same sounds."""

from collections.abc import Iterator

import pytest

from proctoring.audio.diarizers.base import SHIPPED, Clip, Diarizer, load_diarizer
from proctoring.audio.exchange import EarsChoice, EarsError
from tests.deepgram_server import DeepgramServer
from tests.unit.audio.sounds import joined, noise, silence, tone

CASES = {name: EarsChoice(name) for name in ("scripted", "local")}
MEASURES_VOICES = frozenset(CASES)
"""A provider gives no vectors."""


@pytest.fixture(scope="module", params=[*CASES, "deepgram"])
def diarizer(request: pytest.FixtureRequest) -> Iterator[Diarizer]:
    server = DeepgramServer() if request.param == "deepgram" else None
    found = load_diarizer(server.choice() if server else CASES[request.param])
    assert found is not None
    found.warm_up()
    assert not (server and server.asked), "to warm up costs nothing"
    yield found
    if server:
        server.close()


def test_nobody_in_silence_noise_and_a_moment(diarizer: Diarizer) -> None:
    for sound in (silence(12), noise(3, 0.02), silence(0.01)):
        result = diarizer.diarize(Clip(sound, "wav"))
        assert (result.speakers, result.voices, result.overlap_spans, result.error) == (0, (), (), "")
        assert result.diarizer == diarizer.name and result.model == diarizer.description
        assert "=" in diarizer.description, "name and version of each model"


def test_a_voice_is_measured_the_same_each_time(diarizer: Diarizer) -> None:
    clip = Clip(joined(tone(300, 3), noise(1, 0.01)), "wav")
    first, again = diarizer.embed(clip, ((0.0, 3.0),)), diarizer.embed(clip, ((0.0, 3.0),))
    assert first == again and bool(first) == (diarizer.name in MEASURES_VOICES)
    assert not first or sum(value * value for value in first) == pytest.approx(1.0, abs=1e-4)
    assert diarizer.embed(clip, ()) == ()


def test_a_result_holds_together(diarizer: Diarizer) -> None:
    """Whatever is found: in order, inside the clip, with labels of their own."""
    clip = Clip(joined(tone(300, 4), silence(1), tone(500, 3), tone(300, 2) + tone(500, 2)), "wav")
    result = diarizer.diarize(clip)
    assert [voice.seconds for voice in result.voices] == sorted(
        (v.seconds for v in result.voices), reverse=True
    )
    assert len({voice.label for voice in result.voices}) == len(result.voices)
    for voice in result.voices:
        assert 0 < voice.confidence <= 1 and voice.spans == tuple(sorted(voice.spans))
        assert all(0 <= start < end <= clip.seconds + 0.1 for start, end in voice.spans)
        length = sum(value * value for value in voice.centroid)
        assert length == pytest.approx(1.0 if diarizer.name in MEASURES_VOICES else 0.0, abs=1e-4)
    assert result.speech_seconds <= clip.seconds + 0.1
    assert bool(result.speakers) == (result.speech_seconds >= 0.3)


def test_there_is_none_when_it_is_off_and_a_reason_when_it_is_unknown() -> None:
    assert load_diarizer(EarsChoice("off")) is None
    for wrong in ("nobody", "json.JSONDecoder", "proctoring.audio.diarizers.local.Nobody"):
        with pytest.raises(EarsError, match="sound analysis unavailable"):
            load_diarizer(EarsChoice(wrong))
    with pytest.raises(EarsError, match="no key"):
        load_diarizer(EarsChoice("deepgram"))
    assert {*CASES, "deepgram"} == set(SHIPPED)


def test_speech_is_found_for_less_where_it_can_be(diarizer: Diarizer) -> None:
    seconds = diarizer.speech_seconds(Clip(silence(3), "wav"))
    assert seconds == (None if diarizer.name == "deepgram" else 0.0)
