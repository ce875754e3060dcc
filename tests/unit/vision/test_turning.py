"""A head that was asked to turn: what proves it, what breaks it, and what a photo or a film does not do."""

from random import Random

import pytest

from proctoring.observations import FaceBox, Head
from proctoring.vision.detectors.same_person import fitting_sides
from proctoring.vision.exchange import Likeness, SideView
from proctoring.vision.turning import Ask, Course, Place, Said, Stage, TurnLook, draw, follow, view_of

LEFT, RIGHT, UP = (-30.0, 0.0), (30.0, 0.0), (0.0, -20.0)
AHEAD = (0.0, 0.0)


class Person:
    """Somebody before the camera, looked at three times a second."""

    def __init__(self, *asks: Ask, sits: float = 0.0) -> None:
        self.course, self.sits, self.now = Course(asks), sits, 100.0
        self.said: list[Said] = []
        self.views: list[Ask | None] = []

    def look(
        self,
        pose: tuple[float, float] | None,
        times: int = 1,
        *,
        x: float = 320.0,
        w: float = 120.0,
        seconds: float = 0.3,
        likeness: Likeness | None = Likeness.ALIKE,
        presence: float = 1.0,
    ) -> Stage:
        for _ in range(times):
            self.now += seconds
            head = pose and Head(pose[0] + self.sits, pose[1], 0, 0.5, 0, 0, presence)
            place = Place(x, 200.0, w, self.now) if pose else None
            look = TurnLook(self.now, place, head or None, likeness)
            self.views.append(view_of(self.course, look))
            self.course, said = follow(self.course, look)
            self.said.append(said)
        return self.course.stage


def test_two_turns_with_looks_ahead_between_them_are_a_course() -> None:
    person = Person(Ask.LEFT, Ask.UP)
    assert person.look(AHEAD, 2) is Stage.TURN
    assert person.look((-12.0, 0.0)) is Stage.TURN  # on the way
    assert person.look(LEFT, 2) is Stage.BACK
    assert (person.said[-2:], person.course.done) == ([Said.GO_ON, Said.HELD], 0)
    assert person.look(AHEAD, 2) is Stage.TURN
    assert (person.course.done, person.course.ask) == (1, Ask.UP)
    person.look(UP, 2)
    assert person.look(AHEAD, 2) is Stage.MOVED
    assert (person.course.reached, person.course.breaks, person.course.ask) == ((30.0, 20.0), 0, None)
    assert person.look(RIGHT, 3) is Stage.MOVED  # it stands


@pytest.mark.parametrize("sits", [-20.0, 24.0])
def test_it_counts_from_the_own_look_ahead(sits: float) -> None:
    person = Person(Ask.RIGHT, Ask.LEFT, sits=sits)
    for pose in (AHEAD, RIGHT, AHEAD, LEFT, AHEAD):
        person.look(pose, 2)
    assert person.course.stage is Stage.MOVED


def test_a_photo_a_single_look_and_a_nod_prove_nothing() -> None:
    photo = Person(Ask.LEFT, Ask.RIGHT)
    assert photo.look(AHEAD, 60) is Stage.TURN
    turned_photo = Person(Ask.LEFT, Ask.RIGHT)
    assert turned_photo.look(LEFT, 60) is Stage.AHEAD
    slip = Person(Ask.LEFT, Ask.RIGHT)
    for _ in range(20):
        slip.look(AHEAD, 2)
        slip.look(LEFT)
    assert slip.course.stage is Stage.TURN
    assert slip.look((0.0, -10.0), 5) is Stage.TURN


@pytest.mark.parametrize(
    ("ask", "shown", "ends"),
    [(Ask.LEFT, RIGHT, True), (Ask.RIGHT, LEFT, True), (Ask.UP, LEFT, True), (Ask.LEFT, (0.0, -25.0), True)]
    + [(Ask.LEFT, (-5.0, -15.0), False)],  # many heads rise a little while they turn
)
def test_a_film_that_shows_another_turn_ends_the_try(
    ask: Ask, shown: tuple[float, float], ends: bool
) -> None:
    person = Person(ask, Ask.UP if ask is not Ask.UP else Ask.LEFT)
    person.look(AHEAD, 2)
    assert person.look(shown) is Stage.TURN  # once may be a slip
    assert (person.look(shown) is Stage.WRONG) is ends
    if ends:
        assert person.said[-1] is Said.WRONG_WAY
        assert person.look(AHEAD, 4) is Stage.WRONG


