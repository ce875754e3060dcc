"""Safe Exam Browser at the door: kept out with help, let in by keys, freed, never losing answers."""

import hashlib
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams import safe_browser as keys
from exams import states
from exams.delivery import allowances
from exams.models import Attempt, Enrolment, OutsideSafeBrowser, Sitting
from exams.scheduling.safe_browser import keys_of, set_terms
from proctoring.models import LiveEvent
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page, enrolment_page

BrowserOf = Callable[..., Client]
BASE = "http://localhost:8000"


@pytest.fixture
def enrolment(institution: Institution, candidate: User, proctor: User, settings: Any) -> Enrolment:
    settings.BASE_URL = BASE
    cache.clear()
    sitting = make_sitting(make_exam(institution), proctors=[proctor], safe_browser="required")
    return enrol(sitting, candidate)


def sent(sitting: Sitting, path: str, **headers: str) -> dict[str, str]:
    """The headers with which SEB sends a request for `path`."""
    with within(sitting.institution):
        key = keys_of(sitting).config_key
    found = hashlib.sha256(f"{BASE}{path}{key}".encode()).hexdigest()
    return {"X-SafeExamBrowser-ConfigKeyHash": found, **headers}


def test_only_the_right_keys_open_a_page(
    enrolment: Enrolment, candidate: User, officer: User, browser_of: BrowserOf
) -> None:
    page, browser = attempt_page(make_attempt(enrolment), "exam"), browser_of(candidate)
    outside = browser.get(page)
    assert outside.status_code == 403
    text = outside.content.decode()
    assert "Open this exam in Safe Exam Browser" in text
    assert "your working time goes on" in text
    assert 'href="seb://localhost:8000/safe-browser/' in text
    sitting = enrolment.sitting
    assert browser.get(page, headers=sent(sitting, page)).status_code == 200
    query = page + "?part=2&a=%C3%B6"
    assert browser.get(query, headers=sent(sitting, query)).status_code == 200
    elsewhere = browser.get(page, headers=sent(sitting, query))
    assert elsewhere.status_code == 403
    assert "has other settings" in elsewhere.content.decode()
    # What a proxy or a candidate writes into other headers changes nothing.
    forged = {"X-Forwarded-Host": "other.example", "Host": "127.0.0.1"}
    assert browser.get(page, headers=sent(sitting, page, **forged)).status_code == 200


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (states.CHECKING_IN, "check-in"),
        (states.READY, "waiting"),
        (states.IN_PROGRESS, "questions"),
        (states.SUBMITTED, "done"),
    ],
)
def test_every_page_before_the_end_is_kept(
    enrolment: Enrolment, candidate: User, browser_of: BrowserOf, state: str, step: str
) -> None:
    page = attempt_page(make_attempt(enrolment, state=state), step)
    wanted = 200 if step == "done" else 403
    assert browser_of(candidate).get(page).status_code == wanted
    assert browser_of(candidate).get(page, headers=sent(enrolment.sitting, page)).status_code == 200


def test_an_allowance_frees_one_candidate_and_says_nothing_of_it(
    enrolment: Enrolment, candidate: User, officer: User, browser_of: BrowserOf
) -> None:
    attempt = make_attempt(enrolment)
    with within(enrolment.institution):
        allowances.give(enrolment, actor=officer, without_safe_browser=True, reason="Screen reader")
    answer = browser_of(candidate).get(attempt_page(attempt, "exam"))
    assert answer.status_code == 200
    door = browser_of(candidate).get(enrolment_page(enrolment)).content.decode()
    assert "You need not." in door
    assert "Screen reader" not in answer.content.decode() + door


def test_browser_exam_keys_are_asked_for_where_some_are_named(
    enrolment: Enrolment, candidate: User, officer: User, browser_of: BrowserOf
) -> None:
    page, key = attempt_page(make_attempt(enrolment, state=states.READY), "waiting"), "5e" * 32
    with within(enrolment.institution):
        set_terms(enrolment.sitting, actor=officer, use="required", browser_exam_keys=[key, "00" * 32])
    right = {"X-SafeExamBrowser-RequestHash": keys.request_hash(BASE + page, key)}
    wrong = {"X-SafeExamBrowser-RequestHash": keys.request_hash(BASE + page, "11" * 32)}
    browser, sitting = browser_of(candidate), enrolment.sitting
    assert browser.get(page, headers=sent(sitting, page, **right)).status_code == 200
    assert browser.get(page, headers=sent(sitting, page, **wrong)).status_code == 403
    assert browser.get(page, headers=sent(sitting, page)).status_code == 403
    assert browser.get(page, headers=right).status_code == 403


