"""The pages of interviews: offering, preparing, notes, outcome for staff; answering for the candidate."""

import json
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams import states as attempt_states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring import states
from proctoring.interviews import sheet
from proctoring.models import Case, Interview
from proctoring.review import readings, verdicts
from tests.factories.accounts import make_member
from tests.factories.cases import make_case
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.interviews import make_case_interview, slot_in
from tests.papers import items, save

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
ESSAY = "Because short waves are scattered most. " * 8


@pytest.fixture
def attempt(institution: Institution, candidate: User) -> Attempt:
    """Handed in, with a long essay in it."""
    sitting = make_sitting(make_exam(institution, kinds=["single_choice", "essay"], title="Optics"))
    made = make_attempt(enrol(sitting, candidate))
    with within(institution):
        save(made, 1, items(made)[1], ESSAY, device=made.device)
    Attempt._base_manager.filter(pk=made.pk).update(state=attempt_states.SUBMITTED, ended_at=clock.now())
    made.refresh_from_db()
    return made


@pytest.fixture
def case(attempt: Attempt, reviewer: User) -> Case:
    """Read once, by `reviewer`."""
    return make_case(attempt, state=states.CASE_FIRST_READ, readers=(reviewer,))


@pytest.fixture
def second(institution: Institution) -> User:
    return make_member(institution, Role.REVIEWER, name="Sigrid Second")


def base(case: Case) -> str:
    return f"/i/{case.institution.slug}/"


def only(case: Case) -> Interview:
    with within(case.institution):
        return Interview.objects.select_related("institution", "case__institution").get()


def test_a_reviewer_offers_one_from_the_case(browser_of: Browser, reviewer: User, case: Case) -> None:
    client = browser_of(reviewer)
    desk = client.get(f"/admin/proctoring/case/{case.pk}/change/").content.decode()
    address = f"{base(case)}cases/{case.pk}/interviews/new/"
    assert f'href="{address}"' in desk
    here = slot_in(2).astimezone(ZoneInfo(case.institution.time_zone))
    given = {"time_1": f"{here:%Y-%m-%dT%H:%M}", "minutes": "30", "host": str(reviewer.pk)}
    wrong = client.post(address, given | {"reason": "See.", "minutes": "3"})
    assert wrong.status_code == 400 and "See." in wrong.content.decode()
    soon = clock.now().astimezone(ZoneInfo(case.institution.time_zone))
    early = client.post(address, given | {"reason": "See.", "time_1": f"{soon:%Y-%m-%dT%H:%M}"})
    assert "less than 24 hours ahead" in early.content.decode()
    client.post(address, given | {"reason": "How you came to your text."})
    made = only(case)
    with within(case.institution):
        assert [each.begins_at for each in made.slots.all()] == [here]
    page = client.get(f"{base(case)}interviews/{made.pk}/").content.decode()
    assert "offered, not answered yet" in page and "How you came to your text." in page


def test_the_next_reader_sees_no_interview_and_no_name_through_it(
    browser_of: Browser, reviewer: User, second: User, officer: User, candidate: User, case: Case
) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    for reader in (second, officer):
        client = browser_of(reader)
        desk = client.get(f"/admin/proctoring/case/{case.pk}/change/").content.decode()
        assert "Verification interview" not in desk and str(candidate) not in desk
        assert client.get(f"{base(case)}interviews/{made.pk}/").status_code == 404
        assert client.get(f"{base(case)}cases/{case.pk}/interviews/new/").status_code == 404
        for place in ("", f"{made.meeting_id}/details/", f"{made.meeting_id}/edit/", f"{made.meeting_id}/"):
            assert str(candidate) not in client.get(f"{base(case)}meetings/{place}").content.decode()
    assert browser_of(officer).get(f"/admin/proctoring/meeting/{made.meeting_id}/change/").status_code == 404
    with within(case.institution):
        readings.give(case, actor=second, verdict="breach", note="Indeed.")
    assert (
        "Verification interview"
        in browser_of(second).get(f"/admin/proctoring/case/{case.pk}/change/").content.decode()
    )


def test_questions_come_from_own_answers_and_the_candidate_never_sees_them(
    browser_of: Browser, reviewer: User, candidate: User, case: Case, attempt: Attempt
) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    client, address = browser_of(reviewer), f"{base(case)}interviews/{made.pk}/"
    page = client.get(address).content.decode()
    assert "One of the longest answers" in page and "short waves are scattered" in page
    client.post(f"{address}questions/", {"do": "propose:2"})
    client.post(f"{address}questions/", {"do": "own", "asks": "What is a wave?"})
    with within(case.institution):
        essay, own = sheet.questions_of(made)
    assert (essay.paper_position, own.asks) == (2, "What is a wave?")
    again = client.post(f"{address}questions/", {"do": "propose:2"})
    assert again.status_code == 404 and "not proposed any more" in again.content.decode()
    client.post(f"{address}questions/", {"do": f"up:{own.pk}"})
    with within(case.institution):
        assert sheet.questions_of(made)[0].pk == own.pk
    mine = browser_of(candidate)
    for place in (
        f"my-record/{attempt.pk}/",
        f"my-record/{attempt.pk}/interviews/1/",
        f"meetings/{made.meeting_id}/",
    ):
        seen = mine.get(f"{base(case)}{place}")
        assert seen.status_code == 200 and "What is a wave?" not in seen.content.decode()
    assert mine.get(address).status_code == 403
    room = client.get(f"{base(case)}meetings/{made.meeting_id}/").content.decode()
    assert "What is a wave?" in room and f'data-notes="{own.pk}"' in room


