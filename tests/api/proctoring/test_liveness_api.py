"""Turning the head at check-in over HTTP: moved as asked, not seen, left out, and what is refused."""

from datetime import timedelta
from typing import Any

import cv2
import numpy as np
import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.analysis import context, recent
from proctoring.identity import liveness, liveness_words, notice
from proctoring.models import IdentityCheck, LivenessCheck, MonitoringSession, Policy, ReferenceFace
from proctoring.vision import turning
from proctoring.vision.turning import Ask, Course
from tests.api.proctoring.test_check_in_api import agree, photo, url
from tests.capture import BLUE, RED, frame
from tests.factories.exams import enrol, make_attempt

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted", "folder_store")]
AHEAD, LEFT, RIGHT = 0.0, 0.5, -0.5


def head(turn: float = 0.0, colour: tuple[int, int, int] = RED) -> bytes:
    """A painted person whose head is turned: 1 is 60 degrees to the own left, the right of the picture."""
    picture = cv2.imdecode(np.frombuffer(frame(colour), np.uint8), cv2.IMREAD_COLOR)
    nose = 160 + round(80 * turn)
    cv2.rectangle(picture, (nose - 8, 214), (nose + 8, 236), (0, 0, 0), -1)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


@pytest.fixture
def policy(institution: Any) -> Policy:
    with within(institution):
        return Policy.objects.create(
            institution=institution, name="Own", is_default=True, liveness="optional"
        )


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Left, then right, so that the tests know."""
    monkeypatch.setattr(turning, "draw", lambda random: Course((Ask.LEFT, Ask.RIGHT)))


@pytest.fixture
def attempt(sitting: Any, candidate: Any, policy: Policy) -> Any:
    return make_attempt(enrol(sitting, candidate), state="checking_in")


class Page:
    """The candidate's page: agreed, photo taken."""

    def __init__(self, client: APIClient, attempt: Any, *, face_comparison: bool = True) -> None:
        self.client, self.attempt, self.sequence, self.challenge = client, attempt, 0, ""
        self.next = agree(client, attempt, face_comparison=face_comparison).json()["next"]
        if face_comparison:
            assert photo(client, attempt, frame(RED)).json()["ok"]

    def begin(self) -> dict[str, Any]:
        answer = self.client.post(url(self.attempt, "liveness")).json()
        self.challenge, self.sequence = answer.get("challenge", ""), 0
        return answer

    def send(self, image: bytes, **query: Any) -> Any:
        self.sequence += 1
        given = {"challenge": self.challenge, "sequence": self.sequence, **query}
        address = url(self.attempt, "liveness/looks") + "?" + "&".join(f"{k}={v}" for k, v in given.items())
        return self.client.post(address, image, content_type="image/jpeg")

    def show(self, *turns: float, colour: tuple[int, int, int] = RED) -> dict[str, Any]:
        for turn in turns:
            answer = self.send(head(turn, colour)).json()
        return answer

    def complete(self) -> Any:
        return self.client.post(url(self.attempt, "check-in/complete")).json()


@pytest.fixture
def page(api_of: Any, candidate: Any, attempt: Any) -> Page:
    return Page(api_of(candidate), attempt)


def views() -> list[tuple[str, str]]:
    return list(ReferenceFace._base_manager.values_list("view", "likeness"))


