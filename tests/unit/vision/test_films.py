"""Films are cut within bounds: length, pixels, number of pictures; what is none is refused in words."""

import io
import multiprocessing
import wave

import pytest

from proctoring.vision.films import FilmError, FilmLimits, Piece, cut, pieces_of
from tests.capture import BLUE, RED
from tests.compat.films import film
from tests.unit.audio.sounds import encode, tone

FOUR_SECONDS = [(RED,), (RED, BLUE), (), (RED,)]


@pytest.fixture(scope="module")
def sample() -> bytes:
    return film(*FOUR_SECONDS, with_tone=True)


def _cut(data: bytes, *, sound: bool = False, every: float = 5, **limits: float) -> list[Piece]:
    found = list(cut(data, every_frames=every, with_sound=sound, limits=FilmLimits(**limits)))
    assert isinstance(found[0], float)
    return [each for each in found[1:] if isinstance(each, Piece)]


def test_pictures_come_in_the_steps_that_are_asked_for_and_sound_in_pieces(sample: bytes) -> None:
    pieces = _cut(sample, sound=True)
    pictures = [each for each in pieces if not each.is_sound]
    assert [round(each.at) for each in pictures] == [0, 1, 2, 3]
    assert all(each.data.startswith(b"\xff\xd8") for each in pictures)
    (sound,) = [each for each in pieces if each.is_sound]
    with wave.open(io.BytesIO(sound.data)) as file:
        assert (file.getframerate(), file.getnchannels()) == (16_000, 1)
        assert 3.5 < file.getnframes() / 16_000 < 4.5


def test_of_a_long_film_fewer_pictures_are_taken(sample: bytes) -> None:
    assert len(_cut(sample, every=1, most_pictures=2)) <= 2
    assert len(_cut(sample, every=1)) in (7, 8), "no more than two a second"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"max_seconds": 2.0}, "too_long"),
        ({"max_pixels": 10_000}, "too_many_pixels"),
        ({"max_side": 500}, "too_many_pixels"),
    ],
)
def test_bounds_are_kept(sample: bytes, limits: dict[str, float], code: str) -> None:
    with pytest.raises(FilmError) as refused:
        list(cut(sample, every_frames=5, with_sound=True, limits=FilmLimits(**limits)))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"#EXTM3U\nhttp://127.0.0.1/", "not_a_film"),
        (b"ffconcat version 1.0\nfile /etc/passwd", "not_a_film"),
        (b"", "not_a_film"),
        (b"\x1aE\xdf\xa3" + b"x" * 5_000, "decode_failed"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 500, "decode_failed"),
    ],
)
def test_what_is_no_film_is_refused_in_words(data: bytes, code: str) -> None:
    with pytest.raises(FilmError) as refused:
        list(cut(data, every_frames=5, with_sound=False, limits=FilmLimits()))
    assert refused.value.code == code and refused.value.message


def test_a_film_of_sound_alone_has_no_picture() -> None:
    with pytest.raises(FilmError) as refused:
        list(cut(encode(tone(300, 2.0)), every_frames=5, with_sound=True, limits=FilmLimits()))
    assert refused.value.code == "no_picture"


def test_the_process_apart_says_the_same_and_is_not_left_behind(sample: bytes) -> None:
    others = set(multiprocessing.active_children())
    pieces = pieces_of(sample, every_frames=5, with_sound=False, limits=FilmLimits())
    assert len(list(pieces)) == 5
    broken = pieces_of(sample[:300] + b"y" * 500, every_frames=5, with_sound=False, limits=FilmLimits())
    with pytest.raises(FilmError):
        list(broken)
    assert set(multiprocessing.active_children()) <= others