def test_answers_are_saved_outside_and_a_person_is_told(
    enrolment: Enrolment, candidate: User, proctor: User, api_of: Any, browser_of: BrowserOf
) -> None:
    attempt = make_attempt(enrolment)
    api: APIClient = api_of(candidate)
    url = f"/api/v1/attempts/{attempt.pk}/"
    with within(enrolment.institution):
        item = attempt.paper.get(version__question__kind="true_false").pk
    change = {"client_sequence": 1, "item": item, "value": True, "client_at": "2026-01-01T10:00:00Z"}
    for sequence in (1, 2):
        body = {"device": "device-1", "changes": [change | {"client_sequence": sequence}]}
        assert api.post(url + "answers/", body).json()["accepted"] == [sequence]
    for verb, tail in (("get", "paper/"), ("post", "take-over/")):
        refused = getattr(api, verb)(url + tail, {"device": "device-2"})
        assert (refused.status_code, refused.json()["code"]) == (403, "safe_browser_missing")
    assert api.get(url).status_code == 200
    assert api.post(url + "submit/", {"device": "device-1"}).json()["state"] == "submitted"
    with within(enrolment.institution):
        noted = OutsideSafeBrowser.objects.get(attempt=attempt)
        assert (noted.sighting, noted.times) == ("missing", 1)
        assert AuditEntry.objects.filter(verb="attempt.outside_safe_browser").count() == 1
        assert LiveEvent.objects.filter(kind="safe_browser.left").count() == 1
    panel = f"/i/{enrolment.institution.slug}/watch/{enrolment.sitting_id}/candidates/{enrolment.pk}/"
    assert "No sign of Safe Exam Browser" in browser_of(proctor).get(panel).content.decode()


def test_inside_nothing_is_noted_and_the_exam_starts(
    enrolment: Enrolment, candidate: User, api_of: Any
) -> None:
    attempt = make_attempt(enrolment, state=states.READY)
    url, api = f"/api/v1/attempts/{attempt.pk}/", api_of(candidate)
    body = {"device": "device-1"}
    assert api.post(url + "start/", body).json()["code"] == "safe_browser_missing"
    started = api.post(url + "start/", body, headers=sent(enrolment.sitting, url + "start/"))
    assert started.json()["state"] == "in_progress"
    saved = api.post(
        url + "answers/", body | {"changes": []}, headers=sent(enrolment.sitting, url + "answers/")
    )
    assert saved.status_code == 200
    with within(enrolment.institution):
        assert not OutsideSafeBrowser.objects.exists()


def test_keys_read_by_javascript_open_the_session_until_the_settings_change(
    enrolment: Enrolment, candidate: User, officer: User, api_of: Any
) -> None:
    attempt: Attempt = make_attempt(enrolment, state=states.READY)
    page, api = attempt_page(attempt, "waiting"), api_of(candidate)
    proof = f"/api/v1/attempts/{attempt.pk}/safe-browser/"
    with within(enrolment.institution):
        key = keys_of(enrolment.sitting).config_key

    def prove(url: str) -> Any:
        return api.post(proof, {"url": url, "config_key": keys.request_hash(url, key)})

    other = attempt_page(attempt, "waiting").replace(str(attempt.pk), "999999")
    for address in (BASE + other, f"https://elsewhere.example{page}", f"{BASE}{page}../../1/exam/"):
        assert prove(address).json()["field"] == "url"
    assert (
        api.post(proof, {"url": BASE + page, "config_key": "0" * 64}).json()["code"] == "safe_browser_wrong"
    )
    assert api.get(page).status_code == 403
    assert prove(BASE + page).status_code == 204
    assert api.get(page).status_code == 200
    assert api_of(candidate).get(page).status_code == 403  # another session
    with within(enrolment.institution):
        set_terms(enrolment.sitting, actor=officer, use="required", show_time=False)
    assert api.get(page).status_code == 403


def test_the_link_gives_the_settings_and_no_account(
    enrolment: Enrolment, candidate: User, second_candidate: User, browser_of: BrowserOf
) -> None:
    browser = browser_of(candidate)
    door = html.unescape(browser.get(enrolment_page(enrolment)).content.decode())
    assert "opens only in Safe Exam Browser" in door
    link = re.search(r'href="seb://localhost:8000(/safe-browser/[^"]+)"', door)
    assert link is not None
    signed_out = browser_of()
    got = signed_out.get(link[1])
    assert got["Content-Type"] == "application/seb"
    start = keys.read_file(got.content)["startURL"]
    assert start == f"{BASE}/i/{enrolment.institution.slug}/sittings/{enrolment.sitting_id}/safe-browser/"
    assert got.content == browser.get(start.removeprefix(BASE) + "exam.seb").content
    assert "/account/login/" in signed_out.get(start.removeprefix(BASE))["Location"]
    assert browser.get(start.removeprefix(BASE))["Location"] == enrolment_page(enrolment)
    assert browser_of(second_candidate).get(start.removeprefix(BASE) + "exam.seb").status_code == 404
    assert signed_out.get(link[1].replace("/exam.seb", "x/exam.seb")).status_code == 404
