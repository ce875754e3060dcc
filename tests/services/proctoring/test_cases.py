"""The verdict flow: who reads what, and that nothing adverse comes about without two readers and a reply."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refusal, TooLate
from proctoring import states
from proctoring.models import Case, MonitoringSession, Reading
from proctoring.review import blind, cases, looks, readings, verdicts
from proctoring.review.signals import case_moved
from tests.factories.accounts import add_role, make_member
from tests.factories.cases import make_case, make_ended_session
from tests.factories.proctoring import make_incident

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]


@pytest.fixture
def ended(attempt: Attempt) -> MonitoringSession:
    return make_ended_session(attempt)


@pytest.fixture
def case(ended: MonitoringSession) -> Case:
    make_incident(ended)
    return make_case(ended)


@pytest.fixture
def second(institution: Institution) -> User:
    return make_member(institution, Role.REVIEWER, name="Sigrid Second")


@pytest.fixture
def third(institution: Institution) -> User:
    return make_member(institution, Role.REVIEWER, name="Theo Third")


def test_opening_says_for_what_and_what_a_look_is_worth(case: Case, ended: MonitoringSession) -> None:
    assert (case.state, case.verdict, case.opened_for) == ("open", "", "incidents")
    assert case.value > 0 and case.look_seconds > 20
    assert case.rank == pytest.approx(case.value / case.look_seconds, rel=1e-3)
    assert AuditEntry.objects.get(verb="case.opened").detail["for"] == "incidents"
    assert cases.open_case(ended, "asked") == case


def test_a_running_attempt_and_practice_are_no_case(session: MonitoringSession) -> None:
    with pytest.raises(Conflict) as caught:
        cases.open_case(session, "incidents")
    assert caught.value.code == "still_running"
    session.state = states.SESSION_ENDED
    session.sitting.is_practice = True
    with pytest.raises(Conflict) as caught:
        cases.open_case(session, "incidents")
    assert caught.value.code == "practice"


def test_no_concern_closes_after_one_reading(case: Case, reviewer: User) -> None:
    heard: list[str] = []

    def note(sender: Any, verb: str, **more: Any) -> None:
        heard.append(verb)

    case_moved.connect(note)
    try:
        readings.give(case, actor=reviewer, verdict="no_concern")
    finally:
        case_moved.disconnect(note)
    case.refresh_from_db()
    assert (case.state, case.verdict, case.released_at) == ("decided", "no_concern", None)
    assert heard == ["clear"]


def test_an_adverse_verdict_takes_two_readers_a_reply_and_a_decision(
    case: Case, reviewer: User, second: User, candidate: User
) -> None:
    readings.give(case, actor=reviewer, verdict="breach", note="A second voice.")
    assert (case.state, case.verdict) == ("first_read", "")
    with pytest.raises(NotAllowed) as refused:
        readings.give(case, actor=reviewer, verdict="breach", note="Again.")
    assert refused.value.code == "same_reader"
    readings.give(case, actor=second, verdict="breach", note="Indeed.")
    verdicts.open_reply_window(case, actor=reviewer, told="A second voice was heard.")
    assert case.released_at is not None and case.reply_until is not None
    assert case.reply_until - case.released_at == timedelta(days=14)
    with pytest.raises(Conflict) as early:
        verdicts.decide(case, actor=reviewer, verdict="breach", told="Breach.")
    assert early.value.code == "window_open"
    with clock.at(case.reply_until + timedelta(seconds=1)):
        verdicts.decide(case, actor=reviewer, verdict="breach", told="Breach.")
    case.refresh_from_db()
    assert (case.state, case.verdict, case.outcome_text) == ("decided", "breach", "Breach.")
    assert AuditEntry.objects.filter(stream=f"case:{case.pk}").count() == 5


def test_who_said_all_may_be_decided_before_the_end(
    case: Case, reviewer: User, second: User, candidate: User
) -> None:
    case = make_case(case.session, state="reply_window", readers=(reviewer, second))
    with pytest.raises(NotFound):
        verdicts.say_all(case, candidate=reviewer)
    verdicts.say_all(case, candidate=candidate)
    verdicts.decide(case, actor=second, verdict="inconclusive", told="It cannot be told.")
    assert case.verdict == "inconclusive"


def test_a_decision_in_favour_need_not_wait(case: Case, reviewer: User, second: User) -> None:
    case = make_case(case.session, state="reply_window", readers=(reviewer, second))
    verdicts.decide(case, actor=second, verdict="no_concern", told="You explained it well.")
    assert case.verdict == "no_concern"


def test_no_decision_is_graver_than_the_readings(case: Case, reviewer: User, candidate: User) -> None:
    case = make_case(case.session, state="reply_window", verdict="inconclusive")
    verdicts.say_all(case, candidate=candidate)
    with pytest.raises(Conflict) as caught:
        verdicts.decide(case, actor=reviewer, verdict="breach", told="Breach.")
    assert caught.value.code == "graver"


@pytest.mark.parametrize(
    ("given", "state", "verdict"),
    [
        (("breach", "no_concern", "no_concern"), "decided", "no_concern"),
        (("breach", "no_concern", "breach"), "second_read", "breach"),
        (("breach", "no_concern", "inconclusive"), "second_read", "inconclusive"),
        (("inconclusive", "breach", "breach"), "second_read", "breach"),
    ],
)
def test_a_third_reader_settles_a_disagreement(
    case: Case,
    reviewer: User,
    second: User,
    third: User,
    given: tuple[str, ...],
    state: str,
    verdict: str,
) -> None:
    for person, word in zip((reviewer, second), given, strict=False):
        readings.give(case, actor=person, verdict=word, note="Look.")
    with pytest.raises(Conflict):
        verdicts.open_reply_window(case, actor=reviewer, told="Something.")
    with pytest.raises(NotAllowed):
        readings.give(case, actor=second, verdict=given[2], note="Look.")
    readings.give(case, actor=third, verdict=given[2], note="Look.")
    assert case.state == state
    assert (case.verdict or readings.proposed(list(Reading.objects.filter(case=case)))) == verdict


def test_the_next_reader_does_not_see_what_the_last_one_thought(
    case: Case, reviewer: User, second: User, third: User
) -> None:
    readings.give(case, actor=reviewer, verdict="breach", note="Mine.")
    assert readings.visible_to(case, second) == []
    assert [each.note for each in readings.visible_to(case, reviewer)] == ["Mine."]
    readings.give(case, actor=second, verdict="no_concern")
    assert readings.visible_to(case, third) == []
    assert len(readings.visible_to(case, second)) == 2


def test_names_are_hidden_until_two_have_read(case: Case, reviewer: User, second: User) -> None:
    hidden = blind.name_for(case, reviewer)
    assert hidden == f"Candidate {case.pseudonym}"
    readings.give(case, actor=reviewer, verdict="breach", note="Mine.")
    assert Reading.objects.get().is_blind
    assert blind.name_for(case, reviewer) == "Carla Candidate"
    assert blind.name_for(case, second) == hidden
    readings.give(case, actor=second, verdict="breach", note="Mine.")
    assert blind.name_for(case, second) == "Carla Candidate"


def test_nobody_reviews_their_own_attempt(case: Case, institution: Institution, candidate: User) -> None:
    add_role(candidate, institution, Role.REVIEWER)
    for act in (
        lambda: readings.give(case, actor=candidate, verdict="no_concern"),
        lambda: looks.take_lock(case, actor=candidate),
    ):
        with pytest.raises(NotAllowed) as caught:
            act()
        assert caught.value.code == "own_attempt"


@pytest.mark.parametrize("who", ["proctor", "author", "stranger", "foreign_officer", "second_candidate"])
def test_others_do_not_read(request: Any, case: Case, who: str) -> None:
    with pytest.raises(NotAllowed):
        readings.give(case, actor=request.getfixturevalue(who), verdict="no_concern")


def test_an_adverse_reading_says_why(case: Case, reviewer: User) -> None:
    with pytest.raises(InvalidInput) as caught:
        readings.give(case, actor=reviewer, verdict="breach")
    assert caught.value.field == "reasons"
    with pytest.raises(InvalidInput) as caught:
        readings.give(case, actor=reviewer, verdict="guilty")
    assert caught.value.field == "verdict"
    with pytest.raises(InvalidInput):
        readings.give(case, actor=reviewer, verdict="breach", reasons=["never_heard_of"])
    assert not Reading.objects.exists()


def test_a_slip_can_be_taken_back_for_half_an_hour(case: Case, reviewer: User, second: User) -> None:
    readings.give(case, actor=reviewer, verdict="no_concern")
    with pytest.raises(NotAllowed):
        readings.take_back(case, actor=second)
    with clock.at(clock.now() + timedelta(minutes=31)), pytest.raises(Conflict):
        readings.take_back(case, actor=reviewer)
    readings.take_back(case, actor=reviewer)
    assert (case.state, case.verdict) == ("open", "")
    assert Reading.objects.get().withdrawn_at is not None
    readings.give(case, actor=reviewer, verdict="breach", note="Now right.")
    assert case.state == "first_read"


def test_an_appeal_is_for_somebody_who_had_no_part(
    case: Case, reviewer: User, second: User, third: User, candidate: User
) -> None:
    case = make_case(case.session, state="appealed", readers=(reviewer, second))
    for person in (reviewer, second):
        with pytest.raises(NotAllowed) as caught:
            verdicts.decide_appeal(case, actor=person, verdict="no_concern", told="Sorry.")
        assert caught.value.code == "same_reader"
    verdicts.decide_appeal(case, actor=third, verdict="no_concern", told="We were wrong.")
    case.refresh_from_db()
    assert (case.state, case.verdict, case.verdict_before_appeal) == ("decided", "no_concern", "breach")
    with pytest.raises(Conflict):
        verdicts.appeal(case, candidate=candidate, text="Once more.")


def test_an_appeal_comes_in_time_and_from_the_candidate(
    case: Case, reviewer: User, second: User, candidate: User
) -> None:
    case = make_case(case.session, state="decided", readers=(reviewer, second))
    with pytest.raises(NotFound):
        verdicts.appeal(case, candidate=reviewer, text="No.")
    assert case.appeal_until is not None
    with clock.at(case.appeal_until), pytest.raises(TooLate):
        verdicts.appeal(case, candidate=candidate, text="Too late.")


def test_no_way_of_verbs_leads_to_something_adverse_past_the_window(
    attempt: Attempt, reviewer: User, second: User, third: User, candidate: User
) -> None:
    """Every service in every state before the window has closed: none leaves an adverse verdict."""
    acts: list[Any] = [
        lambda case: readings.give(case, actor=third, verdict="breach", note="x"),
        lambda case: verdicts.decide(case, actor=third, verdict="breach", told="x"),
        lambda case: verdicts.decide(case, actor=third, verdict="inconclusive", told="x"),
        lambda case: verdicts.decide_appeal(case, actor=third, verdict="breach", told="x", note="x"),
        lambda case: verdicts.appeal(case, candidate=candidate, text="x"),
        lambda case: readings.take_back(case, actor=reviewer),
    ]
    session = make_ended_session(attempt)
    case = cases.open_case(session, "incidents")
    for reach in (
        lambda: None,
        lambda: readings.give(case, actor=reviewer, verdict="breach", note="x"),
        lambda: readings.give(case, actor=second, verdict="breach", note="x"),
        lambda: verdicts.open_reply_window(case, actor=reviewer, told="x"),
    ):
        reach()
        for act in acts:
            point = transaction.savepoint()
            with contextlib.suppress(Refusal):
                act(case)
            case.refresh_from_db()
            assert case.verdict not in ("breach", "inconclusive")
            transaction.savepoint_rollback(point)
            case.refresh_from_db()


@pytest.mark.parametrize("verdict", ["breach", "inconclusive"])
@pytest.mark.parametrize("lacks", ["readers", "same_reader", "window", "early"])
def test_the_database_itself_refuses_what_is_not_due(
    attempt: Attempt, reviewer: User, second: User, verdict: str, lacks: str
) -> None:
    case = make_case(attempt, state="reply_window", readers=(reviewer, second))
    assert case.reply_until is not None
    due: dict[str, Any] = {"state": "decided", "verdict": verdict, "decided_at": case.reply_until}
    rows = Case.objects.filter(pk=case.pk)
    wrong = {
        "readers": {"second_reader": None},
        "same_reader": {"second_reader": reviewer},
        "window": {"reply_until": None},
        "early": {"decided_at": case.reply_until - timedelta(seconds=1)},
    }[lacks]
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**(due | wrong))
    assert rows.update(**due) == 1


def test_a_case_open_in_one_hand_is_locked_for_others(case: Case, reviewer: User, second: User) -> None:
    start = clock.now()
    looks.take_lock(case, actor=reviewer)
    other = Case.objects.get()
    with pytest.raises(Conflict) as caught:
        looks.take_lock(other, actor=second)
    assert caught.value.code == "locked" and "Rita" in caught.value.message
    with pytest.raises(Conflict):
        readings.give(other, actor=second, verdict="no_concern")
    with clock.at(start + timedelta(seconds=30)):
        looks.take_lock(case, actor=reviewer)
    with clock.at(start + timedelta(seconds=60)):
        readings.give(case, actor=reviewer, verdict="no_concern")
    assert Reading.objects.get().seconds == pytest.approx(60, abs=2)
    assert Case.objects.get().locked_by is None


def test_a_lock_lapses_and_can_be_taken_over(case: Case, reviewer: User, second: User) -> None:
    looks.take_lock(case, actor=reviewer)
    looks.take_lock(Case.objects.get(), actor=second, over=True)
    assert AuditEntry.objects.get(verb="case.taken_over").actor == second
    with clock.at(clock.now() + looks.LEASE + timedelta(seconds=1)):
        looks.take_lock(Case.objects.get(), actor=reviewer)
    assert Case.objects.get().locked_by == reviewer
