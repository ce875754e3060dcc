"""What every diarizer promises, each tried on the same sounds."""

import pytest

from proctoring.audio.diarizers.base import SHIPPED, Clip, Diarizer, load_diarizer
from proctoring.audio.exchange import EarsChoice, EarsError
from tests.unit.audio.sounds import joined, noise, silence, tone

CASES = {name: EarsChoice(name) for name in ("scripted", "local")}


@pytest.fixture(scope="module", params=CASES)
def diarizer(request: pytest.FixtureRequest) -> Diarizer:
    found = load_diarizer(CASES[request.param])
    assert found is not None
    found.warm_up()
    return found


def test_nobody_in_silence_noise_and_a_moment(diarizer: Diarizer) -> None:
    for sound in (silence(12), noise(3, 0.02), silence(0.01)):
        result = diarizer.diarize(Clip(sound, "wav"))
        assert (result.speakers, result.voices, result.overlap_spans, result.error) == (0, (), (), "")
        assert result.diarizer == diarizer.name and result.model == diarizer.description
        assert "=" in diarizer.description, "name and version of each model"


def test_a_voice_is_measured_the_same_each_time(diarizer: Diarizer) -> None:
    clip = Clip(joined(tone(300, 3), noise(1, 0.01)), "wav")
    first, again = diarizer.embed(clip, ((0.0, 3.0),)), diarizer.embed(clip, ((0.0, 3.0),))
    assert first == again and sum(value * value for value in first) == pytest.approx(1.0, abs=1e-4)
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
        assert sum(value * value for value in voice.centroid) == pytest.approx(1.0, abs=1e-4)
    assert result.speech_seconds <= clip.seconds + 0.1
    assert bool(result.speakers) == (result.speech_seconds >= 0.3)


def test_there_is_none_when_it_is_off_and_a_reason_when_it_is_unknown() -> None:
    assert load_diarizer(EarsChoice("off")) is None
    for wrong in ("nobody", "json.JSONDecoder", "proctoring.audio.diarizers.local.Nobody"):
        with pytest.raises(EarsError, match="sound analysis unavailable"):
            load_diarizer(EarsChoice(wrong))
    assert set(CASES) <= set(SHIPPED)
