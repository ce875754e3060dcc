"""Interviews of cases: who offers when, what candidates answer, and what none of it does."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from accounts.audit import stream_of
from accounts.models import User
from accounts.roles import Role
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, NotFound, Refusal, TooLate
from proctoring import states
from proctoring.interviews import access, answers, offers, outcome, queries
from proctoring.models import Case, Interview, InterviewSlot, Meeting
from proctoring.review import readings, verdicts
from tests.factories.accounts import make_member
from tests.factories.cases import make_case
from tests.factories.interviews import make_case_interview, slot_in
from tests.watched_sitting import verbs_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]


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


def test_none_is_offered_while_an_appeal_is_decided(attempt: Attempt, reviewer: User, second: User) -> None:
    """Who decides it reads without names, and an interview would tell them whose case it is."""
    case = make_case(attempt, state=states.CASE_APPEALED, readers=(reviewer, second))
    fresh = make_member(case.institution, Role.REVIEWER, name="Fred Fresh")
    assert refused(offer, case, reviewer).code == "not_now"
    assert not access.is_shown_to(case, fresh)


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
    assert case.sitting is not None
    assert meeting.title == f"Verification interview: {case.sitting.exam.title}", "neither case nor person"
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


def test_a_reading_on_which_somebody_was_invited_stands(case: Case, reviewer: User) -> None:
    assert readings.can_take_back(case, reviewer)
    make_case_interview(case, reviewer)
    assert not readings.can_take_back(case, reviewer)
    assert refused(readings.take_back, case, actor=reviewer).code == "interview_offered"
