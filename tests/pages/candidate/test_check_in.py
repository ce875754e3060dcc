"""Check-in: the whole notice with two equal ways, and the step at which it goes on."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.models import Attempt
from proctoring.identity import consent as consents
from proctoring.identity import notice as notices
from proctoring.models import Notice, Policy
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page

BrowserOf = Callable[..., Client]


@pytest.fixture
def attempt(institution: Institution, candidate: User) -> Attempt:
    return make_attempt(enrol(make_sitting(make_exam(institution)), candidate), state=states.CHECKING_IN)


def make_policy(institution: Institution, **fields: bool | str) -> None:
    with within(institution):
        Policy.objects.create(institution=institution, name="Own", is_default=True, **fields)


def choose(attempt: Attempt, *, camera: bool, face_comparison: bool = False) -> None:
    with within(attempt.institution):
        read = notices.for_attempt(attempt).version
        user = attempt.enrolment.candidate
        consents.give(attempt, candidate=user, notice=read, camera=camera, face_comparison=face_comparison)


def test_the_whole_notice_is_shown_with_its_version(
    attempt: Attempt, candidate: User, browser_of: BrowserOf
) -> None:
    answer = browser_of(candidate).get(attempt_page(attempt, "check-in"))
    with within(attempt.institution):
        notice = Notice.objects.get()
    shown = "\n\n".join(f"{heading}\n{text}" for heading, text in answer.context["paragraphs"])
    assert shown == notice.body
    assert f"version {notice.version}" in answer.content.decode()


def test_both_ways_are_offered_and_neither_is_chosen(
    attempt: Attempt, candidate: User, browser_of: BrowserOf
) -> None:
    text = browser_of(candidate).get(attempt_page(attempt, "check-in")).content.decode()
    for name in ("camera", "face_comparison"):
        assert text.count(f'name="{name}" value="yes"') == 1
        assert text.count(f'name="{name}" value="no"') == 1
    assert re.findall(r"<input[^>]*checked", text) == []


def test_without_reference_photo_the_face_is_not_asked_for(
    institution: Institution, attempt: Attempt, candidate: User, browser_of: BrowserOf
) -> None:
    make_policy(institution, reference_photo_required=False)
    text = browser_of(candidate).get(attempt_page(attempt, "check-in")).content.decode()
    assert 'name="camera"' in text
    assert 'name="face_comparison"' not in text


def test_a_voice_is_offered_after_the_choice_in_the_language_of_the_exam(
    institution: Institution, attempt: Attempt, candidate: User, browser_of: BrowserOf
) -> None:
    exam = attempt.enrolment.sitting.exam
    exam.language = "de-AT"
    exam.save()
    make_policy(institution, sound=True, voice_enrolment="optional")
    text = browser_of(candidate).get(attempt_page(attempt, "check-in")).content.decode()
    assert '<blockquote class="reading-text" lang="de">Am Morgen' in text and 'data-need="8"' in text
    assert 'data-voice=""' in text
    with within(institution):
        read = notices.for_attempt(attempt).version
        choice = {"camera": True, "face_comparison": False, "microphone": True, "voice_comparison": True}
        consents.give(attempt, candidate=candidate, notice=read, **choice)
    again = browser_of(candidate).get(attempt_page(attempt, "check-in"))
    assert again.context["step"] == "device" and 'data-voice="yes"' in again.content.decode()


def test_an_exam_without_camera_asks_nothing(
    institution: Institution, attempt: Attempt, candidate: User, browser_of: BrowserOf
) -> None:
    make_policy(institution, camera_required=False)
    text = browser_of(candidate).get(attempt_page(attempt, "check-in")).content.decode()
    assert "This exam is taken without camera." in text
    assert 'name="camera"' not in text


@pytest.mark.parametrize(
    ("choice", "step", "after"),
    [
        (None, "notice", ""),
        ({"camera": True, "face_comparison": True}, "device", "reference_photo"),
        ({"camera": True}, "device", "person_will_check"),
        ({"camera": False}, "person", "person_will_check"),
    ],
)
def test_it_goes_on_where_it_was_left(
    choice: dict[str, bool] | None,
    step: str,
    after: str,
    attempt: Attempt,
    candidate: User,
    browser_of: BrowserOf,
) -> None:
    if choice is not None:
        choose(attempt, **choice)
    context = browser_of(candidate).get(attempt_page(attempt, "check-in")).context
    assert (context["step"], context["next"]) == (step, after)


def test_opening_the_page_changes_no_state(
    institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(institution)), candidate), state=states.SCHEDULED)
    assert browser_of(candidate).get(attempt_page(attempt, "check-in")).status_code == 200
    attempt.refresh_from_db()
    assert attempt.state == states.SCHEDULED


@pytest.mark.parametrize("watched", ["on", "off"])
def test_how_one_sits_is_measured_only_where_looking_away_is_watched(
    attempt: Attempt, candidate: User, browser_of: BrowserOf, watched: str
) -> None:
    make_policy(attempt.institution, looking_away=watched)
    text = browser_of(candidate).get(attempt_page(attempt, "check-in")).content.decode()
    is_on = watched == "on"
    assert ('id="step-baseline"' in text) is is_on
    assert ("how you usually hold your head" in text) is is_on
    assert ("Use this photo and go on" in text) is is_on


@pytest.mark.parametrize(("sound", "word"), [(True, "needed"), (False, "check")])
def test_a_microphone_is_needed_only_where_the_exam_listens(
    attempt: Attempt, candidate: User, browser_of: BrowserOf, sound: bool, word: str
) -> None:
    make_policy(attempt.institution, sound=sound)
    text = browser_of(candidate).get(attempt_page(attempt, "check-in")).content.decode()
    assert f'data-microphone="{word}"' in text
    assert ("Not captured in this exam" in text) is not sound
