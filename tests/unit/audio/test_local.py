"""Our own ears in parts: turns out of the model's answers, pieces, groups, and what counts as a voice."""

import csv
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from proctoring.audio.clips import decode
from proctoring.audio.diarizers.base import Samples
from proctoring.audio.diarizers.local import LocalDiarizer, count_speakers, counts, cut_pieces
from proctoring.audio.exchange import EarsChoice, EarsError, Voice, VoiceResult
from proctoring.audio.features import features_of
from proctoring.audio.grouping import group_pieces
from proctoring.audio.singing import EventModel, SoundEvents, without_songs
from proctoring.audio.speech import FRAME_S, Scores, find_speech, window_starts
from proctoring.vision.weights import VENDORED
from tests.unit.audio.sounds import noise, silence, tone

NOBODY, FIRST, SECOND, BOTH = 0, 1, 2, 4
RECORDINGS = Path(os.environ.get("TEST_DATA_DIR", "nowhere")) / "audio"


def _answers(*stretches: tuple[float, int]) -> Scores:
    """A window's answer: (seconds, set of people) one after the other, the last until the end."""
    classes = np.full(592, stretches[-1][1])
    at = 0
    for seconds, people in stretches:
        classes[at : at + round(seconds / FRAME_S)] = people
        at += round(seconds / FRAME_S)
    return np.eye(7, dtype=np.float32)[classes]


def test_turns_join_short_pauses_and_leave_out_what_is_too_short() -> None:
    said = _answers(
        (2, FIRST), (0.2, NOBODY), (2, FIRST), (1, NOBODY), (0.4, SECOND), (1, NOBODY), (1, BOTH), (1, NOBODY)
    )
    speech = find_speech(noise(10, 0.1), lambda window: said)
    assert [(round(turn.start, 1), round(turn.end, 1)) for turn in speech.turns] == [(0.0, 4.2)]
    assert [(round(a, 1), round(b, 1)) for a, b in speech.overlaps] == [(6.6, 7.6)]
    assert speech.seconds == pytest.approx(5.4, abs=0.1)


def test_windows_cover_the_clip_and_silent_ones_are_not_listened_to() -> None:
    assert window_starts(9 * 16_000) == [0]
    assert window_starts(23 * 16_000) == [0, 80_000, 160_000, 208_000]
    asked: list[Samples] = []

    def listen(window: Samples) -> Scores:
        asked.append(window)
        return _answers((10, FIRST))

    sound = np.concatenate([silence(15), tone(300, 5)])
    speech = find_speech(sound, listen)
    assert len(asked) == 1 and len(asked[0]) == 160_000
    assert speech.turns[0].start == pytest.approx(12.5, abs=0.1), "of the window in whose middle it is"
    assert find_speech(silence(0.01), listen).runs == ()


def test_pieces_cover_a_turn_without_short_ends() -> None:
    assert cut_pieces(1.0, 2.5) == [(1.0, 2.5)]
    pieces = cut_pieces(0.0, 5.3)
    assert pieces[0] == (0.0, 2.0) and pieces[-1][1] == 5.3
    assert all(1.0 <= end - start <= 2.0 + 1e-9 for start, end in pieces)


def _around(centre: np.ndarray, count: int, spread: float, seed: int) -> np.ndarray:
    drawn = centre + spread * np.random.default_rng(seed).standard_normal((count, len(centre)))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def test_pieces_of_two_voices_are_two_groups_also_when_the_voices_are_close() -> None:
    axes = np.eye(48)
    one, far = _around(axes[0], 6, 0.06, 1), _around(axes[1], 3, 0.06, 2)
    groups = group_pieces(np.concatenate([one, far]), [2.0] * 9)
    assert sorted(groups) == [[0, 1, 2, 3, 4, 5], [6, 7, 8]]
    close = _around(0.36 * axes[0] + 0.93 * axes[1], 4, 0.02, 3)  # more alike than what is linked at first
    groups = group_pieces(np.concatenate([_around(axes[0], 5, 0.02, 4), close]), [2.0] * 9)
    assert sorted(groups) == [[0, 1, 2, 3, 4], [5, 6, 7, 8]]
    assert group_pieces(one, [2.0] * 6) == [[0, 1, 2, 3, 4, 5]]
    assert group_pieces(np.zeros((0, 48), np.float32), []) == []


