"""Which cases the server opens, which samples it draws, who gets what next, and what the figures say."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams import states as attempt_states
from exams.models import Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, NotAllowed
from proctoring.incidents import services as incident_services
from proctoring.models import Case, Reading, ReviewSettings, SampleDraw
from proctoring.observations import Severity
from proctoring.review import estimates, looks, opening, progress, queue, readings, sharing
from tests.factories.accounts import make_member
from tests.factories.cases import make_case, make_ended_session
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]


@pytest.fixture
def second(institution: Institution) -> User:
    return make_member(institution, Role.REVIEWER, name="Sigrid Second")


def _ended(sitting: Sitting, severity: str | None = None, **fields: Any) -> Any:
    person = make_member(sitting.institution, Role.CANDIDATE)
    attempt = make_attempt(enrol(sitting, person), state=attempt_states.SUBMITTED)
    session = make_ended_session(attempt)
    if severity is not None:
        make_incident(session, severity=severity, **fields)  # type: ignore[arg-type]
    return session


def _over(sitting: Sitting) -> Sitting:
    Sitting.objects.filter(pk=sitting.pk).update(
        closes_at=clock.now() - timedelta(hours=2), opens_at=clock.now() - timedelta(hours=5)
    )
    return Sitting.objects.get(pk=sitting.pk)


def test_ended_attempts_with_something_worth_a_look_become_cases(sitting: Sitting) -> None:
    grave = _ended(sitting, "high")
    _ended(sitting, "low")
    _ended(sitting)
    decided = _ended(sitting, "high", review_state="dismissed")
    practice = make_sitting(make_exam(sitting.institution), is_practice=True)
    _ended(practice, "high")
    assert opening.open_due() == 1
    assert [case.session for case in Case.objects.all()] == [grave]
    assert opening.open_due() == 0
    assert decided not in {case.session for case in Case.objects.all()}


def test_an_institution_says_what_is_worth_a_look(sitting: Sitting, institution: Institution) -> None:
    ReviewSettings.objects.create(institution=institution, least_severity="info")
    _ended(sitting, "low")
    assert opening.open_due() == 1


def test_a_sample_is_drawn_once_from_the_rest_and_can_be_drawn_again(sitting: Sitting) -> None:
    _ended(sitting, "high")
    rest = [_ended(sitting) for _ in range(6)]
    assert opening.draw_due() == 0, "the sitting is not over yet"
    _over(sitting)
    opening.open_due()
    assert opening.draw_due() == 1
    assert opening.draw_due() == 0
    draw = SampleDraw.objects.get()
    assert (draw.population, draw.drawn) == (6, 2)
    names = [str(each.public_id) for each in rest]
    again = sorted(names, key=lambda name: opening.place_of(draw.seed, name))[:2]
    detail = AuditEntry.objects.get(verb="sitting.sample_drawn").detail
    assert detail["drawn"] == again and detail["population_sha256"] == opening.fingerprint(names)
    sampled = Case.objects.filter(opened_for="sample")
    assert {str(case.session.public_id) for case in sampled} == set(again)


def test_nobody_is_drawn_while_somebody_still_works(sitting: Sitting, session: Any) -> None:
    _ended(sitting)
    _over(sitting)
    assert opening.draw_due() == 0


def test_no_share_no_sample(sitting: Sitting, institution: Institution) -> None:
    ReviewSettings.objects.create(institution=institution, sample_percent=0)
    _ended(sitting)
    _over(sitting)
    assert opening.draw_due() == 1
    assert not Case.objects.exists()


def test_the_best_case_comes_next_and_the_pressing_ones_first(
    sitting: Sitting, reviewer: User, second: User
) -> None:
    mild, grave = (make_case(_ended(sitting, severity)) for severity in ("low", "high"))
    assert queue.next_for(reviewer) == grave
    assert queue.next_for(reviewer, after=grave.pk) == mild
    looks.take_lock(grave, actor=second)
    assert queue.next_for(reviewer) == mild
    readings.give(grave, actor=second, verdict="breach", note="See.")
    assert queue.next_for(reviewer) == grave, "a second reading comes before first ones"
    assert queue.next_for(second) == mild, "nobody reads twice"
    sharing.assign(mild, actor=reviewer, to=reviewer)
    assert queue.next_for(second) is None
    assert queue.next_for(reviewer) == mild, "what was given to one comes first"


def test_a_case_that_its_reader_had_in_hand_is_offered_to_the_second(
    sitting: Sitting, reviewer: User, second: User
) -> None:
    case = make_case(_ended(sitting, "high"))
    with within(case.institution):
        sharing.assign(case, actor=reviewer, to=reviewer)
        assert queue.next_for(second) is None
        readings.give(case, actor=reviewer, verdict="breach", note="See the incident.")
        assert queue.next_for(second) == case
        assert queue.next_for(reviewer) is None
        sharing.assign(case, actor=second, to=second)
        readings.give(case, actor=second, verdict="breach", note="I see it too.")
        assert Case.objects.get(pk=case.pk).assigned_to is None


def test_a_disputed_case_goes_to_a_third_and_a_settled_one_to_nobody(
    sitting: Sitting, reviewer: User, second: User, officer: User
) -> None:
    case = make_case(_ended(sitting, "high"))
    readings.give(case, actor=reviewer, verdict="breach", note="See.")
    readings.give(case, actor=second, verdict="inconclusive", note="See.")
    assert queue.next_for(reviewer) is None
    assert queue.next_for(officer) == case
    readings.give(case, actor=officer, verdict="inconclusive", note="See.")
    assert queue.next_for(make_member(sitting.institution, Role.REVIEWER)) is None


def test_a_budget_says_what_fits_and_what_is_left(
    sitting: Sitting, reviewer: User, institution: Institution
) -> None:
    for _ in range(4):
        make_case(_ended(sitting, "high"))
    budget = queue.budget_for(reviewer, institution, 1)
    assert (budget.fits, budget.left) == (2, 2)  # 26 s each: opening, and one incident
    assert budget.percent_of_value == 50
    assert queue.budget_for(reviewer, institution, 60).left == 0


def test_measured_pace_corrects_the_estimate(
    sitting: Sitting, reviewer: User, institution: Institution
) -> None:
    for _ in range(20):
        readings.give(make_case(_ended(sitting)), actor=reviewer, verdict="no_concern")
    Reading.objects.update(seconds=40)  # estimated: 20
    make_case(_ended(sitting, "high"))
    Case.objects.filter(state="open").update(look_seconds=60)
    assert queue.load_of(institution).minutes == 2


def test_sharing_out_is_even_and_for_who_runs_the_review(
    sitting: Sitting, reviewer: User, second: User, officer: User, institution: Institution
) -> None:
    for _ in range(5):
        make_case(_ended(sitting, "high"))
    with pytest.raises(NotAllowed):
        sharing.share_out(institution, actor=reviewer, to=[reviewer])
    with pytest.raises(InvalidInput):
        sharing.share_out(institution, actor=officer, to=[])
    got = sharing.share_out(institution, actor=officer, to=[reviewer, second])
    assert sorted(got.values()) == [2, 3]


def test_a_case_is_not_given_to_who_cannot_read_it(
    sitting: Sitting, reviewer: User, second: User, officer: User, proctor: User
) -> None:
    case = make_case(_ended(sitting, "high"))
    readings.give(case, actor=reviewer, verdict="breach", note="See.")
    for person in (reviewer, proctor):
        with pytest.raises(InvalidInput) as caught:
            sharing.assign(case, actor=officer, to=person)
        assert caught.value.field == "to"
    sharing.assign(case, actor=officer, to=second)
    with pytest.raises(NotAllowed):
        sharing.assign(case, actor=reviewer, to=None)


def test_comments_and_tags(sitting: Sitting, reviewer: User, proctor: User) -> None:
    case = make_case(_ended(sitting, "high"))
    sharing.comment(case, actor=reviewer, text=" Look at 9:12. ")
    assert case.comments.get().text == "Look at 9:12."
    sharing.tag(case, actor=reviewer, names="radio, , radio, group A")
    assert [str(each) for each in case.tags.all()] == ["group A", "radio"]
    sharing.tag(case, actor=reviewer, names="")
    assert not case.tags.exists()
    with pytest.raises(NotAllowed):
        sharing.comment(case, actor=proctor, text="Mine.")


def test_a_case_drawn_to_be_read_twice_waits_for_both_readers(
    sitting: Sitting, reviewer: User, second: User, institution: Institution
) -> None:
    for verdict in ("no_concern", "breach"):
        case = make_case(_ended(sitting, "high"))
        Case.objects.filter(pk=case.pk).update(reads_twice=True)
        readings.give(case, actor=reviewer, verdict=verdict, note="See.")
        assert (case.state, case.verdict) == ("first_read", "")
        readings.give(case, actor=second, verdict=verdict, note="See.")
    assert {(each.state, each.verdict) for each in Case.objects.all()} == {
        ("decided", "no_concern"),
        ("second_read", ""),
    }
    kappa = progress.kappa(institution)
    assert (kappa.pairs, kappa.agreed, kappa.value) == (2, 2, 1.0)
    assert progress.confirmed(institution) == (1, 1)


def test_samples_say_how_much_may_be_missed(
    sitting: Sitting, reviewer: User, institution: Institution
) -> None:
    assert progress.missed(institution).high_percent == 100
    for verdict in ("no_concern", "no_concern", "breach"):
        case = make_case(_ended(sitting), opened_for="sample")
        readings.give(case, actor=reviewer, verdict=verdict, note="See.")
    make_case(_ended(sitting), opened_for="sample")
    missed = progress.missed(institution)
    assert (missed.waiting, missed.read, missed.found) == (1, 3, 1)
    assert 0 < missed.low_percent < 33 < missed.high_percent < 100
    [share] = [each for each in progress.shares_of(institution) if each.reader == reviewer]
    assert share.given == 3


def test_what_comes_after_the_opening_moves_a_case_that_nobody_holds(sitting: Sitting, officer: User) -> None:
    session = _ended(sitting, "medium")
    opening.open_due()
    case = Case.objects.get(session=session)
    make_incident(session, severity=Severity.HIGH, kind="phone")
    assert estimates.refresh_stale() == 0, "it was estimated a moment ago"
    with clock.at(clock.now() + timedelta(hours=2)):
        opening.look_around()
    later = Case.objects.get(pk=case.pk)
    assert later.rank > case.rank
    incident_services.dismiss(session.incidents.get(kind="phone"), actor=officer)
    assert Case.objects.get(pk=case.pk).rank == pytest.approx(case.rank)


@pytest.mark.parametrize("how", ["given", "open"])
def test_a_case_in_somebodys_hands_stays_where_it_is(
    sitting: Sitting, officer: User, reviewer: User, how: str
) -> None:
    session = _ended(sitting, "medium")
    opening.open_due()
    case = Case.objects.get(session=session)
    if how == "given":
        sharing.assign(case, actor=officer, to=reviewer)
    else:
        looks.take_lock(case, actor=reviewer)
    incident_services.dismiss(session.incidents.get(), actor=officer)
    assert Case.objects.get(pk=case.pk).rank == case.rank
    if how == "open":
        with clock.at(clock.now() + timedelta(hours=2)):
            assert estimates.refresh_stale() == 1
        assert Case.objects.get(pk=case.pk).value == 0


def test_the_order_is_kept_up_in_a_fixed_number_of_queries_for_each_case(
    sitting: Sitting, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        _ended(sitting, "medium")
    opening.open_due()
    with clock.at(clock.now() + timedelta(hours=2)), django_assert_max_num_queries(4 + 3 * 3):
        assert estimates.refresh_stale() == 3