def test_who_turns_as_asked_goes_on_and_is_known_from_the_sides(page: Page) -> None:
    assert page.complete()["code"] == "liveness_missing"
    begun = page.begin()
    assert (begun["state"], begun["ask"], begun["tries_left"]) == ("going_on", "", 2)
    asked = page.show(AHEAD, AHEAD)
    assert (asked["ask"], asked["text"]) == ("left", "Turn your head slowly to your left.")
    held = page.show(LEFT, LEFT)
    assert held["text"].startswith("Held.") and held["ask"] == ""
    assert page.show(AHEAD, AHEAD)["ask"] == "right"
    page.show(RIGHT, RIGHT)
    assert page.show(AHEAD, AHEAD)["state"] == "moved"
    check = LivenessCheck._base_manager.get()
    assert liveness_words.in_words(check) == "moved as asked (own left 30°, own right 30°; 1 try)"
    assert views() == [("check_in", ""), ("left", "alike"), ("right", "alike")]
    assert not ReferenceFace._base_manager.exclude(view="check_in").exclude(photo_name="").exists()
    session = MonitoringSession._base_manager.get()
    known = context.of(session)
    assert len(known.references or ()) == 1
    assert [each.turn for each in known.sides] == [1, -1]
    entry = AuditEntry._base_manager.get(verb="session.liveness_settled")
    assert entry.detail == {"answer": "moved", "tries": 1}
    assert page.begin()["code"] == "settled"
    assert page.complete()["state"] == "ready"
    assert page.client.delete(url(page.attempt, "consent")).status_code == 204
    assert not ReferenceFace._base_manager.exists() and not LivenessCheck._base_manager.exists()


def test_a_still_photo_is_not_seen_to_move_and_nothing_follows(page: Page) -> None:
    for number in range(liveness.MOST_TRIES):
        page.begin()
        assert page.show(*[AHEAD] * 6)["state"] == "going_on"
        with clock.at(clock.now() + liveness.LASTS):
            answer = page.send(head()).json()
        assert answer["state"] == ("again" if number < 2 else "not_seen")
    assert "Nothing is held against you" in answer["text"]
    assert page.begin()["code"] == "settled"
    assert page.complete()["state"] == "ready"
    words = liveness_words.in_words(LivenessCheck._base_manager.get())
    assert words == "could not be seen (own left 0°, own right 0°; 3 tries)"


def test_a_film_with_the_other_turn_fails_the_try_and_leaves_no_views(page: Page) -> None:
    page.begin()
    page.show(AHEAD, AHEAD, LEFT, LEFT, AHEAD, AHEAD)
    assert views() == [("check_in", ""), ("left", "alike")]
    assert page.show(LEFT, LEFT)["state"] == "again"
    assert page.send(head()).json()["code"] == "challenge_over"
    assert page.client.delete(url(page.attempt, "liveness")).status_code == 204
    assert LivenessCheck._base_manager.get().answer == "not_seen"
    assert views() == [("check_in", "")]


def test_another_person_is_not_taken_for_the_one_on_the_photo(page: Page) -> None:
    page.begin()
    assert page.show(*[AHEAD] * 4, colour=BLUE)["ask"] == ""
    page.show(AHEAD, AHEAD)
    page.show(LEFT, LEFT, colour=BLUE)
    assert page.show(AHEAD, AHEAD, AHEAD, colour=BLUE)["turned"] == 0
    assert views() == [("check_in", "")]


def test_leaving_it_out_is_as_good_where_the_policy_does_not_ask_for_a_person(page: Page) -> None:
    page.begin()
    page.show(AHEAD)
    page.client.delete(url(page.attempt, "liveness"))
    assert liveness_words.in_words(LivenessCheck._base_manager.get()) == "not asked"
    assert page.complete()["state"] == "ready"


def test_a_person_looks_where_the_policy_says_so(api_of: Any, candidate: Any, attempt: Any) -> None:
    Policy._base_manager.update(liveness="required")
    page = Page(api_of(candidate), attempt)
    page.client.delete(url(attempt, "liveness"))
    assert page.complete()["code"] == "person_will_check"
    assert IdentityCheck._base_manager.get().reasons == ["liveness_not_asked"]