@pytest.mark.parametrize(
    "broken",
    [{"pose": None}, {"pose": LEFT, "x": 480.0}, {"pose": LEFT, "w": 260.0}, {"pose": LEFT, "seconds": 4.0}],
    ids=["face gone", "jumped aside", "jumped closer", "nobody looked"],
)
def test_a_cut_in_the_middle_begins_the_turn_anew(broken: dict[str, object]) -> None:
    person = Person(Ask.LEFT, Ask.RIGHT)
    person.look(AHEAD, 2)
    person.look(LEFT)
    person.look(**broken)  # type: ignore[arg-type]
    assert (person.course.stage, person.course.breaks) == (Stage.AHEAD, 1)
    assert person.look(LEFT, 3) is Stage.AHEAD


def test_a_head_turned_too_far_to_be_measured_breaks_nothing() -> None:
    person = Person(Ask.LEFT, Ask.RIGHT)
    person.look(AHEAD, 2)
    assert person.look((-70.0, 0.0), presence=0.4) is Stage.TURN
    assert person.said[-1] is Said.NOT_SEEN
    assert person.look(LEFT, 2) is Stage.BACK


def test_another_face_ahead_does_not_count_before_or_after_a_turn() -> None:
    person = Person(Ask.LEFT, Ask.RIGHT)
    assert person.look(AHEAD, 5, likeness=Likeness.UNLIKE) is Stage.AHEAD
    person.look(AHEAD, 2)
    person.look(LEFT, 2, likeness=Likeness.CANNOT_SAY)  # from the side that is usual
    assert person.look(AHEAD, 5, likeness=Likeness.UNLIKE) is Stage.BACK
    assert person.said[-1] is Said.UNSURE
    without = Person(Ask.LEFT, Ask.RIGHT)
    assert without.look(AHEAD, 2, likeness=None) is Stage.TURN


def test_views_are_taken_while_turned_the_way_that_was_asked() -> None:
    person = Person(Ask.LEFT, Ask.UP)
    person.look(AHEAD, 2)
    person.look((-10.0, 0.0))
    person.look(LEFT)
    person.look((-50.0, 0.0))
    assert person.views == [None, None, None, Ask.LEFT, None]
    other = Person(Ask.RIGHT, Ask.UP)
    other.look(AHEAD, 2)
    other.look(RIGHT, likeness=Likeness.UNLIKE)
    other.look(RIGHT, likeness=None)
    other.look(RIGHT, x=500.0)
    assert other.views == [None] * 5


def test_what_is_drawn_is_two_different_asks_in_any_order() -> None:
    drawn = {draw(Random(seed)).asks for seed in range(60)}
    assert len(drawn) == 6
    assert all(len(set(asks)) == 2 for asks in drawn)


def test_a_course_survives_being_stored() -> None:
    person = Person(Ask.UP, Ask.RIGHT)
    person.look(AHEAD, 2)
    person.look(UP)
    assert Course.from_json(person.course.to_json()) == person.course
    assert Course.from_json(draw(Random(1)).to_json()) == draw(Random(1))


def test_a_face_is_compared_with_the_side_that_it_is_turned_to() -> None:
    left, right = SideView("left", 1), SideView("right", -1)  # type: ignore[arg-type]

    def face(nose: float) -> FaceBox:
        return FaceBox(0, 0, 100, 100, 0.9, ((30, 40), (70, 40), (50 + 40 * nose, 60)))

    assert fitting_sides(face(0.3), [left, right]) == ("left",)
    assert fitting_sides(face(-0.3), [left, right]) == ("right",)
    assert fitting_sides(face(0.05), [left, right]) == ()


def test_both_sides_exchanged_are_a_camera_that_mirrors_and_one_alone_is_not() -> None:
    mirrored = Person(Ask.LEFT, Ask.RIGHT)
    for pose in (AHEAD, RIGHT, AHEAD, LEFT, AHEAD):
        mirrored.look(pose, 2)
    assert (mirrored.course.stage, mirrored.course.mirrored) == (Stage.MOVED, True)
    assert mirrored.course.reached == (30.0, 30.0)
    assert set(mirrored.views) == {None}, "no reference from a side that is not known"
    straight = Person(Ask.LEFT, Ask.RIGHT)
    for pose in (AHEAD, LEFT, AHEAD, RIGHT, AHEAD):
        straight.look(pose, 2)
    assert (straight.course.stage, straight.course.mirrored) == (Stage.MOVED, False)
    for second in (RIGHT, UP):
        half = Person(Ask.LEFT, Ask.RIGHT)
        for pose in (AHEAD, RIGHT, AHEAD):
            half.look(pose, 2)
        assert half.look((second[0], 1.5 * second[1]), 2) is Stage.WRONG
    second_only = Person(Ask.LEFT, Ask.RIGHT)
    for pose in (AHEAD, LEFT, AHEAD):
        second_only.look(pose, 2)
    assert second_only.look(LEFT, 2) is Stage.WRONG