def test_notes_are_kept_by_version_and_a_clash_brings_both(
    browser_of: Browser, reviewer: User, case: Case
) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    with within(case.institution):
        asked = sheet.add_own(made, actor=reviewer, asks="One?")
    client, address = browser_of(reviewer), f"{base(case)}interviews/{made.pk}/notes/"

    def keep(**given: object) -> tuple[int, dict[str, object]]:
        body = json.dumps({"question": asked.pk, "notes": "By hand.", "version": 0} | given)
        answer = client.post(address, body, content_type="application/json")
        return answer.status_code, answer.json()

    assert keep()[1]["version"] == 1
    status, body = keep(notes="Other.")
    assert (status, body["code"], body["notes"], body["version"]) == (409, "changed_meanwhile", "By hand.", 1)
    assert keep(notes=5)[0] == keep(version="1")[0] == 400
    assert keep(question=asked.pk + 1)[0] == 404


def test_the_candidate_agrees_asks_and_declines_each_after_a_second_look(
    browser_of: Browser, reviewer: User, candidate: User, case: Case, attempt: Attempt
) -> None:
    made = make_case_interview(case, reviewer)
    client = browser_of(candidate)
    assert "invited to talk" in client.get(f"{base(case)}my-record/").content.decode()
    record = client.get(f"{base(case)}my-record/{attempt.pk}/").content.decode()
    assert "Please answer until" in record and "left." in record
    address = f"{base(case)}my-record/{attempt.pk}/interviews/1/"
    page = client.get(address).content.decode()
    assert "Declining proves nothing" in page and "Nothing has been decided" in page
    with within(case.institution):
        slot = made.slots.order_by("begins_at")[0].pk
    assert client.post(address, {"do": "agree"}).status_code == 400
    asked = client.post(address, {"do": "agree", "slot": slot}).content.decode()
    assert "Yes, I come" in asked and only(case).state == "offered"
    client.post(address, {"do": "agree", "slot": slot, "sure": "1"})
    assert only(case).state == "agreed"
    assert "Go to the meeting" in client.get(address).content.decode()
    empty = client.post(address, {"do": "ask", "text": " "})
    assert empty.status_code == 400 and "Say when you can come." in empty.content.decode()
    client.post(address, {"do": "ask", "text": "After five.", "sure": "1"})
    assert (only(case).state, only(case).wish) == ("offered", "After five.")
    assert "declin" in client.post(address, {"do": "decline"}).content.decode()
    client.post(address, {"do": "decline", "sure": "1"})
    assert only(case).state == "declined"
    over = client.get(address).content.decode()
    assert "This proves nothing" in over and "Take this time" not in over


def test_the_outcome_is_told_with_the_release_and_not_before(
    browser_of: Browser, reviewer: User, second: User, candidate: User, case: Case, attempt: Attempt
) -> None:
    make_case_interview(case, reviewer, state=states.INTERVIEW_HELD)
    place = f"{base(case)}my-record/{attempt.pk}/"
    client = browser_of(candidate)
    for page in (place, f"{place}interviews/1/"):
        before = client.get(page).content.decode()
        assert "Took place" in before and "Each step was explained." not in before
    with within(case.institution):
        readings.give(case, actor=second, verdict="breach", note="Indeed.")
        verdicts.open_reply_window(case, actor=reviewer, told="A voice was heard.")
    after = client.get(place).content.decode()
    assert "Each step was explained." in after and "What you said fits your answers." in after


def test_the_host_writes_down_what_came_of_it(browser_of: Browser, reviewer: User, case: Case) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    client, address = browser_of(reviewer), f"{base(case)}interviews/{made.pk}/"
    given = {"outcome": "inconclusive", "text": "The line was bad."}
    early = client.post(f"{address}outcome/", given)
    assert early.status_code == 409 and "The line was bad." in early.content.decode()
    with clock.at(slot_in(2) + timedelta(minutes=30)):
        client.post(f"{address}outcome/", given)
    assert (only(case).state, only(case).outcome) == ("held", "inconclusive")
    page = client.get(address).content.decode()
    assert "no verdict" in page and "Take off" not in page
    assert client.get(f"{address}outcome/").status_code == 302
    history = client.get(f"/admin/proctoring/case/{case.pk}/history/").content.decode()
    assert "interview_hold" in history or "interview hold" in history


def test_the_report_tells_of_it_to_who_may_know(
    browser_of: Browser, reviewer: User, second: User, case: Case
) -> None:
    make_case_interview(case, reviewer, state=states.INTERVIEW_HELD)
    report = f"{base(case)}reports/proctoring/sessions/{case.session.public_id}/"
    assert "Each step was explained." in browser_of(reviewer).get(report).content.decode()
    assert "Each step was explained." not in browser_of(second).get(report).content.decode()
    told = browser_of(reviewer).get(f"/api/v1/sessions/{case.session.public_id}/report/").json()
    [found] = told["case"]["interviews"]
    assert (found["state"], found["outcome"]) == ("held", "consistent")
    assert any("It is no verdict" in sentence for sentence in told["summary"])


def test_somebody_of_another_institution_finds_nothing(
    browser_of: Browser, reviewer: User, other_institution: Institution, case: Case
) -> None:
    made = make_case_interview(case, reviewer)
    foreign = browser_of(make_member(other_institution, Role.ADMIN))
    for slug in (case.institution.slug, other_institution.slug):
        assert foreign.get(f"/i/{slug}/interviews/{made.pk}/").status_code == 404
        assert foreign.post(f"/i/{slug}/interviews/{made.pk}/cancel/", {"why": "x"}).status_code == 404
        assert foreign.get(f"/i/{slug}/cases/{case.pk}/interviews/new/").status_code == 404
    assert only(case).state == "offered"
