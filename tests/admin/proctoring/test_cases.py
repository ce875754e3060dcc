"""The queue of cases and the page of one, as reviewers, officers and others meet them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams import states as attempt_states
from exams.models import Sitting, SittingProctor
from proctor_site.kernel import clock
from proctoring.law import facts
from proctoring.models import Case, Reading, ReviewSettings
from proctoring.review import looks, readings, sharing
from tests.factories.accounts import add_role, make_member
from tests.factories.cases import make_case, make_ended_session
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident
from tests.watched_sitting import verbs_of

pytestmark = pytest.mark.django_db
QUEUE = "/admin/proctoring/case/"
Browser = Callable[..., Client]


@pytest.fixture
def sitting(institution: Institution) -> Sitting:
    return make_sitting(make_exam(institution))


@pytest.fixture
def case(sitting: Sitting, candidate: User) -> Case:
    session = make_ended_session(make_attempt(enrol(sitting, candidate), state=attempt_states.SUBMITTED))
    make_incident(session)
    return make_case(session)


def _page(case: Case) -> str:
    return f"{QUEUE}{case.pk}/change/"


def _post(client: Client, case: Case, act: str, **data: Any) -> Any:
    return client.post(f"{QUEUE}{case.pk}/{act}/", data, follow=True)


def _fresh(case: Case) -> Case:
    return Case._base_manager.get(pk=case.pk)


def test_the_queue_hides_who_it_is_and_says_what_there_is_to_do(
    browser_of: Browser, reviewer: User, case: Case
) -> None:
    page = browser_of(reviewer).get(QUEUE).content.decode()
    assert f"Candidate {case.pseudonym}" in page and "Carla" not in page
    assert "1 case</strong> waits for a first reading" in page
    asked = browser_of(reviewer).get(QUEUE, {"minutes": "14"}).content.decode()
    assert "In 14 min you can read the first <strong>1</strong> case" in asked


@pytest.mark.parametrize(
    "query",
    [
        {"state": "nonsense", "sitting": "x", "after": "a,b", "minutes": "-1"},
        {"tag": "a\x00b", "whose": "?"},
        {"after": "nan,1", "minutes": "999999999999999999999"},
        {"sitting": "9999999", "opened_for": "sample"},
    ],
)
def test_an_address_that_makes_no_sense_counts_as_not_asked(
    browser_of: Browser, reviewer: User, case: Case, query: dict[str, str]
) -> None:
    assert browser_of(reviewer).get(QUEUE, query).status_code == 200


def test_until_a_reading_is_given_no_page_names_the_candidate(
    browser_of: Browser, reviewer: User, case: Case
) -> None:
    client = browser_of(reviewer)
    page = client.get(_page(case)).content.decode()
    assert "Carla" not in page and case.pseudonym in page
    _post(client, case, "reading", verdict="breach", note="A second voice.")
    assert "Carla" in client.get(_page(case)).content.decode()
    other = browser_of(make_member(case.institution, Role.REVIEWER)).get(_page(case)).content.decode()
    assert "Carla" not in other and "A second voice." not in other


def test_an_institution_may_read_with_names(
    browser_of: Browser, reviewer: User, case: Case, institution: Institution
) -> None:
    with within(institution):
        ReviewSettings.objects.create(institution=institution, is_blind=False)
    assert "Carla" in browser_of(reviewer).get(_page(case)).content.decode()


def test_the_history_waits_until_the_own_reading_is_given(
    browser_of: Browser, reviewer: User, officer: User, case: Case
) -> None:
    with within(case.institution):
        readings.give(case, actor=officer, verdict="breach", note="A second voice.")
    answer = browser_of(reviewer).get(f"{QUEUE}{case.pk}/history/", follow=True)
    assert answer.redirect_chain and "case.read" not in answer.content.decode()
    assert browser_of(officer).get(f"{QUEUE}{case.pk}/history/").status_code == 200


def test_after_a_reading_comes_the_next_case(
    browser_of: Browser, reviewer: User, case: Case, sitting: Sitting
) -> None:
    person = make_member(case.institution, Role.CANDIDATE)
    other = make_case(make_attempt(enrol(sitting, person), state=attempt_states.SUBMITTED))
    answer = _post(browser_of(reviewer), case, "reading", verdict="no_concern")
    assert answer.redirect_chain[-1][0] == _page(other)
    assert "Here is the next case" in answer.content.decode()
    assert (_fresh(case).state, _fresh(other).assigned_to) == ("decided", reviewer)
    answer = browser_of(reviewer).post(f"{QUEUE}next/", follow=True)
    assert answer.redirect_chain[-1][0] == _page(other)


def test_a_refused_form_keeps_what_was_typed(browser_of: Browser, reviewer: User, case: Case) -> None:
    answer = _post(browser_of(reviewer), case, "reading", verdict="", note="My long note.")
    assert answer.status_code == 400
    assert "My long note." in answer.content.decode() and "Nothing was changed" in answer.content.decode()
    assert not Reading._base_manager.exists()


def test_the_whole_way_to_a_verdict_and_an_appeal(
    browser_of: Browser, reviewer: User, officer: User, admin_member: User, case: Case, candidate: User
) -> None:
    one, two = browser_of(reviewer), browser_of(officer)
    _post(one, case, "reading", verdict="breach", reasons=["case_other_person"])
    _post(two, case, "reading", verdict="breach", note="Yes.")
    assert "Two readers agree" in one.get(_page(case)).content.decode()
    _post(one, case, "reply-window", told="A second voice was heard at 9:12.")
    early = _post(one, case, "decide", verdict="breach", told="Breach.")
    assert early.status_code == 409 and "can still reply" in early.content.decode()
    Case._base_manager.filter(pk=case.pk).update(said_all_at=clock.now())
    _post(one, case, "decide", verdict="breach", told="It was a breach.")
    assert _fresh(case).verdict == "breach"
    with within(case.institution):
        from proctoring.review import verdicts

        verdicts.appeal(_fresh(case), candidate=candidate, text="It was the radio.")
    assert _post(one, case, "appeal-decision", verdict="no_concern", told="Sorry.").status_code == 403
    third = browser_of(admin_member)
    assert "It was the radio." in third.get(_page(case)).content.decode()
    _post(third, case, "appeal-decision", verdict="no_concern", told="We were wrong.")
    assert (_fresh(case).verdict, _fresh(case).verdict_before_appeal) == ("no_concern", "breach")
    assert "Appeals that changed the verdict: 1 of 1" in one.get(QUEUE).content.decode()


def test_the_second_sees_who_has_the_case_and_can_take_it_over(
    browser_of: Browser, reviewer: User, officer: User, case: Case
) -> None:
    assert browser_of(reviewer).post(f"{QUEUE}{case.pk}/lock/").json()["held"] is True
    other = browser_of(officer)
    refused = other.post(f"{QUEUE}{case.pk}/lock/")
    assert (refused.status_code, refused.json()["holder"]) == (409, "Rita Reviewer")
    assert "Rita Reviewer has this case open" in other.get(_page(case)).content.decode()
    assert "open: Rita Reviewer" in other.get(QUEUE).content.decode()
    _post(other, case, "lock", page="1", over="1")
    assert _fresh(case).locked_by == officer
    other.post(f"{QUEUE}{case.pk}/release-lock/")
    assert _fresh(case).locked_by is None


def test_sharing_out_giving_tagging_and_talking(
    browser_of: Browser, reviewer: User, officer: User, case: Case
) -> None:
    client = browser_of(officer)
    told = client.post(f"{QUEUE}share-out/", {"to": [str(reviewer.pk), "x"]}, follow=True).content.decode()
    assert "Rita Reviewer: 1" in told and _fresh(case).assigned_to == reviewer
    _post(browser_of(reviewer), case, "assign", to="")
    assert _fresh(case).assigned_to is None
    _post(client, case, "take")
    assert _fresh(case).assigned_to == officer
    _post(client, case, "tag", tags="radio")
    assert "radio" in client.get(QUEUE, {"tag": "radio"}).content.decode()
    assert "No case fits" in client.get(QUEUE, {"whose": "nobody"}).content.decode()
    page = _post(client, case, "comment", text="<b>See 9:12</b>").content.decode()
    assert "&lt;b&gt;See 9:12&lt;/b&gt;" in page


def test_nobody_meets_their_own_case(
    browser_of: Browser, candidate: User, case: Case, institution: Institution
) -> None:
    add_role(candidate, institution, Role.REVIEWER)
    client = browser_of(candidate)
    assert client.get(_page(case)).status_code == 404
    assert case.pseudonym not in client.get(QUEUE).content.decode()
    assert _post(client, case, "reading", verdict="no_concern").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("proctor", 403), ("author", 403), ("foreign_officer", 404)])
def test_others_do_not_meet_cases(
    request: Any, browser_of: Browser, case: Case, who: str, status: int
) -> None:
    assert browser_of(request.getfixturevalue(who)).get(_page(case)).status_code == status


def test_a_slip_is_taken_back_on_the_page(browser_of: Browser, reviewer: User, case: Case) -> None:
    client = browser_of(reviewer)
    _post(client, case, "reading", verdict="no_concern")
    assert "Take my reading back" in client.get(_page(case)).content.decode()
    _post(client, case, "take-back")
    assert _fresh(case).state == "open"


def test_the_queue_asks_as_much_for_many_cases_as_for_few(
    browser_of: Browser, reviewer: User, case: Case, sitting: Sitting
) -> None:
    client = browser_of(reviewer)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(QUEUE)
    for _ in range(4):
        person = make_member(case.institution, Role.CANDIDATE)
        make_case(make_attempt(enrol(sitting, person), state=attempt_states.SUBMITTED))
    with CaptureQueriesContext(connection) as many:
        client.get(QUEUE)
    assert len(many) <= len(few)


def test_pages_of_the_queue_follow_on_one_another(
    browser_of: Browser, reviewer: User, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    from proctoring.review import queue

    monkeypatch.setattr(queue, "SHOWN", 2)
    for _ in range(5):
        person = make_member(sitting.institution, Role.CANDIDATE)
        make_case(make_attempt(enrol(sitting, person), state=attempt_states.SUBMITTED))
    client, address, seen = browser_of(reviewer), QUEUE, []
    for _ in range(3):
        page = client.get(address)
        seen += [line.case.pk for line in page.context["lines"]]
        address = QUEUE + page.context["next_query"]
    assert seen == list(Case._base_manager.order_by("-rank", "pk").values_list("pk", flat=True))
    assert page.context["next_query"] == ""


def test_the_settings_have_one_page_that_officers_change(
    browser_of: Browser, officer: User, reviewer: User, institution: Institution
) -> None:
    client = browser_of(officer)
    page = client.get("/admin/proctoring/reviewsettings/", follow=True)
    address = page.redirect_chain[-1][0]
    typed = {
        "least_severity": "high",
        "sample_percent": "5",
        "sample_least": "3",
        "is_blind": "on",
        "double_percent": "10",
        "reply_days": "21",
        "appeal_days": "30",
    }
    client.post(address, typed)
    row = ReviewSettings._base_manager.get(institution=institution)
    assert (row.reply_days, row.sample_percent) == (21, 5)
    assert client.post(address, typed | {"reply_days": "0"}).status_code == 200
    assert browser_of(reviewer).post(address, typed).status_code == 403


def recipients_of(institution: Institution) -> list[str]:
    """Who gets data, as the register of processing and the assessment of risks name them."""
    with within(institution):
        return [each.who for each in facts.gather(institution).recipients]


def test_summaries_by_a_machine_are_switched_on_only_where_a_model_is_offered(
    browser_of: Callable[..., Client], officer: User, institution: Institution, settings: Any
) -> None:
    row = ReviewSettings._base_manager.create(institution=institution)
    address = f"/admin/proctoring/reviewsettings/{row.pk}/change/"
    typed = {
        "least_severity": "high", "sample_percent": "5", "sample_least": "3", "double_percent": "10",
        "reply_days": "21", "appeal_days": "30", "machine_summary": "on",
    }  # fmt: skip
    client = browser_of(officer)
    page = client.post(address, typed)
    assert page.status_code == 200
    assert "has set up no language model for your institution" in page.content.decode()
    assert not ReviewSettings._base_manager.get(pk=row.pk).machine_summary
    settings.SUMMARY_URL, settings.SUMMARY_MODEL = "https://llm.example.org/v1", "small-model"
    settings.SUMMARY_INSTITUTIONS = ["another"]
    assert client.post(address, typed).status_code == 200, "it is offered to somebody else"
    settings.SUMMARY_INSTITUTIONS = []
    assert client.post(address, typed).status_code == 302
    assert ReviewSettings._base_manager.get(pk=row.pk).machine_summary
    told = recipients_of(institution)
    assert "Language model for summaries in reports (small-model)" in told
    assert client.post(address, typed | {"machine_summary": ""}).status_code == 302
    verbs = verbs_of(institution, f"institution:{institution.pk}")
    assert [each for each in verbs if "summary" in each] == [
        "institution.machine_summary_on",
        "institution.machine_summary_off",
    ]
    assert not any("Language model" in each for each in recipients_of(institution))


def test_a_lock_that_lapsed_is_nobodys(
    browser_of: Browser, reviewer: User, officer: User, case: Case
) -> None:
    with within(case.institution):
        looks.take_lock(case, actor=reviewer)
        sharing.assign(case, actor=reviewer, to=None)
    Case._base_manager.update(locked_until=clock.now() - timedelta(seconds=1))
    assert "has this case open" not in browser_of(officer).get(_page(case)).content.decode()


def test_the_page_of_an_incident_keeps_the_name_back_too(
    browser_of: Browser, reviewer: User, proctor: User, case: Case, sitting: Sitting
) -> None:
    with within(case.institution):
        incident = case.session.incidents.get()
        SittingProctor.objects.create(institution=case.institution, sitting=sitting, user=proctor)
    address = f"/admin/proctoring/incident/{incident.pk}/change/"
    page = browser_of(reviewer).get(address).content.decode()
    assert "Carla" not in page and case.pseudonym in page
    assert "Carla" in browser_of(proctor).get(address).content.decode()
