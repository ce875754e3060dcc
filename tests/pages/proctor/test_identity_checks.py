"""The queue of identity checks as proctors see it: photos by logged links, decisions, and who may not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tenancy import within
from exams import states
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from proctoring import sessions
from proctoring.identity import check_in, consent, document, notice, reference
from proctoring.models import IdentityCheck, Policy
from tests.capture import BLUE, RED, frame, fresh, scripted  # noqa: F401
from tests.factories.exams import enrol, make_attempt
from tests.watched_sitting import verbs_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted", "folder_store")]
BrowserOf = Callable[..., Client]


@pytest.fixture
def checking_in(sitting: Sitting, candidate: User) -> Attempt:
    return make_attempt(enrol(sitting, candidate), state=states.CHECKING_IN)


@pytest.fixture
def check(checking_in: Attempt, candidate: User) -> IdentityCheck:
    """A candidate whose document shows somebody else."""
    institution = checking_in.institution
    with within(institution):
        Policy.objects.create(institution=institution, name="Own", is_default=True, document="optional")
        read = notice.for_attempt(checking_in).version
        consent.give(checking_in, candidate=candidate, notice=read, camera=True, face_comparison=True)
        session = sessions.session_of(checking_in)
        assert session is not None
        reference.enrol(session, frame(RED))
        document.show(session, frame(BLUE), document_type="passport")
        check_in.ask_for_person(fresh(checking_in), candidate=candidate)
        return IdentityCheck.objects.get()


def queue(sitting: Sitting) -> str:
    return f"/i/{sitting.institution.slug}/watch/{sitting.pk}/checks/"


def decide(client: Client, check: IdentityCheck, **form: Any) -> Any:
    return client.post(f"{queue(check.sitting)}{check.pk}/decide/", form)


def test_photos_stand_side_by_side_and_each_view_is_logged(
    check: IdentityCheck, proctor: User, browser_of: BrowserOf
) -> None:
    client = browser_of(proctor)
    page = client.get(queue(check.sitting))
    assert "seems unlike" in page.content.decode()
    addresses = [photo.address for photo in page.context["photos"]]
    assert [client.get(address)["Content-Type"] for address in addresses] == ["image/jpeg"] * 2
    assert client.get(addresses[1]).content == frame(BLUE)
    assert client.get(addresses[1])["Cache-Control"] == "private, no-store"
    seen = verbs_of(check.institution, f"identitycheck:{check.pk}")
    assert seen.count("identity_check.photo_viewed") == 4


def test_a_link_is_for_one_viewer_some_minutes_and_until_the_decision(
    check: IdentityCheck, proctor: User, officer: User, browser_of: BrowserOf
) -> None:
    client = browser_of(proctor)
    address = client.get(queue(check.sitting)).context["photos"][0].address
    assert browser_of(officer).get(address).status_code == 403
    assert client.get(address.replace("reference", "document")).status_code == 403
    assert client.get(address.split("?")[0]).status_code == 403
    with clock.at(clock.now() + timedelta(seconds=1)):
        assert client.get(address).status_code == 200
    decide(client, check, decision="approve")
    assert client.get(address).status_code == 409


def test_letting_in_leads_to_the_next_one(
    check: IdentityCheck, checking_in: Attempt, proctor: User, browser_of: BrowserOf
) -> None:
    client = browser_of(proctor)
    answer = decide(client, check, decision="approve")
    assert (answer.status_code, answer["Location"]) == (302, queue(check.sitting))
    assert fresh(checking_in).state == states.READY
    text = client.get(queue(check.sitting)).content.decode()
    assert "is let in" in text
    assert "Nobody waits" in text
    # A second window is told that it was too late.
    decide(client, check, decision="refuse", reason="No.")
    assert "decided this already" in client.get(queue(check.sitting)).content.decode()
    assert fresh(checking_in).state == states.READY


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"decision": "refuse", "reason": " "}, "Say why"),
        ({"decision": "ask_again", "message": "x" * 501}, "At most 500"),
        ({"decision": "ask_again", "message": "Again", "retake": "everything"}, "can be taken again"),
        ({"decision": "forget"}, "Choose what to do"),
    ],
    ids=["no_reason", "long", "unknown_retake", "unknown"],
)
def test_what_is_missing_is_said_at_the_form_and_the_text_kept(
    check: IdentityCheck, proctor: User, browser_of: BrowserOf, form: dict[str, str], words: str
) -> None:
    answer = decide(browser_of(proctor), check, **form)
    text = answer.content.decode()
    assert answer.status_code == 400
    assert words in text
    assert form.get("message", "") in text
    check.refresh_from_db()
    assert check.state == "waiting"


def test_the_candidate_reads_the_message_and_their_place(
    check: IdentityCheck, checking_in: Attempt, proctor: User, candidate: User, browser_of: BrowserOf
) -> None:
    api = f"/api/v1/attempts/{checking_in.pk}/identity-check/"
    client = browser_of(candidate)
    waiting = client.get(api).json()
    assert (waiting["check_state"], waiting["place"]) == ("waiting", 1)
    decide(browser_of(proctor), check, decision="ask_again", message="Hold it closer.", retake="document")
    asked = client.get(api).json()
    assert (asked["check_state"], asked["place"], asked["message"]) == (
        "asked_again",
        None,
        "Hold it closer.",
    )
    page = client.get(f"/i/{checking_in.institution.slug}/attempts/{checking_in.pk}/check-in/")
    assert "Hold it closer." in page.content.decode()
    assert (page.context["step"], page.context["next"]) == ("device", "document")


def test_the_api_takes_a_document_and_names_what_is_wrong(
    check: IdentityCheck, checking_in: Attempt, candidate: User, browser_of: BrowserOf
) -> None:
    client = browser_of(candidate)
    address = f"/api/v1/attempts/{checking_in.pk}/document/"
    send = {"data": frame(RED), "content_type": "image/jpeg"}
    assert client.post(address + "?type=pan", **send).json() == {
        "ok": True,
        "problems": [],
        "answer": "alike",
    }
    refused = client.post(address + "?type=card", **send)
    assert (refused.status_code, refused.json()["field"]) == (400, "document_type")
    two = client.post(address + "?type=pan", data=frame(RED, BLUE), content_type="image/jpeg").json()
    assert (two["ok"], two["problems"][0]["code"]) == (False, "several_faces")
    assert client.delete(address).status_code == 204


def test_the_way_without_camera_is_the_same_exam_with_the_same_time(
    sitting: Sitting, candidate: User, second_candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    with within(sitting.institution):
        ready = []
        for person, camera in ((candidate, False), (second_candidate, True)):
            attempt = make_attempt(enrol(sitting, person), state=states.CHECKING_IN)
            read = notice.for_attempt(attempt).version
            consent.give(attempt, candidate=person, notice=read, camera=camera, face_comparison=camera)
            check_in.ask_for_person(attempt, candidate=person)
            decide(browser_of(proctor), IdentityCheck.objects.get(state="waiting"), decision="approve")
            ready.append(fresh(attempt))
        assert [each.state for each in ready] == [states.READY] * 2
        device = {"device": "device-1"}
        times = []
        for person, attempt in ((candidate, ready[0]), (second_candidate, ready[1])):
            answer = browser_of(person).post(
                f"/api/v1/attempts/{attempt.pk}/start/", device, content_type="application/json"
            )
            times.append(round(answer.json()["seconds_left"] / 10))
        assert times[0] == times[1]
