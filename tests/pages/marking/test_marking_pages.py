"""Marking as a marker sees it: number instead of name, save and next, undo, blind second marks, decisions."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.roles import Role
from exams.models import MarkingPhrase, MarkingRound, Rubric, Sitting
from tests.factories.accounts import make_member
from tests.factories.exams import make_exam, make_sitting
from tests.factories.marking import answer_of, hand_in, item_of, make_round

Browser = Callable[..., Client]


@pytest.fixture
def sitting(scoped: Institution, candidate: User, second_candidate: User) -> Sitting:
    made = make_sitting(make_exam(scoped, kinds=("essay",), points=5))
    hand_in(made, candidate, essay="The first text.")
    hand_in(made, second_candidate, essay="<b>The second</b> text.")
    return made


@pytest.fixture
def marker(institution: Institution) -> User:
    return make_member(institution, Role.REVIEWER, name="Max Marker")


def base(round_: MarkingRound) -> str:
    return f"/i/north-college/marking/rounds/{round_.pk}/"


def test_save_and_next_until_nothing_is_left(
    sitting: Sitting, author: User, officer: User, browser_of: Browser
) -> None:
    round_ = make_round(sitting, [author], actor=officer)
    client, first = browser_of(author), round_.answers.get(number=1)
    assert base(round_) in client.get("/i/north-college/marking/").content.decode()
    start = f"{base(round_)}questions/{first.question_id}/next/"
    page = client.get(start, follow=True)
    text = page.content.decode()
    assert page.redirect_chain == [(f"{base(round_)}answers/{first.pk}/", 302)]
    assert "Candidate 1" in text and "2 left for you" in text
    assert "Carla" not in text and "David" not in text
    page = client.post(page.redirect_chain[-1][0], {"points": "4", "comment": "Well."}, follow=True)
    assert "Candidate 2" in page.content.decode() and "Saved: candidate 1." in page.content.decode()
    second = round_.answers.get(number=2)
    page = client.post(f"{base(round_)}answers/{second.pk}/", {"points": "2"}, follow=True)
    assert page.request["PATH_INFO"] == base(round_)
    assert "Nothing is left for you to mark in this question." in page.content.decode()
    page = client.post(f"{base(round_)}answers/{second.pk}/undo/", follow=True)
    assert "Undone." in page.content.decode()
    assert round_.answers.get(number=2).reading_count == 0


def test_answers_are_escaped_and_bad_points_are_named(
    sitting: Sitting, author: User, officer: User, browser_of: Browser
) -> None:
    round_ = make_round(sitting, [author], actor=officer)
    client = browser_of(author)
    for answer in round_.answers.all():
        address = f"{base(round_)}answers/{answer.pk}/"
        assert b"<b>The second" not in client.get(address).content
        page = client.post(address, {"points": "6", "comment": "<script>x</script>"})
        assert page.status_code == 400
        text = page.content.decode()
        assert "Give points from 0 to 5" in text and 'aria-invalid="true"' in text
        assert 'value="6"' in text and "<script>x" not in text


def test_the_second_marker_sees_nothing_of_the_first(
    sitting: Sitting, author: User, marker: User, officer: User, browser_of: Browser
) -> None:
    round_ = make_round(sitting, [author, marker], actor=officer, second_share=100, moderators=[officer])
    answer = round_.answers.get(number=1)
    address = f"{base(round_)}answers/{answer.pk}/"
    browser_of(author).post(address, {"points": "0", "comment": "Seen before."})
    second = browser_of(marker)
    text = second.get(address).content.decode()
    assert "Seen before." not in text and "Arno" not in text
    second.post(address, {"points": "5"})
    assert second.get(f"{base(round_)}differences/").status_code == 403
    decides = browser_of(officer)
    assert "to decide" in decides.get(f"{base(round_)}differences/").content.decode()
    text = decides.get(address).content.decode()
    assert "Seen before." in text and "Max Marker" in text
    assert decides.post(address, {"points": "3"}).status_code == 400
    page = decides.post(address, {"points": "3", "reason": "Between both."}, follow=True)
    assert "Between both." in page.content.decode()
    assert "differ" in decides.get(base(round_)).content.decode()
    assert item_of(answer.item.attempt, "essay").mark.points == 3


def test_an_answer_that_somebody_has_open_says_so(
    sitting: Sitting, author: User, marker: User, officer: User, browser_of: Browser
) -> None:
    round_ = make_round(sitting, [author, marker], actor=officer)
    first = round_.answers.get(number=1)
    browser_of(author).get(f"{base(round_)}answers/{first.pk}/")
    other = browser_of(marker)
    text = other.get(f"{base(round_)}answers/{first.pk}/").content.decode()
    assert "Arno Author has this answer open" in text and 'id="mark-form"' not in text
    page = other.get(f"{base(round_)}questions/{first.question_id}/next/", follow=True)
    assert "Candidate 2" in page.content.decode()


def test_phrases_are_kept_and_deleted(
    sitting: Sitting, author: User, marker: User, officer: User, browser_of: Browser
) -> None:
    round_ = make_round(sitting, [author], actor=officer)
    answer = round_.answers.get(number=1)
    client = browser_of(author)
    body = {"points": "1", "comment": "Give an example.", "keep_phrase": "1"}
    client.post(f"{base(round_)}answers/{answer.pk}/", body)
    phrase = MarkingPhrase.objects.get()
    assert "Give an example." in client.get("/i/north-college/marking/phrases/").content.decode()
    browser_of(marker).post("/i/north-college/marking/phrases/", {"phrase": phrase.pk})
    assert MarkingPhrase.objects.exists()
    client.post("/i/north-college/marking/phrases/", {"phrase": phrase.pk})
    assert not MarkingPhrase.objects.exists()


def test_an_officer_opens_a_round(
    sitting: Sitting, author: User, officer: User, marker: User, browser_of: Browser
) -> None:
    client = browser_of(officer)
    address = f"/i/north-college/marking/new/{sitting.pk}/"
    assert "2 to mark" in client.get(address).content.decode()
    question = item_of(sitting.enrolments.first().attempts.get(), "essay").version.question_id
    body = {"title": "Essays", "questions": [question], "second_share": "50", "threshold": "10"}
    assert "Choose at least one marker." in client.post(address, body).content.decode()
    refused = client.post(address, body | {"markers": [author.pk]})
    assert "Marking twice needs at least two markers." in refused.content.decode()
    assert not MarkingRound.objects.exists()
    page = client.post(address, body | {"markers": [author.pk, marker.pk]}, follow=True)
    assert "The round is open." in page.content.decode()
    assert MarkingRound.objects.get().is_anonymous is False
    page = client.post(f"{base(MarkingRound.objects.get())}state/", {"verb": "close"}, follow=True)
    assert "The round is closed." in page.content.decode()


def test_a_rubric_is_written_as_lines(sitting: Sitting, author: User, browser_of: Browser) -> None:
    version = item_of(sitting.enrolments.first().attempts.get(), "essay").version
    client, address = browser_of(author), f"/i/north-college/marking/rubrics/{version.pk}/"
    for text, words in (
        ("2: level first", "Line 1: a level needs a criterion above it."),
        ("Argument\n1: only one", "Criterion 1: Give each criterion at least two levels."),
        ("Argument\n1: one\n9999: two", "Criterion 1, level 2: Points are"),
    ):
        refused = client.post(address, {"rubric": text})
        assert refused.status_code == 400
        assert words in refused.content.decode().replace("levels 1", "level 1")
    client.post(address, {"rubric": "Argument\n0: none\n2,5: good\n\nLanguage\n0: poor\n1: fine"})
    assert [each["title"] for each in Rubric.objects.get().criteria] == ["Argument", "Language"]
    assert "2.50: good" in client.get(address).content.decode()
    client.post(address, {"rubric": " "})
    assert "markers give points freely" in client.get(address).content.decode()


def test_rounds_of_another_institution_do_not_exist(
    sitting: Sitting, author: User, officer: User, foreign_officer: User, browser_of: Browser
) -> None:
    round_ = make_round(sitting, [author], actor=officer)
    answer = answer_of(round_, sitting.enrolments.first().attempts.get())
    client = browser_of(foreign_officer)
    for part in ("", f"answers/{answer.pk}/", "markers/", "differences/"):
        assert client.get(f"/i/south-school/marking/rounds/{round_.pk}/{part}").status_code == 404
    assert client.get(f"/i/south-school/marking/new/{sitting.pk}/").status_code == 404
