"""Announcements on the sockets: at once to those they are for, and after a gap to those who come back."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tenancy import within
from exams import states
from exams.delivery import announcements
from exams.models import Announcement, Attempt, Question
from tests.channels.conftest import in_thread
from tests.factories.exams import enrol, make_attempt
from tests.papers import items

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")]


def candidates(attempt: Attempt) -> str:
    return f"/ws/attempts/{attempt.pk}/"


def proctors(sitting: Any) -> str:
    return f"/ws/i/{sitting.institution.slug}/sittings/{sitting.pk}/"


def announce(sitting: Any, actor: User, text: str, **more: Any) -> Announcement:
    with within(sitting.institution):
        return announcements.announce(sitting, actor=actor, text=text, **more)


def acknowledge(attempt: Attempt, announcement: Announcement, candidate: User) -> None:
    with within(attempt.institution):
        announcements.acknowledge(attempt, announcement.pk, candidate=candidate)


async def test_everybody_hears_at_once_and_proctors_hear_who_has_read(
    connect: Any, sitting: Any, attempt: Attempt, candidate: User, second_candidate: User, proctor: User
) -> None:
    waiting = await in_thread(lambda: make_attempt(enrol(sitting, second_candidate), state=states.READY))
    pages = [
        await connect(candidate, candidates(attempt)),
        await connect(second_candidate, candidates(waiting)),
    ]
    wall = await connect(proctor, proctors(sitting))
    for page in (*pages, wall):
        await page.receive("hello")
    announcement = await in_thread(announce, sitting, proctor, "Scratch paper is allowed.")
    for page in pages:
        [view] = (await page.event("announcement.made"))["payload"]["announcements"]
        assert (view["id"], view["text"], view["unread"]) == (
            announcement.pk,
            "Scratch paper is allowed.",
            True,
        )
    assert (await wall.event("announcement.made"))["payload"] == {"announcement": announcement.pk}
    await in_thread(acknowledge, attempt, announcement, candidate)
    [view] = (await pages[0].event("announcement.acknowledged"))["payload"]["announcements"]
    assert view["unread"] is False  # so that another device of theirs puts it away
    heard = await wall.event("announcement.acknowledged")
    assert (heard["attempt"], heard["payload"]) == (attempt.pk, {"announcement": announcement.pk})


async def test_a_page_that_comes_back_is_told_what_it_missed(
    connect: Any, sitting: Any, attempt: Attempt, candidate: User, proctor: User
) -> None:
    await in_thread(announce, sitting, proctor, "While you were away")
    page = await connect(candidate, candidates(attempt))
    [view] = (await page.event("announcement.shown"))["payload"]["announcements"]
    assert (view["text"], view["unread"]) == ("While you were away", True)


async def test_a_clarification_goes_to_those_who_have_the_question(
    connect: Any, sitting: Any, attempt: Attempt, candidate: User, second_candidate: User, proctor: User
) -> None:
    other = await in_thread(lambda: make_attempt(enrol(sitting, second_candidate)))

    def take_away() -> Question:
        with within(sitting.institution):
            question = items(attempt)[0].version.question
            other.paper.filter(version__question=question).delete()
            return question

    question = await in_thread(take_away)
    own = await connect(candidate, candidates(attempt))
    others = await connect(second_candidate, candidates(other))
    await own.receive("hello")
    await others.receive("hello")
    await in_thread(announce, sitting, proctor, "Use g = 10.", question=question)
    await in_thread(announce, sitting, proctor, "To all")
    [view] = (await own.event("announcement.made"))["payload"]["announcements"]
    assert (view["text"], view["position"]) == ("Use g = 10.", 1)
    [view] = (await others.event("announcement.made"))["payload"]["announcements"]
    assert view["text"] == "To all"


async def test_a_correction_brings_the_old_text_as_replaced(
    connect: Any, sitting: Any, attempt: Attempt, candidate: User, proctor: User
) -> None:
    old = await in_thread(announce, sitting, proctor, "g = 9")
    page = await connect(candidate, candidates(attempt))
    await page.event("announcement.shown")

    def correct() -> None:
        with within(sitting.institution):
            announcements.correct(old, actor=proctor, text="g = 10")

    await in_thread(correct)
    views = (await page.event("announcement.corrected"))["payload"]["announcements"]
    assert [(view["text"], view["standing"]) for view in views] == [
        ("g = 9", "replaced"),
        ("g = 10", "in_force"),
    ]
