"""The page on which proctors and exam officers announce: checked first, sent once, corrected, withdrawn."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tenancy import within
from exams.delivery import announcements
from exams.models import Announcement, Attempt, Exam, Sitting
from proctoring.models import ReadyText
from tests.watched_sitting import more_attempts

BrowserOf = Callable[..., Client]


def url(sitting: Sitting, tail: str = "") -> str:
    return f"/i/north-college/sittings/{sitting.pk}/announcements/{tail}"


def made(sitting: Sitting) -> list[Announcement]:
    with within(sitting.institution):
        return list(Announcement.objects.filter(sitting=sitting).select_related("author").order_by("id"))


def fields(client: Client, address: str, **more: Any) -> dict[str, Any]:
    """What a browser would send: the fields of the form as the page has them, with `more` typed in."""
    form = client.get(address).context["form"]
    first = {field.html_name: field.value() or "" for field in form}
    return {**first, "question": "everybody", **more}


def announce(sitting: Sitting, actor: User, text: str = "Hello") -> Announcement:
    with within(sitting.institution):
        return announcements.announce(sitting, actor=actor, text=text)


@pytest.mark.parametrize("who", ["proctor", "officer"])
def test_it_is_looked_at_then_sent_once(
    request: Any, browser_of: BrowserOf, sitting: Sitting, attempt: Attempt, who: str
) -> None:
    actor = request.getfixturevalue(who)
    client = browser_of(actor)
    typed = fields(client, url(sitting), text="First line\r\n<b>second</b>")
    check = client.post(url(sitting), typed | {"step": "look"})
    assert made(sitting) == []
    page = check.content.decode()
    assert "Announce to 1 candidate<" in page
    assert "&lt;b&gt;second&lt;/b&gt;" in page
    for _ in range(2):  # a double click, or a page sent again
        sent = client.post(url(sitting), typed | {"step": "send"})
        assert (sent.status_code, sent["Location"]) == (302, url(sitting))
    [announcement] = made(sitting)
    assert (announcement.text, announcement.author) == ("First line\n<b>second</b>", actor)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"text": ""}, "text", "Write what you want to announce."),
        ({"text": " \r\n "}, "text", "Write what you want to announce."),
        ({"text": "x" * 2001}, "text", "At most 2000 characters; these are 2001."),
        ({"text": "Hello", "question": "999999"}, "question", "does not belong to the exam"),
    ],
    ids=["empty", "blank", "long", "foreign"],
)
def test_the_page_says_what_is_wrong_and_keeps_the_text(
    browser_of: BrowserOf,
    sitting: Sitting,
    attempt: Attempt,
    proctor: User,
    typed: dict[str, str],
    field: str,
    words: str,
) -> None:
    client = browser_of(proctor)
    answer = client.post(url(sitting), fields(client, url(sitting), **typed) | {"step": "send"})
    assert words in " ".join(answer.context["form"].errors[field])
    assert answer.context["form"]["text"].value() == typed["text"]
    assert made(sitting) == []


def test_when_nobody_would_read_it_the_page_says_so(
    browser_of: BrowserOf, sitting: Sitting, proctor: User
) -> None:
    client = browser_of(proctor)
    answer = client.post(url(sitting), fields(client, url(sitting), text="Hello") | {"step": "look"})
    assert "Nobody would read it" in answer.content.decode()


def test_a_text_can_be_used_again_below_what_is_typed(
    browser_of: BrowserOf, sitting: Sitting, attempt: Attempt, proctor: User
) -> None:
    announce(sitting, proctor, "Earlier text")
    client = browser_of(proctor)
    answer = client.post(url(sitting), fields(client, url(sitting), text="Typed") | {"take": "0"})
    assert answer.context["form"]["text"].value() == "Typed\n\nEarlier text"
    assert len(made(sitting)) == 1


def test_ready_texts_of_the_institution_are_offered_in_the_language_of_the_exam(
    browser_of: BrowserOf, sitting: Sitting, attempt: Attempt, proctor: User
) -> None:
    with within(sitting.institution):
        Exam.objects.filter(pk=sitting.exam_id).update(language="de")
        ready = ReadyText.objects.filter(kind="announce").order_by("order")
        ready.filter(pk=ready[1].pk).update(is_active=False)
        ReadyText.objects.filter(pk=ready[0].pk).update(texts={"en": "Own words", "de": "Eigene Worte"})
    page = browser_of(proctor).get(url(sitting))
    assert page.context["texts"] == [
        "Eigene Worte",
        "Im Gebäude gibt es eine Störung. Bitte arbeiten Sie weiter; wir kümmern uns darum.",
    ]


def test_back_to_the_text_loses_nothing(
    browser_of: BrowserOf, sitting: Sitting, attempt: Attempt, proctor: User
) -> None:
    client = browser_of(proctor)
    typed = fields(client, url(sitting), text="Hello")
    answer = client.post(url(sitting), typed | {"step": "edit"})
    assert answer.context["form"]["text"].value() == "Hello"
    assert str(answer.context["form"]["key"].value()) == str(typed["key"])


def test_a_correction_by_somebody_else_meanwhile(
    browser_of: BrowserOf, sitting: Sitting, attempt: Attempt, proctor: User, officer: User
) -> None:
    old = announce(sitting, proctor)
    client = browser_of(proctor)
    address = url(sitting, f"?corrects={old.pk}")
    assert client.get(address).context["form"]["text"].value() == "Hello"
    typed = fields(client, address, text="Better")
    with within(sitting.institution):
        announcements.correct(old, actor=officer, text="Best")
    answer = client.post(url(sitting), typed | {"step": "send"})
    assert "Somebody has corrected this announcement already." in answer.content.decode()
    assert answer.context["form"]["text"].value() == "Better"
    assert [each.text for each in made(sitting)] == ["Hello", "Best"]


def test_correcting_and_withdrawing_by_the_page(
    browser_of: BrowserOf, sitting: Sitting, attempt: Attempt, proctor: User
) -> None:
    old = announce(sitting, proctor)
    client = browser_of(proctor)
    typed = fields(client, url(sitting, f"?corrects={old.pk}"), text="Better")
    assert "It replaces this text" in client.post(url(sitting), typed | {"step": "look"}).content.decode()
    client.post(url(sitting), typed | {"step": "send"})
    _, new = made(sitting)
    assert new.replaces_id == old.pk
    assert "Better" in client.get(url(sitting, f"{new.pk}/withdraw/")).content.decode()
    client.post(url(sitting, f"{new.pk}/withdraw/"))
    assert made(sitting)[-1].withdrawn_by_id == proctor.pk
    page = client.get(url(sitting, "?part=list")).content.decode()
    assert re.findall(r'data-standing="(\w+)"', page) == ["withdrawn", "replaced"]


def test_the_list_counts_readers(
    browser_of: BrowserOf,
    sitting: Sitting,
    attempt: Attempt,
    candidate: User,
    second_candidate: User,
    proctor: User,
) -> None:
    more_attempts(sitting, [second_candidate])
    announcement = announce(sitting, proctor)
    with within(sitting.institution):
        announcements.acknowledge(attempt, announcement.pk, candidate=candidate)
    client = browser_of(proctor)
    for address in (url(sitting), url(sitting, "?part=list"), f"/i/north-college/watch/{sitting.pk}/"):
        assert "Read by 1 of 2" in client.get(address).content.decode()


@pytest.mark.parametrize("number", ["999999", "9" * 30, "x"])
def test_an_announcement_of_another_sitting_is_not_found(
    browser_of: BrowserOf, sitting: Sitting, proctor: User, number: str
) -> None:
    client = browser_of(proctor)
    assert client.get(url(sitting, f"?corrects={number}")).status_code == 404
    assert client.get(url(sitting, f"{number}/withdraw/")).status_code == 404
