"""Releases: refused while something is unmarked, kept as released, withdrawn; what is shown when."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from accounts import audit
from accounts.models import Institution, User
from accounts.roles import Role
from exams import states
from exams.marking import marks, overview, releases
from exams.marking.shown import attempts_with_results, shown_to_candidate
from exams.models import Attempt, Release, Sitting, SittingMail
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, IllegalMove, InvalidInput
from tests.factories.accounts import make_member
from tests.factories.exams import make_exam, make_sitting
from tests.factories.marking import hand_in, item_of


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    return make_sitting(make_exam(scoped, kinds=("true_false", "essay"), points=5))


@pytest.fixture
def attempt(sitting: Sitting, candidate: User) -> Attempt:
    return hand_in(sitting, candidate, true_false=True, essay="My text.")


def mark_essay(attempt: Attempt, points: str, actor: User, comment: str = "") -> None:
    marks.override(item_of(attempt, "essay"), points=points, comment=comment, reason="Read it.", actor=actor)


def told(kind: str) -> int:
    return SittingMail.objects.filter(kind=kind).count()


def test_nothing_is_released_while_something_is_unmarked_unless_said_so(
    sitting: Sitting, attempt: Attempt, officer: User
) -> None:
    found = releases.preview(sitting)
    assert (found.attempts, found.unmarked_attempts, found.unmarked_answers) == (1, 1, 1)
    with pytest.raises(Conflict) as refusal:
        releases.release(sitting, actor=officer)
    assert (refusal.value.code, refusal.value.field) == ("unmarked", "allow_unmarked")
    releases.release(sitting, actor=officer, allow_unmarked=True)
    shown = shown_to_candidate(attempt)
    assert shown is not None
    assert (shown.result.points, shown.result.passed, shown.result.unmarked) == (5, None, 1)


def test_released_results_stay_until_they_are_released_again(
    sitting: Sitting, attempt: Attempt, second_candidate: User, officer: User
) -> None:
    hand_in(sitting, second_candidate, true_false=True)
    mark_essay(attempt, "5", officer)
    releases.release(sitting, actor=officer)
    assert (told("result"), told("result_changed")) == (2, 0)
    with pytest.raises(Conflict) as refusal:
        releases.release(sitting, actor=officer)
    assert refusal.value.code == "unchanged"
    mark_essay(attempt, "1", officer)
    shown = shown_to_candidate(attempt)
    assert shown is not None and shown.result.points == 10
    assert releases.preview(sitting).changed == 1
    [line] = overview.result_table(sitting).lines_of([attempt.pk])
    assert line.is_outdated
    releases.release(sitting, actor=officer)
    shown = shown_to_candidate(attempt)
    assert shown is not None and shown.result.points == 6
    assert (told("result"), told("result_changed")) == (2, 1)
    assert sorted(Release.objects.values_list("state", flat=True)) == ["released", "superseded"]


def test_a_withdrawn_release_shows_nothing(sitting: Sitting, attempt: Attempt, officer: User) -> None:
    mark_essay(attempt, "5", officer)
    made = releases.release(sitting, actor=officer)
    with pytest.raises(InvalidInput) as refusal:
        releases.withdraw(made, actor=officer, reason="  ")
    assert refusal.value.field == "reason"
    assert attempts_with_results(attempt.enrolment.candidate) == {attempt.pk}
    releases.withdraw(made, actor=officer, reason="A key was wrong.")
    assert shown_to_candidate(attempt) is None
    assert attempts_with_results(attempt.enrolment.candidate) == set()
    with pytest.raises(IllegalMove):
        releases.withdraw(made, actor=officer, reason="Again.")
    entries = audit.AuditEntry.objects.filter(stream=audit.stream_of(sitting)).order_by("sequence")
    assert [entry.verb for entry in entries] == ["sitting.results_released", "sitting.results_withdrawn"]


def test_mails_say_where_and_hold_no_points(
    sitting: Sitting, attempt: Attempt, officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    mark_essay(attempt, "5", officer)
    with django_capture_on_commit_callbacks(execute=True):
        releases.release(sitting, actor=officer)
    from exams.scheduling.letters import letter

    message = letter(SittingMail.objects.get(kind="result"))
    assert f"/attempts/{attempt.pk}/result/" in message.body
    assert "10" not in message.subject and " points" not in message.body
    assert len(mail.outbox) <= 1


def test_attempts_that_a_proctor_ended_wait_for_the_officer(
    sitting: Sitting, attempt: Attempt, institution: Institution, officer: User
) -> None:
    mark_essay(attempt, "5", officer)
    other = make_member(institution, Role.CANDIDATE)
    ended = hand_in(sitting, other, state=states.TERMINATED, true_false=True, essay=" ")
    ended.marks.all().delete()
    assert releases.preview(sitting).terminated == 1
    made = releases.release(sitting, actor=officer)
    assert [each.attempt for each in made.results.all()] == [attempt]
    made = releases.release(sitting, actor=officer, with_terminated=True)
    assert {each.attempt_id: each.points for each in made.results.all()} == {attempt.pk: 10, ended.pk: 5}


def test_nothing_to_release(sitting: Sitting, officer: User) -> None:
    with pytest.raises(Conflict) as refusal:
        releases.release(sitting, actor=officer)
    assert refusal.value.code == "nothing"


def test_the_policy_decides_what_is_shown(sitting: Sitting, attempt: Attempt, officer: User) -> None:
    mark_essay(attempt, "4", officer, "Well argued.")
    releases.release(sitting, actor=officer)
    shown = shown_to_candidate(attempt)
    assert shown is not None and shown.questions == []
    every = dict.fromkeys(
        ("shows_total", "shows_marks", "shows_answers", "shows_key", "shows_comments"), True
    )
    releases.set_policy(sitting.exam, actor=officer, not_before=None, **every)
    shown = shown_to_candidate(attempt)
    assert shown is not None and not shown.shows_key  # the sitting is still open
    first, essay = shown.questions
    assert (first.answer, first.key, first.points) == ("True", "", Decimal(5))
    assert (essay.comment, essay.points) == ("Well argued.", Decimal(4))
    with clock.at(sitting.closes_at + timedelta(minutes=1)):
        shown = shown_to_candidate(attempt)
        assert shown is not None and shown.questions[0].key == "True"
    for name, hidden in (
        ("shows_marks", "points"),
        ("shows_answers", "answer"),
        ("shows_comments", "comment"),
    ):
        chosen = every | {name: False, "shows_key": False}
        releases.set_policy(sitting.exam, actor=officer, not_before=None, **chosen)
        shown = shown_to_candidate(attempt)
        assert shown is not None and not getattr(shown.questions[1], hidden)


def test_nothing_is_shown_before_its_time_or_at_all(
    sitting: Sitting, attempt: Attempt, officer: User
) -> None:
    mark_essay(attempt, "4", officer)
    later = clock.now() + timedelta(days=1)
    releases.set_policy(sitting.exam, actor=officer, not_before=later, shows_total=True)
    releases.release(sitting, actor=officer)
    candidate = attempt.enrolment.candidate
    assert shown_to_candidate(attempt) is None and attempts_with_results(candidate) == set()
    with clock.at(later):
        assert shown_to_candidate(attempt) is not None
        assert attempts_with_results(candidate) == {attempt.pk}
    releases.set_policy(sitting.exam, actor=officer, not_before=None, shows_total=False, shows_marks=True)
    assert shown_to_candidate(attempt) is None and attempts_with_results(candidate) == set()
    with pytest.raises(InvalidInput) as refusal:
        releases.set_policy(sitting.exam, actor=officer, not_before=None, shows_key=True)
    assert refusal.value.field == "shows_key"


def test_the_table_is_searched_filtered_and_sorted(
    sitting: Sitting, attempt: Attempt, institution: Institution, officer: User
) -> None:
    zoe = make_member(institution, Role.CANDIDATE, name="Zoe Zander")
    other = hand_in(sitting, zoe, true_false=False, essay="")

    def found(**how: str) -> list[int]:
        return overview.result_table(sitting, **how).attempts

    assert found() == [attempt.pk, other.pk] == found(sort="-points")
    assert found(sort="points") == [other.pk, attempt.pk]
    assert found(search="zander") == [other.pk] == found(search=zoe.email.upper())
    assert found(only="unmarked") == [attempt.pk]
    assert found(only="failed") == [other.pk]
    assert found(only="passed") == found(only="terminated") == found(only="late") == []
    assert found(only="unreleased") == [attempt.pk, other.pk]
    releases.release(sitting, actor=officer, allow_unmarked=True)
    assert found(only="unreleased") == []
    mark_essay(attempt, "5", officer)
    assert found(only="unreleased") == [attempt.pk] == found(only="passed")
    [line] = overview.result_table(sitting, only="passed").lines_of([attempt.pk])
    assert (line.markers, line.is_late) == (["Olga Officer"], False)


def test_an_override_needs_a_reason_and_the_rule_can_have_its_word_back(
    sitting: Sitting, attempt: Attempt, officer: User
) -> None:
    item = item_of(attempt, "true_false")
    for wrong, field in (
        ({"reason": ""}, "reason"),
        ({"points": "6"}, "points"),
        ({"comment": 7}, "comment"),
    ):
        given: dict[str, Any] = {"points": "1", "comment": "", "reason": "Misread."} | wrong
        with pytest.raises(InvalidInput) as refusal:
            marks.override(item, actor=officer, **given)
        assert refusal.value.field == field
    marks.override(item, points="1", comment="", reason="Misread.", actor=officer)
    mark = item_of(attempt, "true_false").mark
    assert (mark.points, mark.rule_points, mark.marker) == (1, 5, officer)
    marks.override(item, points="", comment="", reason="It was right.", actor=officer)
    mark = item_of(attempt, "true_false").mark
    assert (mark.points, mark.marker) == (5, None)
    assert [each.reason for each in item.mark_changes.all()] == ["Misread.", "It was right."]
    entry = audit.AuditEntry.objects.filter(stream=audit.stream_of(attempt)).order_by("-sequence")[0]
    assert (entry.verb, entry.detail["from"], entry.detail["to"]) == (
        "attempt.mark_overridden",
        "1.00",
        "5.00",
    )
