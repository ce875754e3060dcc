"""Announcements and clarifications: who may, whom they reach, corrected, withdrawn, read, kept."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from accounts import audit
from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from exams import states
from exams.delivery import announced, announcements, progress
from exams.delivery.announced import views_of
from exams.delivery.announcement_reach import Reach, earlier_texts, lines_of, questions_of, reach_of
from exams.models import Announcement, Attempt, Question, Sitting
from exams.models.announcement import LONGEST_TEXT
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_question, make_sitting
from tests.papers import items, leave, parts


@pytest.fixture
def sitting(scoped: Institution, proctor: User) -> Sitting:
    return make_sitting(make_exam(scoped), proctors=[proctor])


@pytest.fixture
def attempt(sitting: Sitting, candidate: User) -> Attempt:
    return make_attempt(enrol(sitting, candidate))


def another(sitting: Sitting, state: str = states.IN_PROGRESS, **fields: Any) -> Attempt:
    person = make_member(sitting.institution, Role.CANDIDATE)
    return make_attempt(enrol(sitting, person), state=state, **fields)


def first_question(attempt: Attempt) -> Question:
    return items(attempt)[0].version.question


def shown(attempt: Attempt) -> list[tuple[str, str, bool]]:
    return [(view["text"], view["standing"], view["unread"]) for view in views_of(attempt)]


@pytest.mark.parametrize("who", ["proctor", "officer", "admin_member"])
def test_who_runs_the_sitting_announces_to_all(
    request: Any, sitting: Sitting, attempt: Attempt, who: str
) -> None:
    actor = request.getfixturevalue(who)
    made = announcements.announce(sitting, actor=actor, text=" Scratch paper\r\nis allowed. ")
    assert shown(attempt) == [("Scratch paper\nis allowed.", "in_force", True)]
    assert (made.author, made.sitting, made.question) == (actor, sitting, None)
    entry = AuditEntry.objects.get(stream=audit.stream_of(made))
    assert (entry.verb, entry.actor, entry.detail["text"]) == ("announcement.made", actor, made.text)


@pytest.mark.parametrize(
    "who",
    ["candidate", "second_proctor", "reviewer", "author", "stranger", "foreign_proctor", "foreign_officer"],
)
def test_others_announce_correct_and_withdraw_nothing(
    request: Any, sitting: Sitting, attempt: Attempt, officer: User, who: str
) -> None:
    made = announcements.announce(sitting, actor=officer, text="Hello")
    other = request.getfixturevalue(who)
    with pytest.raises(NotFound):
        announcements.announce(sitting, actor=other, text="Hello")
    with pytest.raises(NotFound):
        announcements.correct(made, actor=other, text="Other")
    with pytest.raises(NotFound):
        announcements.withdraw(made, actor=other)
    assert shown(attempt) == [("Hello", "in_force", True)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        (" \r\n ", "required"),
        ("x" * (LONGEST_TEXT + 1), "too_long"),
        ("a\x00b", "invalid"),
        (None, "invalid"),
    ],
    ids=["empty", "blank", "long", "control", "none"],
)
def test_the_text_is_checked(sitting: Sitting, attempt: Attempt, officer: User, text: Any, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        announcements.announce(sitting, actor=officer, text=text)
    assert (refusal.value.field, refusal.value.code) == ("text", code)
    assert not Announcement.objects.exists()


def test_line_breaks_of_a_form_count_once(sitting: Sitting, attempt: Attempt, officer: User) -> None:
    text = "ab\r\n" * (LONGEST_TEXT // 3)
    made = announcements.announce(sitting, actor=officer, text=text + "ab")
    assert len(made.text) == LONGEST_TEXT


def test_a_clarification_is_for_those_with_the_question(
    sitting: Sitting, attempt: Attempt, officer: User
) -> None:
    other = another(sitting)
    question = first_question(attempt)
    other.paper.filter(version__question=question).delete()
    announcements.announce(sitting, actor=officer, text="Use g = 10.", question=question)
    [view] = views_of(attempt)
    own = items(attempt)[0]
    assert (view["item"], view["position"]) == (own.pk, own.position)
    assert views_of(other) == []


def test_a_question_of_another_exam_is_refused(sitting: Sitting, attempt: Attempt, officer: User) -> None:
    foreign = make_question(sitting.institution)
    with pytest.raises(InvalidInput) as refusal:
        announcements.announce(sitting, actor=officer, text="Hello", question=foreign)
    assert refusal.value.field == "question"


def test_questions_drawn_from_a_pool_can_be_clarified(sitting: Sitting, attempt: Attempt) -> None:
    drawn = make_question(sitting.institution)
    last = items(attempt)[-1]
    last.version = drawn.versions.get()
    last.save()
    assert questions_of(sitting)[-1] == drawn
    assert questions_of(sitting).count(drawn) == 1


def test_before_the_start_clarifications_are_not_shown(sitting: Sitting, officer: User) -> None:
    attempt = another(sitting)
    question = first_question(attempt)
    Attempt.objects.filter(pk=attempt.pk).update(state=states.READY, started_at=None)
    attempt.refresh_from_db()
    announcements.announce(sitting, actor=officer, text="General")
    announcements.announce(sitting, actor=officer, text="Of a question", question=question)
    assert shown(attempt) == [("General", "in_force", True)]


def test_clarifications_wait_until_their_question_is_open(forward: Attempt, officer: User) -> None:
    sitting, (first, second, _) = forward.enrolment.sitting, items(forward)
    announcements.announce(sitting, actor=officer, text="Two", question=second.version.question)
    assert shown(forward) == []
    leave(forward, first)
    assert shown(forward) == [("Two", "in_force", True)]
    leave(forward, second)
    assert shown(forward) == [("Two", "in_force", True)]  # what was read can be read again


def test_clarifications_of_a_later_part_wait_for_it(timed: Attempt, officer: User) -> None:
    first, second = parts(timed)
    item = next(each for each in items(timed) if each.section_id == second)
    sitting = timed.enrolment.sitting
    announcements.announce(sitting, actor=officer, text="Later", question=item.version.question)
    progress.open_section(timed, device="device-1", section_id=first)
    assert shown(timed) == []
    progress.close_section(timed, device="device-1", section_id=first)
    progress.open_section(timed, device="device-1", section_id=second)
    assert shown(timed) == [("Later", "in_force", True)]


def test_pages_that_go_on_piece_by_piece_are_told_to_ask(forward: Attempt, officer: User) -> None:
    third = items(forward)[2].version.question
    made = announcements.announce(forward.enrolment.sitting, actor=officer, text="Three", question=third)
    [told] = announced.told_to_everybody(made)
    assert (told.attempt, told.views) == (forward, None)


def test_the_same_form_sent_twice_announces_once(sitting: Sitting, attempt: Attempt, officer: User) -> None:
    key = uuid.uuid4()
    made = announcements.announce(sitting, actor=officer, text="Hello", key=key)
    assert announcements.announce(sitting, actor=officer, text="Hello", key=key) == made
    new = announcements.correct(made, actor=officer, text="Bye", key=(key := uuid.uuid4()))
    assert announcements.correct(made, actor=officer, text="Bye", key=key) == new
    assert Announcement.objects.count() == 2


def test_a_correction_replaces_and_keeps_the_old_text(
    sitting: Sitting, attempt: Attempt, proctor: User, officer: User
) -> None:
    question = first_question(attempt)
    old = announcements.announce(sitting, actor=proctor, text="g = 9", question=question)
    new = announcements.correct(old, actor=officer, text="g = 10")
    assert (new.replaces, new.question) == (old, question)
    assert shown(attempt) == [("g = 9", "replaced", False), ("g = 10", "in_force", True)]
    for act in (lambda: announcements.correct(old, actor=officer, text="g = 11"), lambda: withdraw(old)):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "replaced"
    with pytest.raises(InvalidInput) as unchanged:
        announcements.correct(new, actor=officer, text="g = 10 ")
    assert unchanged.value.code == "unchanged"


def withdraw(announcement: Announcement) -> Announcement:
    return announcements.withdraw(announcement, actor=announcement.author)


def test_a_withdrawal_has_to_be_read_by_those_who_were_here(
    sitting: Sitting, attempt: Attempt, candidate: User, officer: User, proctor: User
) -> None:
    made = announcements.announce(sitting, actor=officer, text="Wrong")
    announcements.acknowledge(attempt, made.pk, candidate=candidate)
    assert shown(attempt) == [("Wrong", "in_force", False)]
    announcements.withdraw(made, actor=proctor)
    announcements.withdraw(made, actor=officer)  # a second time changes nothing
    assert made.withdrawn_by == proctor
    assert shown(attempt) == [("Wrong", "withdrawn", True)]
    announcements.acknowledge(attempt, made.pk, candidate=candidate)  # of what no longer holds
    assert shown(attempt) == [("Wrong", "withdrawn", True)]
    announcements.acknowledge(attempt, made.pk, candidate=candidate, of_withdrawal=True)
    assert shown(attempt) == [("Wrong", "withdrawn", False)]
    with clock.at(clock.now() + timedelta(minutes=1)):
        later = another(sitting)
    Attempt.objects.filter(pk=later.pk).update(created_at=clock.now() + timedelta(minutes=1))
    later.refresh_from_db()
    assert shown(later) == [("Wrong", "withdrawn", False)]
    with pytest.raises(Conflict):
        announcements.correct(made, actor=officer, text="Right")


def test_acknowledging_counts_once_and_is_audited(
    sitting: Sitting, attempt: Attempt, candidate: User, officer: User
) -> None:
    another(sitting)
    another(sitting, states.SUBMITTED, ended_at=clock.now() - timedelta(minutes=5))
    another(sitting, states.CHECKING_IN)
    made = announcements.announce(sitting, actor=officer, text="Hello")
    for _ in range(2):
        view = announcements.acknowledge(attempt, made.pk, candidate=candidate)
        assert view["unread"] is False
    [line] = lines_of(sitting)
    assert (line.read, line.reached, line.standing) == (1, 2, "in_force")
    verbs = AuditEntry.objects.filter(stream=audit.stream_of(attempt)).values_list("verb", flat=True)
    assert list(verbs) == ["attempt.announcement_acknowledged"]
    with pytest.raises(Conflict):
        announcements.acknowledge(attempt, made.pk, candidate=candidate, of_withdrawal=True)


def test_what_is_not_shown_cannot_be_acknowledged(
    sitting: Sitting, attempt: Attempt, candidate: User, officer: User
) -> None:
    elsewhere = make_sitting(sitting.exam)
    another(elsewhere)
    foreign = announcements.announce(elsewhere, actor=officer, text="Not here")
    with pytest.raises(NotFound):
        announcements.acknowledge(attempt, foreign.pk, candidate=candidate)


def test_the_reach_tells_who_sees_it_now_and_who_later(sitting: Sitting, attempt: Attempt) -> None:
    another(sitting, states.PAUSED)
    another(sitting, states.READY)
    another(sitting, states.CHECKING_IN)
    another(sitting, states.SUBMITTED)
    enrol(sitting, make_member(sitting.institution, Role.CANDIDATE))
    assert reach_of(sitting) == Reach(now=3, later=2)
    assert reach_of(sitting, first_question(attempt)) == Reach(now=2, later=3)


@pytest.mark.parametrize("code", ["cancelled", "nobody"])
def test_what_nobody_would_read_is_refused(sitting: Sitting, officer: User, code: str) -> None:
    another(sitting, states.SUBMITTED)
    if code == "cancelled":
        sitting.cancelled_at = clock.now()
        sitting.save()
    with pytest.raises(Conflict) as refusal:
        announcements.announce(sitting, actor=officer, text="Hello")
    assert refusal.value.code == code


def test_counts_are_of_those_it_was_for(sitting: Sitting, attempt: Attempt, officer: User) -> None:
    other = another(sitting)
    question = first_question(attempt)
    other.paper.filter(version__question=question).delete()
    old = announcements.announce(sitting, actor=officer, text="One", question=question)
    announcements.correct(old, actor=officer, text="Two")
    assert [(line.standing, line.read, line.reached) for line in lines_of(sitting)] == [
        ("in_force", 0, 1),
        ("replaced", 0, 1),
    ]


def test_earlier_texts_of_the_exam_can_be_used_again(
    sitting: Sitting, attempt: Attempt, officer: User
) -> None:
    before = make_sitting(sitting.exam)
    another(before)
    first = announcements.announce(before, actor=officer, text="Old wording")
    announcements.correct(first, actor=officer, text="New wording")
    withdraw(announcements.announce(before, actor=officer, text="Wrong"))
    announcements.announce(sitting, actor=officer, text="New wording")
    assert earlier_texts(sitting) == ["New wording"]


def test_lists_cost_the_same_for_many(
    sitting: Sitting, attempt: Attempt, officer: User, django_assert_num_queries: Any
) -> None:
    question = first_question(attempt)
    with django_assert_num_queries(1):
        assert views_of(attempt) == []
    for number in range(3):
        another(sitting)
        announcements.announce(sitting, actor=officer, text=f"{number}", question=question)
    with django_assert_num_queries(4):
        assert len(lines_of(sitting)) == 3
    with django_assert_num_queries(3):
        assert len(views_of(attempt)) == 3
    newest = Announcement.objects.latest("id")
    with django_assert_num_queries(3):
        assert len(announced.told_to_everybody(newest)) == 4
