"""Interviews of cases: who offers when, what candidates answer, what is written, what none of it does."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from accounts.audit import stream_of
from accounts.jobs import worker
from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refusal, TooLate
from proctoring import states
from proctoring.evidence import package_content
from proctoring.interviews import access, answers, offers, outcome, queries, sheet
from proctoring.meetings.own import room
from proctoring.models import Case, Interview, InterviewQuestion, InterviewSlot, Meeting, SealedPackage
from proctoring.review import readings, verdicts
from proctoring.rights import exports
from proctoring.rights.kinds import KINDS
from proctoring.rights.register import Erasing, Span
from tests.factories.accounts import make_member
from tests.factories.cases import make_case
from tests.factories.interviews import make_case_interview, slot_in
from tests.factories.meetings import agree as agree_to_notice
from tests.watched_sitting import verbs_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]


@pytest.fixture
def second(institution: Institution) -> User:
    return make_member(institution, Role.REVIEWER, name="Sigrid Second")


@pytest.fixture
def case(attempt: Attempt, reviewer: User) -> Case:
    """Read once, by `reviewer`."""
    return make_case(attempt, state=states.CASE_FIRST_READ, readers=(reviewer,))


def offer(case: Case, actor: User, **given: Any) -> Interview:
    terms: dict[str, Any] = {"host": actor, "minutes": 30, "slots": [slot_in(2)], "reason": "How you worked."}
    return offers.offer(case, actor=actor, **terms | given)


def refused(call: Any, *args: Any, **given: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **given)
    return caught.value


def test_it_is_offered_after_the_first_verdict_and_before_the_decision_only(
    attempt: Attempt, reviewer: User, second: User
) -> None:
    case = make_case(attempt)
    assert refused(offer, case, reviewer).code == "reads_first"
    readings.give(case, actor=reviewer, verdict="breach", note="Two voices.")
    made = offer(case, reviewer)
    assert (made.state, made.number, made.host) == ("offered", 1, reviewer)
    assert refused(offer, case, reviewer).code == "standing"
    offers.cancel(made, actor=reviewer, why="A mistake.")
    readings.give(case, actor=second, verdict="no_concern")
    readings.give(case, actor=make_member(case.institution, Role.REVIEWER), verdict="no_concern")
    assert case.state == "decided"
    assert refused(offer, case, reviewer).code == "not_now"


def test_a_reading_that_finds_nothing_is_no_reason_to_ask(attempt: Attempt, reviewer: User) -> None:
    case = make_case(attempt)
    Case.objects.filter(pk=case.pk).update(reads_twice=True)
    readings.give(case, actor=reviewer, verdict="no_concern")
    assert case.state == "first_read"
    assert refused(offer, case, reviewer).code == "nothing_to_ask"


def test_who_is_still_to_read_learns_nothing_of_it(case: Case, reviewer: User, second: User) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    assert [each.interview for each in queries.of_case(case, reviewer)] == [made]
    assert queries.of_case(case, second) == []
    with pytest.raises(NotFound):
        access.find(Interview.objects.all(), made.pk, second)
    assert refused(offers.cancel, made, actor=second, why="x").code == "reads_first"
    readings.give(case, actor=second, verdict="breach", note="Indeed.")
    assert access.find(Interview.objects.all(), made.pk, second) == made


def test_who_is_still_to_read_cannot_hold_it(case: Case, reviewer: User, second: User) -> None:
    assert access.hosts_for(case) == [reviewer]
    assert refused(offer, case, reviewer, host=second).field == "host"


def test_who_held_one_does_not_decide_the_appeal(
    attempt: Attempt, reviewer: User, second: User, candidate: User
) -> None:
    case = make_case(attempt, state=states.CASE_REPLY_WINDOW, readers=(reviewer, second))
    third = make_member(case.institution, Role.REVIEWER, name="Theo Third")
    make_case_interview(case, third, state=states.INTERVIEW_HELD)
    with clock.at(case.reply_until + timedelta(days=1)):
        verdicts.decide(case, actor=reviewer, verdict="breach", told="It was.")
        verdicts.appeal(case, candidate=candidate, text="It was the radio.")
        refusal = refused(verdicts.decide_appeal, case, actor=third, verdict="breach", told="It was.")
    assert refusal.code == "held_interview"


def test_while_an_appeal_is_decided_only_fresh_people_hold_one(
    attempt: Attempt, reviewer: User, second: User
) -> None:
    case = make_case(attempt, state=states.CASE_APPEALED, readers=(reviewer, second))
    fresh = make_member(case.institution, Role.REVIEWER, name="Fred Fresh")
    assert access.hosts_for(case) == [fresh]
    made = offer(case, fresh)
    offers.cancel(made, actor=fresh, why="Not needed.")
    decided = verdicts.decide_appeal(case, actor=fresh, verdict="no_concern", told="Cleared.")
    assert decided.verdict == "no_concern"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"slots": []}, "slots"),
        ({"slots": [clock.now() + timedelta(hours=23)]}, "slots"),
        ({"slots": [clock.now() + timedelta(days=61)]}, "slots"),
        ({"slots": [clock.now() + timedelta(days=2 + each) for each in range(6)]}, "slots"),
        ({"minutes": 5}, "minutes"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_terms_are_checked(case: Case, reviewer: User, given: dict[str, Any], field: str) -> None:
    refusal = refused(offer, case, reviewer, **given)
    assert isinstance(refusal, InvalidInput) and refusal.field == field
    assert not Interview.objects.exists()


def test_agreeing_makes_the_meeting_with_both_in_it(case: Case, reviewer: User, candidate: User) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    meeting = made.meeting
    assert meeting is not None and meeting.opens_at == made.begins_at
    assert meeting.closes_at == made.begins_at + timedelta(minutes=30)
    people = {(each.part, each.user) for each in meeting.invitations.all()}
    assert people == {("host", reviewer), ("candidate", candidate)}
    assert str(case.pk) not in meeting.title and str(candidate) not in meeting.title
    told = [message for message in mail.outbox if "calendar" in str(message.message())]
    assert {message.to[0] for message in told} == {reviewer.email, candidate.email}
    assert "case.interview_agree" in verbs_of(case.institution, stream_of(case))


def test_a_time_can_be_chosen_until_two_hours_before(case: Case, reviewer: User, candidate: User) -> None:
    made = make_case_interview(case, reviewer)
    first, later = answers.choosable(made)
    with clock.at(first.begins_at - timedelta(hours=2)):
        assert answers.choosable(made) == [later]
        with pytest.raises(TooLate):
            answers.agree(made, candidate=candidate, slot_id=first.pk)
    assert refused(answers.agree, made, candidate=candidate, slot_id=0).field == "slot"
    with pytest.raises(NotFound):
        answers.agree(made, candidate=reviewer, slot_id=first.pk)


def test_asking_for_another_time_calls_the_meeting_off_and_waits_for_staff(
    case: Case, reviewer: User, candidate: User
) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    meeting = made.meeting
    assert meeting is not None
    answers.ask_again(made, candidate=candidate, text="Only after five.")
    meeting.refresh_from_db()
    assert (made.state, made.begins_at, made.wish, meeting.state) == (
        "offered", None, "Only after five.", "cancelled",
    )  # fmt: skip
    with clock.at(clock.now() + timedelta(days=30)):
        assert offers.lapse_due() == 0, "it is staff's turn"
    offers.offer_again(made, actor=reviewer, host=reviewer, minutes=45, slots=[slot_in(4)])
    assert (made.minutes, made.wished_at) == (45, None)
    [slot] = answers.choosable(made)
    answers.agree(made, candidate=candidate, slot_id=slot.pk)
    assert InterviewSlot.objects.exclude(meeting=None).count() == 2
    assert [message.to for message in mail.outbox if "other times are asked for" in message.subject] == [
        [reviewer.email]
    ]


def test_wishes_have_an_end(case: Case, reviewer: User, candidate: User) -> None:
    made = make_case_interview(case, reviewer)
    for _ in range(answers.MOST_WISHES):
        answers.ask_again(made, candidate=candidate, text="Later, please.")
    assert refused(answers.ask_again, made, candidate=candidate, text="Later.").code == "too_many"


def test_an_offer_that_nobody_answers_lapses_once_and_says_so(case: Case, reviewer: User) -> None:
    made = make_case_interview(case, reviewer)
    assert offers.lapse_due() == 0
    with clock.at(made.answer_until):
        assert (offers.lapse_due(), offers.lapse_due()) == (1, 0)
    made.refresh_from_db()
    assert (made.state, made.closed_by) == ("lapsed", None)
    told = [each for each in mail.outbox if "has ended" in each.subject]
    assert len(told) == 1 and "proves nothing" in told[0].body


@pytest.mark.parametrize("how", ["declined", "missed", "cancelled", "lapsed"])
def test_what_did_not_take_place_can_never_speak_against_the_candidate(
    how: str, case: Case, reviewer: User, candidate: User
) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    before = (case.state, case.verdict)
    if how == "declined":
        answers.decline(made, candidate=candidate)
    elif how == "missed":
        with clock.at(slot_in(2) + timedelta(hours=1)):
            outcome.miss(made, actor=reviewer, why="Nobody came.")
    elif how == "cancelled":
        offers.cancel(made, actor=reviewer, why="Not needed.")
    else:
        offers.offer_again(made, actor=reviewer, host=reviewer, minutes=30, slots=[slot_in(2)])
        with clock.at(made.answer_until):
            offers.lapse_due()
        made.refresh_from_db()
    case.refresh_from_db()
    assert (made.state, made.outcome, case.state, case.verdict) == (how, "", *before)
    with pytest.raises(Refusal):
        outcome.record(made, actor=reviewer, outcome="not_consistent", text="Did not come.")
    for adverse in ("not_consistent", "inconclusive"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Interview.objects.filter(pk=made.pk).update(outcome=adverse)


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


def test_nobody_is_judged_against_while_a_talk_is_promised(
    attempt: Attempt, reviewer: User, second: User, candidate: User
) -> None:
    case = make_case(attempt, state=states.CASE_REPLY_WINDOW, readers=(reviewer, second))
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    verdicts.say_all(case, candidate=candidate)
    refusal = refused(verdicts.decide, case, actor=reviewer, verdict="breach", told="It was.")
    assert refusal.code == "interview_open"
    verdicts.decide(case, actor=reviewer, verdict="no_concern", told="Nothing stands.")
    made.refresh_from_db()
    assert (made.state, made.closing_text) == ("cancelled", offers.DECIDED)
    assert Meeting.objects.get(pk=made.meeting_id).state == "cancelled"


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


def test_a_reading_on_which_somebody_was_invited_stands(case: Case, reviewer: User) -> None:
    assert readings.can_take_back(case, reviewer)
    make_case_interview(case, reviewer)
    assert not readings.can_take_back(case, reviewer)
    assert refused(readings.take_back, case, actor=reviewer).code == "interview_offered"


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


def test_erasing_the_case_takes_its_interviews_along(case: Case, reviewer: User) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    sheet.add_own(made, actor=reviewer, asks="One?")
    span = Span(case.session.attempt, case.session)
    erasing = Erasing(case.institution, None, "retention", span)
    for rows in KINDS["cases"].rows:
        found = rows.of_span(span)
        assert found is not None
        rows.remove(found, erasing)
    left = (Interview, InterviewSlot, InterviewQuestion, Case)
    assert [model.objects.count() for model in left] == [0, 0, 0, 0]


def test_a_copy_of_own_data_has_the_outcome_once_it_is_released_and_never_the_sheet(
    attempt: Attempt, reviewer: User, second: User, candidate: User
) -> None:
    case = make_case(attempt, state=states.CASE_FIRST_READ, readers=(reviewer,))
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_HELD)
    InterviewQuestion.objects.create(
        institution=case.institution, interview=made, position=1, asks="A secret?", added_by=reviewer
    )

    def copied() -> dict[str, bytes]:
        export = exports.ask(case.institution, candidate, actor=candidate)
        worker.work()
        export.refresh_from_db()
        with exports.open_for(export, exports.link_of(export, candidate), viewer=candidate) as file:
            archive = zipfile.ZipFile(io.BytesIO(file.read()))
        return {name: archive.read(name) for name in archive.namelist()}

    before = copied()
    assert "cases/Interview.json" not in before
    readings.give(case, actor=second, verdict="breach", note="Indeed.")
    verdicts.open_reply_window(case, actor=reviewer, told="A voice was heard.")
    after = copied()
    [told] = json.loads(after["cases/Interview.json"])
    assert (told["outcome"], told["outcome_text"]) == ("consistent", "Each step was explained.")
    assert not any(b"A secret?" in data for data in after.values())


def test_a_package_takes_interviews_along_with_the_readings_only(
    case: Case, reviewer: User, officer: User
) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_HELD)
    for with_readings in (True, False):
        row = SealedPackage(
            case=case, institution=case.institution, with_readings=with_readings, made_by=officer
        )
        file = io.BytesIO()
        package_content.write(row, file, lambda *_: None)
        with zipfile.ZipFile(file) as archive:
            assert ("readings.json" in archive.namelist()) is with_readings
            streams = {each["stream"] for each in json.loads(archive.read("custody.json"))}
            if with_readings:
                [told] = json.loads(archive.read("readings.json"))["interviews"]
                assert (told["state"], told["outcome"]) == ("held", "consistent")
                assert stream_of(made) in streams
            else:
                assert stream_of(made) not in streams