@pytest.mark.parametrize(
    ("seconds", "likeness", "is_counted"),
    [(1.2, 0.9, True), (1.1, 0.2, False), (1.1, 0.1, True), (0.9, -0.1, False)],
)
def test_a_short_voice_counts_only_when_it_is_quite_unlike(
    seconds: float, likeness: float, is_counted: bool
) -> None:
    assert counts(seconds, likeness) is is_counted


def test_people_are_counted_from_voices_and_from_talking_at_once() -> None:
    assert count_speakers(0.2, 1, 0.0) == 0
    assert count_speakers(5.0, 0, 0.0) == 1, "somebody spoke, too shortly to be measured"
    assert count_speakers(5.0, 1, 1.3) == 2
    assert count_speakers(5.0, 3, 1.3) == 3


def test_features_have_a_row_for_each_hundredth_and_follow_the_sound() -> None:
    rows = features_of(tone(1_000, 1.0))
    assert rows.shape == (98, 80) and rows.dtype == np.float32
    low, high = features_of(tone(300, 1.0)), features_of(tone(3_000, 1.0))
    assert low.mean(axis=0).argmax() < rows.mean(axis=0).argmax() < high.mean(axis=0).argmax()
    assert features_of(silence(0.02)).shape == (0, 80)


def test_missing_and_damaged_weights_are_an_error_never_one_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(VENDORED / "campplus.onnx", tmp_path)
    with (tmp_path / "campplus.onnx").open("r+b") as file:
        file.seek(5_000)
        file.write(b"damaged")
    with pytest.raises(EarsError, match="sound analysis unavailable: model file .*campplus.onnx is damaged"):
        LocalDiarizer(EarsChoice(weights_dir=str(tmp_path)))
    monkeypatch.setattr("proctoring.vision.weights.VENDORED", tmp_path / "nowhere")
    with pytest.raises(EarsError, match="seg3.onnx is missing"):
        LocalDiarizer(EarsChoice())


def test_songs_are_taken_out_and_people_who_speak_to_music_stay() -> None:
    singer = Voice("A", 8.0, ((0.0, 8.0),), 0.9)
    talker = Voice("B", 4.0, ((8.0, 12.0),), 0.8)
    both = VoiceResult("local", "m", 2, 12.0, (singer, talker), ((1.0, 3.0),))
    events = SoundEvents(((8.0, 12.0),), ((0.0, 8.0),), ((0.0, 12.0),))
    left = without_songs(both, events)
    assert (left.voices, left.speakers, left.overlap_spans, left.speech_seconds) == ((talker,), 1, (), 4.0)
    nobody = without_songs(both, SoundEvents((), ((0.0, 12.0),), ()))
    assert (nobody.voices, nobody.speakers, nobody.speech_seconds) == ((), 0, 0.0)
    assert without_songs(both, SoundEvents(((0.0, 12.0),), (), ((0.0, 12.0),))) == both


def test_the_event_model_hears_neither_speech_nor_song_in_noise() -> None:
    from proctoring.audio.diarizers.base import Clip

    assert EventModel().listen(Clip(noise(3, 0.01), "wav")).speech == ()


@pytest.mark.slow
@pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the development recordings are not here (set TEST_DATA_DIR)"
)
def test_real_people_are_counted() -> None:
    with (RECORDINGS / "labels.csv").open(encoding="utf-8", newline="") as source:
        rows = [
            row
            for row in csv.DictReader(source)
            if row["category"] in {"single_plain", "two_alt", "none_room"}
        ]
    diarizer = LocalDiarizer(EarsChoice())
    for row in rows[::11]:
        assert diarizer.diarize(decode((RECORDINGS / row["file"]).read_bytes())).speakers == int(
            row["n_speakers"]
        )
