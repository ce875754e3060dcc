"""The page of a group gives and takes allowances; the time of a sitting for one of its groups."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.delivery import allowances
from exams.models import Allowance, Attempt, CandidateGroup, CandidateGroupMember, GroupAllowance
from exams.scheduling import group_allowances
from proctor_site.kernel import clock
from tests.admin.exams_forms import formset, url
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

Browser = Callable[..., Client]
Fields = dict[str, object]
TERMS = {
    "extra_minutes": 15,
    "factor": 1,
    "break_minutes": 0,
    "calculator": "none",
    "reason": "Agreed for the course",
}


@pytest.fixture
def attempt(institution: Institution, candidate: User) -> Attempt:
    return make_attempt(enrol(make_sitting(make_exam(institution)), candidate))


@pytest.fixture
def group(institution: Institution, candidate: User) -> CandidateGroup:
    with within(institution):
        made: CandidateGroup = CandidateGroup.objects.create(institution=institution, name="3b")
        CandidateGroupMember.objects.create(institution=institution, group=made, candidate=candidate)
    return made


def body(group: CandidateGroup, members: Fields, given: Fields) -> Fields:
    return {"name": group.name} | members | given


def members(group: CandidateGroup, **changes: object) -> Fields:
    with within(group.institution):
        rows = [
            {"id": row.pk, "group": group.pk, "candidate": row.candidate_id, **changes}
            for row in group.members.all()
        ]
    return formset("members", *rows, initial=len(rows))


def test_given_changed_and_taken_back_on_the_page_of_the_group(
    institution: Institution, attempt: Attempt, group: CandidateGroup, officer: User, browser_of: Browser
) -> None:
    browser, place, before = browser_of(officer), url("candidategroup_change", group.pk), attempt.deadline_at
    assert before is not None

    def save(allowance: Fields, *, initial: int) -> None:
        posted = body(group, members(group), formset("allowances", allowance, initial=initial))
        page = browser.post(place, posted, follow=True)
        assert page.redirect_chain, page.context["errors"]
        attempt.refresh_from_db()

    save(TERMS | {"muted_detectors": ["no_face"]}, initial=0)
    assert attempt.deadline_at == before + timedelta(minutes=15)
    with within(institution):
        [given] = GroupAllowance.objects.all()
        assert Allowance.objects.get().muted_detectors == ["no_face"]
    row = TERMS | {"id": given.pk, "group": group.pk}
    page = browser.get(url("enrolment_change", attempt.enrolment_id)).content.decode()
    assert f'<a href="{place}">3b</a>: +15 min, x1.00' in page
    assert "allowances-0-id" not in page, "copies of a group are changed on the page of the group"
    save(row | {"extra_minutes": 20}, initial=1)
    assert attempt.deadline_at == before + timedelta(minutes=20)
    save(row | {"extra_minutes": 20, "DELETE": "on"}, initial=1)
    assert attempt.deadline_at == before
    with within(institution):
        assert not GroupAllowance.objects.exists()


def test_members_come_and_go_with_their_time(
    attempt: Attempt,
    group: CandidateGroup,
    second_candidate: User,
    officer: User,
    browser_of: Browser,
) -> None:
    other = make_attempt(enrol(attempt.enrolment.sitting, second_candidate))
    browser, place = browser_of(officer), url("candidategroup_change", group.pk)
    before, others = attempt.deadline_at, other.deadline_at
    assert before is not None
    assert others is not None
    browser.post(place, body(group, members(group), formset("allowances", TERMS)))
    with within(group.institution):
        kept = formset("allowances", TERMS | {"id": group.allowances.get().pk, "group": group.pk}, initial=1)
    browser.post(place, body(group, members(group, candidate=second_candidate.pk), kept))
    attempt.refresh_from_db()
    other.refresh_from_db()
    assert (attempt.deadline_at, other.deadline_at) == (before, others + timedelta(minutes=15))
    with within(group.institution):
        assert group.members.get().candidate == second_candidate
    with clock.at(clock.now() + timedelta(minutes=65)):
        page = browser.post(url("candidategroup_delete", group.pk), {"post": "yes"}, follow=True)
    assert f"Nothing was deleted: {second_candidate} has already used this time" in page.content.decode()
    page = browser.post(url("candidategroup_delete", group.pk), {"post": "yes"}, follow=True)
    other.refresh_from_db()
    assert other.deadline_at == others
    with within(group.institution):
        assert not CandidateGroup.objects.exists()


def test_an_own_window_needs_a_sitting(group: CandidateGroup, officer: User, browser_of: Browser) -> None:
    row = TERMS | {"closes_at_0": "2030-01-01", "closes_at_1": "10:00"}
    posted = body(group, members(group), formset("allowances", row))
    page = browser_of(officer).post(url("candidategroup_change", group.pk), posted)
    assert "An own opening or closing holds in one sitting: choose which." in page.content.decode()


def test_proctors_do_not_see_what_a_group_was_given(
    institution: Institution, group: CandidateGroup, proctor: User, officer: User, browser_of: Browser
) -> None:
    place = url("candidategroup_change", group.pk)
    browser_of(officer).post(place, body(group, members(group), formset("allowances", TERMS)))
    page = browser_of(proctor).get(place)
    assert page.status_code == 200
    assert "Agreed for the course" not in page.content.decode()
    assert "extra_minutes" not in page.content.decode()


@pytest.mark.parametrize("who", ["proctor", "reviewer", "author", "officer"])
def test_reasons_stay_out_of_the_histories_that_proctors_read(
    request: pytest.FixtureRequest,
    attempt: Attempt,
    group: CandidateGroup,
    officer: User,
    browser_of: Browser,
    who: str,
) -> None:
    enrolment = attempt.enrolment
    with within(group.institution):
        give: Fields = {"actor": officer, "extra_minutes": 5, "reason": "Letter of a doctor"}
        allowances.give(enrolment, **give)
        group_allowances.give(group, **give)
        allowances.give_everybody(
            enrolment.sitting,
            [enrolment],
            minutes=5,
            reason="Letter of a doctor",
            batch=uuid4(),
            actor=officer,
        )
    browser = browser_of(request.getfixturevalue(who))
    for name, subject in (
        ("enrolment", enrolment),
        ("candidategroup", group),
        ("sitting", enrolment.sitting),
    ):
        page = browser.get(url(f"{name}_history", subject.pk)).content.decode()
        assert "minutes: 5" in page
        assert ("Letter of a doctor" in page) is (who == "officer")


def test_time_for_one_group_of_a_sitting(
    attempt: Attempt,
    group: CandidateGroup,
    second_candidate: User,
    officer: User,
    browser_of: Browser,
) -> None:
    other = make_attempt(enrol(attempt.enrolment.sitting, second_candidate))
    before, others = attempt.deadline_at, other.deadline_at
    assert before is not None
    place, browser = url("sitting_time", attempt.enrolment.sitting_id), browser_of(officer)
    batch = browser.get(place).context["form"].initial["batch"]
    posted = {"group": group.pk, "minutes": 10, "reason": "Late bus", "batch": str(batch)}
    asked = browser.post(place, posted | {"act": "look"}).content.decode()
    assert "Give 10 minutes to the group 3b?" in asked
    assert "This reaches 1 candidate." in asked
    page = browser.post(place, posted | {"act": "give"}, follow=True).content.decode()
    attempt.refresh_from_db()
    other.refresh_from_db()
    assert (attempt.deadline_at, other.deadline_at) == (before + timedelta(minutes=10), others)
    assert "10 minutes more for 1 candidate; 1 of them is working and sees it now." in page
    assert "<td>10</td><td>3b</td>" in page


def test_a_group_of_nobody_here_is_no_choice(
    attempt: Attempt, institution: Institution, officer: User, browser_of: Browser
) -> None:
    with within(institution):
        CandidateGroup.objects.create(institution=institution, name="Elsewhere")
    page = browser_of(officer).get(url("sitting_time", attempt.enrolment.sitting_id))
    assert "group" not in page.context["form"].fields
