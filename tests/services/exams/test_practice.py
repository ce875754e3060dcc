"""Practice sittings: repeated at will, shown at once, counted nowhere, and made from a sitting."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.models import AuditEntry, Institution, User
from exams import states
from exams.bank.usage import usage_of
from exams.delivery import attempts
from exams.marking import regrades, releases, rounds
from exams.marking.shown import attempts_with_results, has_sittings_ahead, shown_to_candidate
from exams.models import Attempt, Enrolment, Question, Sitting, SittingMail
from exams.models.sitting import Beginning
from exams.reports.columns import Subject, counted
from exams.reports.queries import sittings_with_results
from exams.reports.services import subject_of
from exams.scheduling.practice import make_practice
from exams.scheduling.sittings import change_sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.marking import hand_in


@pytest.fixture
def practice(scoped: Institution) -> Sitting:
    return make_sitting(make_exam(scoped, kinds=("true_false", "essay")), is_practice=True)


def test_one_practises_again_with_another_paper_while_the_sitting_is_open(
    practice: Sitting, candidate: User
) -> None:
    first = hand_in(practice, candidate, true_false=True)
    second = attempts.open_attempt(first.enrolment, actor=candidate)
    assert second.pk != first.pk
    assert (second.state, second.seed != first.seed) == (states.SCHEDULED, True)
    assert attempts.open_attempt(first.enrolment, actor=candidate) == second
    Sitting.objects.update(
        opens_at=clock.now() - timedelta(days=2), closes_at=clock.now() - timedelta(days=1)
    )
    Attempt.objects.filter(pk=second.pk).update(state=states.MISSED)
    first.enrolment.sitting.refresh_from_db()
    with pytest.raises(Conflict, match="could be started until"):
        attempts.open_attempt(first.enrolment, actor=candidate)


def test_an_exam_is_taken_once(scoped: Institution, candidate: User) -> None:
    done = hand_in(make_sitting(make_exam(scoped, kinds=("true_false",))), candidate, true_false=True)
    with pytest.raises(Conflict) as refusal:
        attempts.open_attempt(done.enrolment, actor=candidate)
    assert refusal.value.code == "already_ended"


def test_an_earlier_attempt_is_not_reinstated_beside_a_newer_one(
    practice: Sitting, candidate: User, officer: User
) -> None:
    first = make_attempt(enrol(practice, candidate), state=states.TERMINATED)
    attempts.open_attempt(first.enrolment, actor=candidate)
    with pytest.raises(Conflict) as refusal:
        attempts.reinstate(first, actor=officer)
    assert refusal.value.code == "not_newest"


def test_the_result_is_shown_at_once_as_the_policy_allows(
    practice: Sitting, candidate: User, officer: User
) -> None:
    done = hand_in(practice, candidate, true_false=True, essay="My text.")
    shown = shown_to_candidate(done)
    assert shown is not None
    assert (shown.result.points, shown.result.unmarked, shown.result.passed) == (1, 1, None)
    assert attempts_with_results(candidate) == {done.pk}
    releases.set_policy(practice.exam, actor=officer, not_before=None, shows_total=False)
    assert shown_to_candidate(done) is None
    assert attempts_with_results(candidate) == set()


def test_practice_does_not_keep_a_key_secret_but_the_exam_does(practice: Sitting) -> None:
    assert has_sittings_ahead(practice.exam) is False
    make_sitting(practice.exam)
    assert has_sittings_ahead(practice.exam) is True


def test_practice_is_counted_nowhere(practice: Sitting, candidate: User, officer: User) -> None:
    hand_in(practice, candidate, true_false=True)
    question = Question.objects.get(kind="true_false")
    assert counted(Subject(practice.exam)).attempts == []
    assert list(sittings_with_results()) == []
    assert subject_of(None, practice.pk) is None
    assert usage_of(question).paper_count == 0
    assert regrades.sittings_with(question) == []
    with pytest.raises(Conflict) as refusal:
        releases.release(practice, actor=officer, allow_unmarked=True)
    assert refusal.value.code == "practice"
    essays = Question.objects.filter(kind="essay")
    with pytest.raises(InvalidInput, match="by rule only"):
        rounds.open_round(practice, title="Essays", questions=essays, markers=[officer], actor=officer)


def test_what_candidates_were_told_stays_once_somebody_has_begun(practice: Sitting, candidate: User) -> None:
    change_sitting(practice, actor=None, practice_days=3)
    make_attempt(enrol(practice, candidate), state=states.SCHEDULED)
    for name, value in (("practice_days", 90), ("is_practice", False)):
        before = getattr(practice, name)
        with pytest.raises(InvalidInput, match="were told") as refusal:
            change_sitting(practice, actor=None, **{name: value})
        assert refusal.value.field == name
        setattr(practice, name, before)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"practice_days": 0}, "practice_days"),
        ({"practice_days": 91}, "practice_days"),
        ({"begins": Beginning.PERSON}, "begins"),
    ],
    ids=["no-days", "91-days", "begun-by-a-person"],
)
def test_settings_that_make_no_sense_are_named(practice: Sitting, changes: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        change_sitting(practice, actor=None, **changes)
    assert refusal.value.field == field


def test_a_practice_sitting_has_the_settings_people_and_allowances_of_the_exam(
    scoped: Institution, candidate: User, second_candidate: User, officer: User
) -> None:
    sitting = make_sitting(
        make_exam(scoped),
        duration_minutes=25,
        late_entry_minutes=200,
        late_upload_minutes=3,
        begins=Beginning.PERSON,
        title="Autumn",
    )
    enrolment = enrol(sitting, candidate)
    enrolment.allowances.create(
        institution=scoped, extra_minutes=7, camera_free=True, reason="Agreed.", opens_at=sitting.opens_at
    )
    withdrawn = enrol(sitting, second_candidate)
    Enrolment.objects.filter(pk=withdrawn.pk).update(withdrawn_at=clock.now())
    opens = clock.now()
    made = make_practice(
        sitting,
        actor=officer,
        exam=sitting.exam,
        opens_at=opens,
        closes_at=opens + timedelta(hours=2),
        practice_days=3,
        with_candidates=True,
    )
    assert (made.is_practice, made.practice_days, made.begins) == (True, 3, Beginning.CLOCK)
    assert (made.duration_minutes, made.late_upload_minutes, made.late_entry_minutes) == (25, 3, None)
    assert str(made) == "Practice: Autumn"
    own = made.enrolments.get()
    given = own.allowances.get()
    assert own.candidate == candidate
    assert (given.extra_minutes, given.camera_free, given.opens_at) == (7, True, None)
    assert AuditEntry.objects.filter(verb="sitting.practice_made", actor=officer).count() == 1
    assert SittingMail.objects.get(sitting=made).enrolment == own


def test_letters_say_that_it_is_practice(
    practice: Sitting, candidate: User, officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    from exams.scheduling import enrolments  # noqa: PLC0415

    with django_capture_on_commit_callbacks(execute=True):
        enrolments.enrol(practice, candidate, actor=officer)
    [letter] = mail.outbox
    assert letter.subject.startswith("Practice: ")
    assert "deleted 7 days after the end" in str(letter.body)
