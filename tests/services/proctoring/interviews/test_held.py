"""Interviews that are held: the sheet with its notes, the outcome, and who was there."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.audit import stream_of
from accounts.models import AuditEntry, User
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotAllowed, NotFound, Refusal
from proctoring import states
from proctoring.interviews import access, outcome, sheet
from proctoring.meetings.own import room
from proctoring.models import Case, Interview, InterviewQuestion
from proctoring.review import readings, verdicts
from tests.factories.cases import make_case
from tests.factories.interviews import make_case_interview, slot_in
from tests.factories.meetings import agree as agree_to_notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]


def refused(call: Any, *args: Any, **given: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **given)
    return caught.value


def test_the_outcome_needs_the_host_the_time_and_reasons_and_moves_no_case(
    case: Case, reviewer: User, second: User
) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    given = {"actor": reviewer, "outcome": "not_consistent", "text": "Could not say why."}
    assert refused(outcome.record, made, **given).code == "too_early"
    readings.give(case, actor=second, verdict="breach", note="Indeed.")
    with clock.at(slot_in(2) + timedelta(minutes=10)):
        assert refused(outcome.record, made, **given | {"actor": second}).code == "not_host"
        assert refused(outcome.record, made, **given | {"text": " "}).field == "text"
        assert refused(outcome.record, made, **given | {"outcome": "guilty"}).field == "outcome"
        outcome.record(made, **given)
    case.refresh_from_db()
    assert (made.state, made.outcome, case.state, case.verdict) == (
        "held",
        "not_consistent",
        "second_read",
        "",
    )
    entry = AuditEntry.objects.get(stream=stream_of(made), verb="interview.hold")
    assert entry.detail["outcome"] == "not_consistent" and len(entry.detail["record_sha256"]) == 64


def test_what_came_of_it_in_the_reply_window_can_be_replied_to(
    attempt: Attempt, reviewer: User, second: User, candidate: User
) -> None:
    case = make_case(attempt, state=states.CASE_REPLY_WINDOW, readers=(reviewer, second))
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    verdicts.say_all(case, candidate=candidate)
    assert refused(access.require_offerable, case).code == "window_closed"
    late = max(case.reply_until, slot_in(2)) + timedelta(hours=1)
    with clock.at(late):
        outcome.record(made, actor=reviewer, outcome="not_consistent", text="Could not say why.")
        case.refresh_from_db()
        assert not verdicts.is_window_closed(case)
        assert case.reply_until == late + verdicts.LEFT_AFTER_NEWS and case.said_all_at is None
    assert [each.to for each in mail.outbox if "What came of the talk" in each.subject] == [[candidate.email]]


def test_who_came_to_the_meeting_has_not_missed_it(case: Case, reviewer: User, candidate: User) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    assert made.meeting is not None and made.begins_at is not None
    agree_to_notice(made.meeting, candidate)
    with clock.at(made.begins_at):
        room.enter(made.meeting, user=candidate, connection="a" * 32)
        assert refused(outcome.miss, made, actor=reviewer, why="Not here.").code == "too_early"
    with clock.at(made.begins_at + outcome.WAIT):
        assert refused(outcome.miss, made, actor=reviewer, why="Not here.").code == "was_there"


def test_questions_are_written_moved_and_kept(case: Case, reviewer: User) -> None:
    made = make_case_interview(case, reviewer)
    one = sheet.add_own(made, actor=reviewer, asks="One?")
    two = sheet.add_own(made, actor=reviewer, asks="Two?")
    sheet.shift(made, two.pk, actor=reviewer, by=-1)
    sheet.shift(made, two.pk, actor=reviewer, by=-1)
    sheet.reword(made, one.pk, actor=reviewer, asks="One, please?")
    assert [each.asks for each in sheet.questions_of(made)] == ["Two?", "One, please?"]
    kept = sheet.save_notes(made, one.pk, actor=reviewer, notes="By hand.", version=0)
    assert (kept.notes_version, kept.notes) == (1, "By hand.")
    assert sheet.save_notes(made, one.pk, actor=reviewer, notes="By hand.", version=0).notes_version == 1
    refusal = refused(sheet.save_notes, made, one.pk, actor=reviewer, notes="Another page.", version=0)
    assert refusal.code == "changed_meanwhile"
    assert refusal.details == {"notes": "By hand.", "version": 1}
    assert refused(sheet.remove, made, one.pk, actor=reviewer).code == "has_notes"
    sheet.remove(made, two.pk, actor=reviewer)
    assert [each.position for each in sheet.questions_of(made)] == [1]


def test_notes_are_the_hosts_and_fixed_with_the_outcome(case: Case, reviewer: User, second: User) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    asked = sheet.add_own(made, actor=reviewer, asks="One?")
    readings.give(case, actor=second, verdict="breach", note="Indeed.")
    with pytest.raises(NotAllowed):
        sheet.save_notes(made, asked.pk, actor=second, notes="Mine.", version=0)
    with clock.at(slot_in(2) + timedelta(minutes=10)):
        outcome.record(made, actor=reviewer, outcome="consistent", text="All explained.")
    with pytest.raises(Conflict) as caught:
        sheet.save_notes(made, asked.pk, actor=reviewer, notes="Later.", version=0)
    assert caught.value.code == "over"
    assert InterviewQuestion.objects.get().notes == ""


def test_the_same_interview_of_another_case_is_not_found(case: Case, reviewer: User) -> None:
    made = make_case_interview(case, reviewer)
    asked = sheet.add_own(made, actor=reviewer, asks="One?")
    other = Interview(pk=made.pk + 1, institution=case.institution, case=case)
    with pytest.raises(NotFound):
        sheet._find(other, asked.pk)
