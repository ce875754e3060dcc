"""The page "Who watches whom", and messages over the API: what people see, what a browser sends."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from accounts.models import User
from accounts.tenancy import within
from exams.models import Attempt, Sitting
from proctoring.models import WatchAssignment
from proctoring.talk.services import MOST_A_MINUTE

BrowserOf = Callable[..., Client]


def address(sitting: Sitting) -> str:
    return f"/i/north-college/watch/{sitting.pk}/proctors/"


def test_a_share_out_is_looked_at_before_it_is_done(
    browser_of: BrowserOf, sitting: Sitting, attempt: Attempt, officer: User
) -> None:
    client = browser_of(officer)
    text = client.get(address(sitting) + "?ratio=12").content.decode()
    assert "Petra Proctor</strong> gets 1: Carla Candidate" in text
    with within(sitting.institution):
        assert not WatchAssignment.objects.exists()  # looking does nothing
    done = client.post(address(sitting), {"do": "share_out", "ratio": "12"}, follow=True)
    assert "1 candidate shared out." in done.content.decode()
    wrong = client.get(address(sitting) + "?ratio=31").content.decode()
    assert "from 1 to 30" in wrong and 'aria-invalid="true"' in wrong


def test_a_refusal_is_said_on_the_page(
    browser_of: BrowserOf, sitting: Sitting, attempt: Attempt, proctor: User
) -> None:
    client = browser_of(proctor)
    for given, words in (
        ({"do": "take"}, "Choose at least one candidate."),
        ({"do": "give", "enrolment": attempt.enrolment_id, "to": proctor.pk}, "Exam officers do this"),
        ({"do": "accept", "hand_over": "7"}, "There is no such hand-over."),
        ({"do": "dance"}, "Choose what to do."),
    ):
        assert words in client.post(address(sitting), given, follow=True).content.decode()
    part = client.get(address(sitting) + "?part=list").content.decode()
    assert "<html" not in part and "Never watched live" in part


def test_messages_over_the_api(
    browser_of: BrowserOf, attempt: Attempt, candidate: User, proctor: User
) -> None:
    url = f"/api/v1/attempts/{attempt.pk}/messages/"

    def post(client: Client, path: str, body: Any) -> Any:
        return client.post(path, body, content_type="application/json")

    mine, theirs = browser_of(candidate), browser_of(proctor)
    first = post(mine, url, {"text": "Hello", "client_id": "a"}).json()
    assert post(mine, url, {"text": "Hello", "client_id": "a"}).json()["id"] == first["id"]
    assert theirs.get(url).json()["unread"] == 1
    assert post(theirs, url + "read/", {"up_to": first["id"]}).json()["unread"] == 0
    assert mine.get(url + f"?after={first['id']}").json()["messages"] == []
    for path, body, field in ((url, {"text": ""}, "text"), (url + "read/", {}, "up_to")):
        refused = post(mine, path, body)
        assert (refused.status_code, refused.json()["field"]) == (400, field)
    assert mine.get(url + "?after=x").json()["field"] == "after"
    codes = [post(mine, url, {"text": "x", "client_id": str(n)}).status_code for n in range(MOST_A_MINUTE)]
    assert codes == [200] * (MOST_A_MINUTE - 1) + [429]
    hand = f"/api/v1/attempts/{attempt.pk}/hand/"
    assert post(mine, hand, {"up": True}).json()["hand_since"]
    assert post(theirs, hand, {"up": True}).status_code == 403
    assert post(theirs, hand, {"up": False}).json() == {"hand_since": None}
