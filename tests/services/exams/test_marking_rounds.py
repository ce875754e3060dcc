"""Rounds: who marks what, claims, blind second marks, differences, moderation, undo."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts import audit
from accounts.models import Institution, User
from accounts.roles import Role
from exams import states
from exams.delivery import attempts
from exams.marking import readings, rounds
from exams.marking.readings import Given
from exams.marking.rubrics import rubric_for, set_rubric
from exams.marking.services import mark_automatically, result_of
from exams.models import Answer, Attempt, MarkChange, MarkingRound, Reading, RoundAnswer, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, IllegalMove, InvalidInput, NotAllowed, NotFound
from tests.factories.accounts import make_member
from tests.factories.exams import make_exam, make_sitting
from tests.factories.marking import answer_of, hand_in, item_of, make_round


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    return make_sitting(make_exam(scoped, kinds=("true_false", "essay"), points=5))


@pytest.fixture
def attempt(sitting: Sitting, candidate: User) -> Attempt:
    return hand_in(sitting, candidate, true_false=True, essay="My text.")


@pytest.fixture
def second_marker(institution: Institution) -> User:
    return make_member(institution, Role.REVIEWER, name="Max Marker")


def read(round_: MarkingRound, attempt: Attempt, person: User, points: object, comment: str = "") -> Reading:
    return readings.save_reading(answer_of(round_, attempt), Given(points, comment), person=person)


def test_only_what_waits_for_a_person_goes_to_markers(
    sitting: Sitting, attempt: Attempt, second_candidate: User, author: User, officer: User
) -> None:
    hand_in(sitting, second_candidate, true_false=True)  # an empty essay is marked by rule
    round_ = make_round(sitting, [author], actor=officer)
    [answer] = round_.answers.all()
    assert (answer.item.attempt, answer.number, answer.needs_second) == (attempt, 1, False)
    assert rounds.questions_to_mark(sitting) == []
    with pytest.raises(InvalidInput):
        make_round(sitting, [author], actor=officer)


def test_a_reading_marks_and_is_kept_in_the_history(
    sitting: Sitting, attempt: Attempt, author: User, officer: User
) -> None:
    round_ = make_round(sitting, [author], actor=officer)
    assert result_of(attempt).passed is None
    read(round_, attempt, author, "2,5", "Half of it.")
    mark = item_of(attempt, "essay").mark
    assert (mark.points, mark.marker, mark.comment) == (Decimal("2.50"), author, "Half of it.")
    assert result_of(attempt).points == Decimal("7.50")
    read(round_, attempt, author, "4")
    changes = MarkChange.objects.filter(item=mark.item)
    assert [(each.points_before, each.points_after, each.actor) for each in changes] == [
        (None, Decimal("2.50"), author),
        (Decimal("2.50"), Decimal(4), author),
    ]
    assert [each.comment_before for each in changes] == ["", "Half of it."]


@pytest.mark.parametrize(
    "points", ["", None, "x", "-1", "5.01", "1.005", "NaN", "1e1", "9" * 50, [], "١", "5٫0"]
)
def test_points_out_of_bounds_are_refused(
    sitting: Sitting, attempt: Attempt, author: User, officer: User, points: object
) -> None:
    round_ = make_round(sitting, [author], actor=officer)
    with pytest.raises(InvalidInput) as refusal:
        read(round_, attempt, author, points)
    assert refusal.value.field == "points"
    assert not Reading.objects.exists()


def test_who_is_not_of_the_round_marks_nothing(
    sitting: Sitting, attempt: Attempt, author: User, officer: User, proctor: User, foreign_officer: User
) -> None:
    round_ = make_round(sitting, [author], actor=officer)
    for person in (officer, proctor, foreign_officer):
        with pytest.raises(NotAllowed):
            read(round_, attempt, person, "3")
    for wrong in (proctor, foreign_officer):
        with pytest.raises(InvalidInput) as refusal:
            rounds.change_markers(round_, markers=[author, wrong], moderators=[], actor=officer)
        assert refusal.value.field == "markers"


def test_nobody_marks_the_own_answer(sitting: Sitting, institution: Institution, officer: User) -> None:
    both = make_member(institution, Role.AUTHOR, Role.CANDIDATE)
    attempt = hand_in(sitting, both, essay="Mine.")
    round_ = make_round(sitting, [both], actor=officer)
    with pytest.raises(NotAllowed) as refusal:
        read(round_, attempt, both, "5")
    assert refusal.value.code == "own_answer"


def test_a_claim_keeps_others_away_until_it_expires(
    sitting: Sitting, attempt: Attempt, author: User, second_marker: User, officer: User
) -> None:
    round_ = make_round(sitting, [author, second_marker], actor=officer)
    start = clock.now()
    readings.claim(answer_of(round_, attempt), author)
    for act in (readings.claim, lambda answer, who: readings.save_reading(answer, Given("1"), person=who)):
        with pytest.raises(Conflict) as refusal:
            act(answer_of(round_, attempt), second_marker)
        assert refusal.value.code == "claimed"
        assert refusal.value.details["claimed_by"] == "Arno Author"
    with clock.at(start + timedelta(minutes=16)):
        readings.claim(answer_of(round_, attempt), second_marker)
        with pytest.raises(Conflict):
            read(round_, attempt, author, "3")
        read(round_, attempt, second_marker, "3")
    with pytest.raises(Conflict) as refusal:
        read(round_, attempt, author, "3")
    assert refusal.value.code == "enough"


def test_two_markers_mean_or_moderator(
    sitting: Sitting, attempt: Attempt, author: User, second_marker: User, officer: User
) -> None:
    people = [author, second_marker]
    round_ = make_round(sitting, people, actor=officer, moderators=[officer], second_share=100)
    read(round_, attempt, author, "3", "Good start.")
    assert item_of(attempt, "essay").mark.points is None
    read(round_, attempt, second_marker, "4", "Good end.")
    mark = item_of(attempt, "essay").mark
    assert (mark.points, mark.comment) == (Decimal("3.50"), "Good start.\n\nGood end.")
    read(round_, attempt, second_marker, "5")
    assert item_of(attempt, "essay").mark.points is None
    assert answer_of(round_, attempt).is_disputed
    with pytest.raises(InvalidInput):
        readings.moderate(answer_of(round_, attempt), Given("4", "", None, " "), person=officer)
    readings.moderate(answer_of(round_, attempt), Given("4", "", None, "In between."), person=officer)
    assert item_of(attempt, "essay").mark.points == 4
    change = MarkChange.objects.filter(source="moderation").get()
    assert (change.reason, change.actor) == ("In between.", officer)
    with pytest.raises(Conflict) as refusal:
        read(round_, attempt, author, "5")
    assert refusal.value.code == "moderated"
    readings.undo(answer_of(round_, attempt), person=officer)
    assert answer_of(round_, attempt).is_disputed


def test_only_a_third_person_moderates(
    sitting: Sitting, attempt: Attempt, author: User, second_marker: User, officer: User
) -> None:
    round_ = make_round(
        sitting, [author, second_marker], actor=officer, moderators=[author, officer], second_share=100
    )
    given = Given("4", "", None, "Because.")
    with pytest.raises(Conflict) as refusal:
        readings.moderate(answer_of(round_, attempt), given, person=officer)
    assert refusal.value.code == "not_read"
    read(round_, attempt, author, "0")
    read(round_, attempt, second_marker, "5")
    for person in (author, second_marker):
        with pytest.raises(NotAllowed):
            readings.moderate(answer_of(round_, attempt), given, person=person)
    with pytest.raises(NotAllowed):
        read(round_, attempt, officer, "3")  # a moderator who is no marker


def test_undo_goes_back_one_step(sitting: Sitting, attempt: Attempt, author: User, officer: User) -> None:
    round_ = make_round(sitting, [author], actor=officer)
    with pytest.raises(NotFound):
        readings.undo(answer_of(round_, attempt), person=author)
    read(round_, attempt, author, "2", "First thought.")
    read(round_, attempt, author, "4")
    readings.undo(answer_of(round_, attempt), person=author)
    mark = item_of(attempt, "essay").mark
    assert (mark.points, mark.comment) == (2, "First thought.")
    readings.undo(answer_of(round_, attempt), person=author)
    assert item_of(attempt, "essay").mark.points is None
    assert result_of(attempt).unmarked == 1
    verbs = [entry.verb for entry in _audit(answer_of(round_, attempt))]
    assert verbs == ["saved", "saved", "undone", "undone"]


def _audit(answer: RoundAnswer) -> list[audit.AuditEntry]:
    rows = audit.AuditEntry.objects.filter(stream=audit.stream_of(answer)).order_by("sequence")
    found = list(rows)
    for entry in found:
        entry.verb = entry.verb.removeprefix("round_answer.")
    return found


def test_a_closed_round_is_over_and_can_be_opened_again(
    sitting: Sitting, attempt: Attempt, author: User, officer: User
) -> None:
    round_ = make_round(sitting, [author], actor=officer)
    rounds.close_round(round_, actor=officer)
    with pytest.raises(Conflict) as refusal:
        read(round_, attempt, author, "2")
    assert refusal.value.code == "round_closed"
    with pytest.raises(IllegalMove):
        rounds.close_round(round_, actor=officer)
    other = make_round(sitting, [author], actor=officer)
    with pytest.raises(Conflict) as refusal:
        rounds.reopen_round(round_, actor=officer)
    assert refusal.value.code == "elsewhere"
    rounds.close_round(other, actor=officer)
    rounds.reopen_round(round_, actor=officer)
    read(round_, attempt, author, "2")


def test_who_hands_in_later_joins_and_numbers_stay(
    sitting: Sitting, attempt: Attempt, second_candidate: User, author: User, officer: User
) -> None:
    round_ = make_round(sitting, [author], actor=officer)
    late = hand_in(sitting, second_candidate, state=states.IN_PROGRESS, essay="Late text.")
    late.marks.all().delete()
    attempts.submit(late, actor=second_candidate, ended_by="candidate")
    assert answer_of(round_, attempt).number == 1
    assert answer_of(round_, late).number == 2


def test_an_attempt_that_goes_on_loses_its_marks(
    sitting: Sitting, candidate: User, author: User, officer: User, proctor: User
) -> None:
    attempt = hand_in(sitting, candidate, state=states.IN_PROGRESS, true_false=False, essay="Text.")
    attempt.marks.all().delete()
    attempts.terminate(attempt, actor=proctor, reason="A phone was seen.")
    round_ = make_round(sitting, [author], actor=officer)
    read(round_, attempt, author, "5")
    assert item_of(attempt, "true_false").mark.points == 0
    attempts.reinstate(attempt, actor=proctor)
    assert result_of(attempt).unmarked == 2
    assert not RoundAnswer.objects.exists()
    Answer.objects.filter(item=item_of(attempt, "true_false")).update(value=True)
    attempts.resume(attempt, actor=proctor)
    attempts.submit(attempt, actor=candidate, ended_by="candidate")
    assert item_of(attempt, "true_false").mark.points == 5
    assert mark_automatically(attempt) == []
    assert answer_of(round_, attempt).reading_count == 0


def test_a_rubric_gives_the_points(sitting: Sitting, attempt: Attempt, author: User, officer: User) -> None:
    version = item_of(attempt, "essay").version
    levels = [{"text": "weak", "points": 0}, {"text": "fair", "points": 1}, {"text": "strong", "points": 2}]
    rubric = set_rubric(version, [{"title": "Argument", "levels": levels}], actor=author)
    round_ = make_round(sitting, [author], actor=officer)
    with pytest.raises(InvalidInput) as refusal:
        read(round_, attempt, author, "5")
    assert refusal.value.field == "levels"
    given = Given(None, "Fair.", {"c1": "l2", "c7": "l1"})
    reading = readings.save_reading(answer_of(round_, attempt), given, person=author)
    assert (reading.points, reading.rubric, reading.levels) == (Decimal("2.50"), rubric, {"c1": "l2"})
    assert set_rubric(version, [], actor=author) is None
    assert rubric_for(version) is None
    reading.refresh_from_db()
    assert reading.rubric == rubric


def test_share_of_double_marking_is_kept_roughly(
    sitting: Sitting, institution: Institution, author: User, second_marker: User, officer: User
) -> None:
    for _ in range(40):
        hand_in(sitting, make_member(institution, Role.CANDIDATE), essay="Text.")
    round_ = make_round(sitting, [author, second_marker], actor=officer, second_share=50)
    drawn = round_.answers.filter(needs_second=True).count()
    assert 8 <= drawn <= 32
    with pytest.raises(InvalidInput) as refusal:
        make_round(make_sitting(sitting.exam), [author], actor=officer)
    assert refusal.value.field == "questions"
