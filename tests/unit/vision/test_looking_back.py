"""What only many frames together show: frozen and looping cameras, virtual ones, faces that never move."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proctoring.observations import FaceBox, FrameReport, Observation, ObservationKind, Quality, Weight
from proctoring.seen import Body, Imprint
from proctoring.vision.camera_names import program_of
from proctoring.vision.detectors.repeated_pictures import Trail, find_loop
from proctoring.vision.exchange import FrameRequest
from proctoring.vision.image import decode, encode_jpeg, imprint_of
from proctoring.vision.looking_back import Past, look_back
from proctoring.vision.thresholds import REPEATS, STILL_FACES
from tests import media

FROZEN, REPLACED = ObservationKind.CAMERA_FROZEN, ObservationKind.CAMERA_REPLACED
SEVERAL, SECOND = ObservationKind.SEVERAL_FACES, ObservationKind.SECOND_PERSON


def outlines(count: int, step_bits: int, seed: int = 1) -> list[int]:
    """Outlines of a scene in motion: each differs from the one before by `step_bits`."""
    rng, outline, made = random.Random(seed), 0, []
    for _ in range(count):
        for bit in rng.sample(range(128), step_bits):
            outline ^= 1 << bit
        made.append(outline)
    return made


def trail_of(pictures: Iterable[tuple[int, int]], step: float = 1.0) -> Trail:
    """(bytes number, outline) of pictures `step` seconds apart."""
    trail = Trail()
    for index, (number, outline) in enumerate(pictures):
        trail = trail.followed_by(1000.0 + index * step, Imprint(number.to_bytes(8), outline))
    return trail


def live(moving: Sequence[int]) -> list[tuple[int, int]]:
    """Each picture has bytes of its own, as from a real camera."""
    return list(enumerate(moving))


def test_a_recording_whose_bytes_come_back_is_a_loop() -> None:
    film = live(outlines(20, 12))
    assert find_loop(trail_of(film).marks()) == ""
    words = find_loop(trail_of(film + film[:6]).marks())
    assert words == "6 different pictures came back, bit for bit, the last after 20 s"


def test_a_loop_that_was_compressed_anew_is_known_by_its_outlines() -> None:
    film = outlines(20, 12)
    words = find_loop(trail_of(live([*film, *(each ^ 1 for each in film)])).marks())
    assert words == "the last 15 pictures came in the same order 20 s before"


def test_the_order_must_be_the_same() -> None:
    film = outlines(20, 12)
    shuffled = random.Random(4).sample(film, len(film))
    assert find_loop(trail_of(live([*film, *shuffled])).marks()) == ""


def test_a_still_person_is_no_loop_even_where_bytes_return() -> None:
    """A camera with a strong filter in front of an empty room may send the same bytes now and then."""
    still = outlines(10, 1)
    assert find_loop(trail_of(live(still * 12)).marks()) == ""
    assert find_loop(trail_of([(index % 7, still[index % 7]) for index in range(90)]).marks()) == ""


@given(st.integers(0, 10_000), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_live_motion_is_never_a_loop(seed: int, step_bits: int) -> None:
    assert find_loop(trail_of(live(outlines(90, step_bits, seed))).marks()) == ""


@given(st.integers(0, 10_000), st.integers(8, 60), st.integers(10, 40))
@settings(max_examples=60, deadline=None)
def test_any_moving_recording_is_found_in_its_second_round(seed: int, length: int, step_bits: int) -> None:
    film = live(outlines(length, step_bits, seed))
    assert find_loop(trail_of([*film, *film]).marks())


def test_the_trail_stays_small() -> None:
    trail = trail_of(live(outlines(400, 5)))
    assert len(trail.marks()) == REPEATS.most_pictures
    assert len(trail.packed) == 32 * REPEATS.most_pictures


def test_an_imprint_tells_bytes_and_survives_compression() -> None:
    frame = media.scene(["obama"])
    fine, coarse = encode_jpeg(frame, 92), encode_jpeg(frame, 50)
    one, two = imprint_of(fine, decode(fine)), imprint_of(coarse, decode(coarse))
    assert one.digest != two.digest and imprint_of(fine, decode(fine)) == one
    assert (one.outline ^ two.outline).bit_count() <= REPEATS.like_bits
    away = encode_jpeg(media.scene([media.Person("obama", x=0.8)]))
    assert (one.outline ^ imprint_of(away, decode(away)).outline).bit_count() >= REPEATS.moved_bits


@pytest.mark.parametrize(
    ("label", "program"),
    [
        ("OBS Virtual Camera", "OBS Studio"),
        ("OBS-Camera", "OBS Studio"),
        ("ManyCam Virtual Webcam", "ManyCam"),
        ("Dummy video device (0x0000)", "v4l2loopback"),
        ("Integrated Camera (04f2:b6d0)", ""),
        ("Jobs Cam", ""),
        ("FaceTime HD Camera", ""),
        ("", ""),
    ],
)
def test_names_of_programs(label: str, program: str) -> None:
    assert program_of(label) == program


def report(
    number: int,
    faces: Sequence[FaceBox] = (),
    *,
    digest: int | None = None,
    covered: bool = False,
    step: float = 1.0,
) -> FrameReport:
    observations = [
        Observation(ObservationKind.CAMERA_COVERED, covered, 0.95),
        Observation(SEVERAL, len(faces) > 1, 0.9, {"faces": len(faces)}),
    ]
    imprint = Imprint((number if digest is None else digest).to_bytes(8), 0)
    return FrameReport(
        1000.0 + number * step,
        number,
        640,
        480,
        Quality(True),
        tuple(observations),
        tuple(faces),
        imprint=imprint,
    )


def last(reports: Iterable[FrameReport], label: str = "") -> FrameReport:
    """The last of the reports, having looked back over all, each time through what the cache keeps."""
    past = Past()
    for each in reports:
        past, seen = look_back(Past.from_data(past.to_data()), each, camera_label=label)
    return seen


def seen(report: FrameReport, kind: ObservationKind) -> Observation:
    found = report.observation(kind)
    assert found is not None
    return found


def test_the_same_bytes_twice_are_a_frozen_picture() -> None:
    frozen = last([report(0, digest=5), report(1, digest=5)])
    assert seen(frozen, FROZEN).present and seen(frozen, FROZEN).informative
    assert not seen(last([report(0), report(1)]), FROZEN).present


def test_a_covered_camera_says_nothing_about_a_frozen_one() -> None:
    dark = last([report(0, digest=5, covered=True), report(1, digest=5, covered=True)])
    for kind in (FROZEN, REPLACED):
        assert not seen(dark, kind).present and not seen(dark, kind).informative


def test_a_virtual_camera_is_mild_and_named() -> None:
    look = seen(last([report(0)], label="OBS Virtual Camera"), REPLACED)
    assert look.present and look.weight is Weight.MILD
    assert look.measurements == {"why": "the camera is called “OBS Virtual Camera”: OBS Studio"}


def test_kinds_that_nobody_asked_for_are_left_out() -> None:
    request = FrameRequest(1000.0, 0, detectors=frozenset({SEVERAL}))
    _, looked = look_back(Past(), report(0), request, "OBS Virtual Camera")
    assert looked.observation(REPLACED) is None and looked.observation(FROZEN) is None


def face(x: float, y: float = 200.0, height: float = 100.0) -> FaceBox:
    return FaceBox(x, y, 0.8 * height, height, 0.9)


def candidate(number: int) -> FaceBox:
    """The candidate leans to and fro."""
    return face(200 + 15 * (number % 5), height=160)


POSTER = face(500, 60, 60)


def test_a_face_that_never_moves_becomes_mild_and_says_so() -> None:
    def look(seconds: int) -> Observation:
        reports = [report(number, [candidate(number), POSTER]) for number in range(seconds + 1)]
        return seen(last(reports), SEVERAL)

    assert look(5).weight is Weight.PLAIN and "note" not in look(5).measurements
    assert look(24).present and look(24).weight is Weight.MILD
    assert look(24).measurements["note"] == "one face has not moved in 24 s: perhaps a picture"


def test_two_people_who_move_are_proven_and_stay_so_when_they_sit_still() -> None:
    moving = [report(number, [candidate(number), face(480 + 4 * number)]) for number in range(8)]
    assert seen(last(moving), SEVERAL).weight is Weight.PROVEN
    later = [report(number, [candidate(number), face(508)]) for number in range(8, 60)]
    assert seen(last([*moving, *later]), SEVERAL).weight is Weight.PROVEN


@given(st.lists(st.floats(-0.045, 0.045), min_size=40, max_size=40), st.sampled_from([0.5, 1.0, 2.0]))
@settings(max_examples=40, deadline=None)
def test_the_wandering_of_a_box_is_no_motion(wandering: list[float], step: float) -> None:
    reports = [
        report(number, [candidate(number), face(500 + 60 * shift, 60, 60 * (1 + shift))], step=step)
        for number, shift in enumerate(wandering)
    ]
    watched = 39 * step
    assert (seen(last(reports), SEVERAL).weight is Weight.MILD) == (watched >= STILL_FACES.still_s)


@given(st.integers(0, 39), st.floats(0.35, 0.9))
@settings(max_examples=40, deadline=None)
def test_one_clear_movement_ends_the_doubt(when: int, shift: float) -> None:
    reports = [
        report(number, [candidate(number), face(500 + (60 * shift if number >= when else 0), 60, 60)])
        for number in range(41)
    ]
    weight = seen(last(reports), SEVERAL).weight
    assert weight is (Weight.MILD if when == 0 else Weight.PROVEN)


def test_a_face_that_was_away_for_long_is_watched_anew() -> None:
    first = [report(number, [candidate(number), POSTER]) for number in range(30)]
    back = [report(number, [candidate(number), POSTER]) for number in range(100, 105)]
    assert seen(last([*first, *back]), SEVERAL).weight is Weight.PLAIN


def beside(number: int, stir: float | None, x: float = 400.0, further: Sequence[FaceBox] = ()) -> FrameReport:
    """Somebody's body beside the candidate, looked for every two seconds."""
    made = report(number, [candidate(number), *further], step=2.0)
    second = Observation(SECOND, True, 0.8, {"persons": 2})
    body = Body(x + 20 * (number % 2), 100, 150, 300, stir)
    return replace(made, observations=(*made.observations, second), bodies=(body,))


def test_a_body_in_which_nothing_stirs_becomes_mild_and_says_so() -> None:
    def look(seconds: int) -> Observation:
        return seen(
            last(beside(number, 4.0 if number else None) for number in range(seconds // 2 + 1)), SECOND
        )

    assert look(18).weight is Weight.PLAIN
    assert look(40).weight is Weight.MILD
    assert look(40).measurements["note"] == "the further body has not moved in 40 s: perhaps a picture"


@pytest.mark.parametrize("when", [1, 12, 30])
def test_a_body_that_stirs_once_is_a_person_for_good(when: int) -> None:
    reports = [beside(number, 6.0 if number == when else 1.0) for number in range(31)]
    assert seen(last(reports), SECOND).weight is Weight.PROVEN


def test_a_still_body_whose_face_moves_is_not_taken_for_a_picture() -> None:
    reports = [beside(number, 1.0, further=[face(420 + 4 * number, 120)]) for number in range(31)]
    assert seen(last(reports), SECOND).weight is Weight.PLAIN
    walking = [beside(number, 1.0, x=400 - 6 * number) for number in range(31)]
    assert seen(last(walking), SECOND).weight is Weight.PROVEN