def test_sides_that_were_exchanged_both_times_are_told_to_a_person(
    api_of: Any, candidate: Any, attempt: Any
) -> None:
    Policy._base_manager.update(liveness="required")
    page = Page(api_of(candidate), attempt)
    page.begin()
    page.show(AHEAD, AHEAD, RIGHT, RIGHT, AHEAD, AHEAD, LEFT, LEFT)
    assert page.show(AHEAD, AHEAD)["state"] == "moved"
    words = liveness_words.in_words(LivenessCheck._base_manager.get())
    assert words.startswith("moved as asked, but to the other side both times: a camera that mirrors")
    assert views() == [("check_in", "")]
    assert page.complete()["code"] == "person_will_check"
    assert IdentityCheck._base_manager.get().reasons == ["liveness_mirrored"]


def test_without_face_comparison_it_is_asked_and_no_view_is_made(
    api_of: Any, candidate: Any, attempt: Any
) -> None:
    Policy._base_manager.update(reference_photo_required=False)
    page = Page(api_of(candidate), attempt, face_comparison=False)
    assert page.next == "liveness"
    page.begin()
    for turn in (AHEAD, LEFT, AHEAD, RIGHT, AHEAD):
        answer = page.show(turn, turn)
    assert answer["state"] == "moved" and views() == []


def test_what_is_refused(page: Page, api_of: Any, second_candidate: Any) -> None:
    assert page.send(head()).json()["code"] == "challenge_over"
    page.begin()
    assert page.send(head(), challenge="another").json()["code"] == "challenge_over"
    assert page.send(b"no picture").json()["field"] == "frame"
    assert page.send(head(), sequence="-1").json()["field"] == "sequence"
    page.show(AHEAD)
    again = page.send(head(), sequence=page.sequence)
    assert (again.status_code, again.json()["code"]) == (409, "old_look")
    before = page.challenge
    page.begin()  # the earlier one is spent
    assert page.send(head(), challenge=before).json()["code"] == "challenge_over"
    session = MonitoringSession._base_manager.get()
    recent.begin(session.pk)
    assert page.send(head()).status_code == 429
    recent.done(session.pk)
    stranger = Page.__new__(Page)
    stranger.__dict__ |= page.__dict__ | {"client": api_of(second_candidate)}
    assert stranger.send(head()).status_code == 404
    assert LivenessCheck._base_manager.get().course["looks"] == 0


def test_it_needs_the_consent_the_policy_and_the_notice_that_named_it(page: Page) -> None:
    page.begin()
    Policy._base_manager.update(document="optional")
    assert page.send(head()).json()["code"] == "notice_outdated"
    Policy._base_manager.update(document="off", liveness="off")
    assert page.begin()["code"] == "not_asked"
    assert page.client.delete(url(page.attempt, "liveness")).status_code == 409
    Policy._base_manager.update(liveness="optional")
    agree(page.client, page.attempt, camera=False, face_comparison=False)
    assert page.begin()["code"] == "consent_missing"


def test_a_new_photo_asks_anew(page: Page) -> None:
    page.client.delete(url(page.attempt, "liveness"))
    assert photo(page.client, page.attempt, frame(RED, seed=3)).json()["ok"]
    assert page.complete()["code"] == "liveness_missing"


def test_the_notice_names_it_only_where_it_is_asked(policy: Policy) -> None:
    with within(policy.institution):
        asked = notice.wording(policy.institution, policy)
        assert (
            "asked to turn your head" in asked and "description of your face is made from each side" in asked
        )
        assert "or without turning your head" in asked
        assert "turn your head" not in notice.wording(policy.institution, Policy(liveness="off"))
        assert "a person looks instead" not in asked
        required = notice.wording(policy.institution, Policy(liveness="required"))
        assert "When you leave it out, or it was not seen as asked, a person looks instead." in required


def test_a_challenge_is_over_after_its_minute(page: Page) -> None:
    page.begin()
    with clock.at(clock.now() + liveness.LASTS - timedelta(seconds=2)):
        assert page.show(AHEAD)["state"] == "going_on"
    assert LivenessCheck._base_manager.get().failed == 0
