"""Results as the exam office and the candidate see them."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Institution, User
from exams import states
from exams.marking import releases
from exams.models import Attempt, ResultPolicy, Sitting
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.marking import hand_in, item_of

Browser = Callable[..., Client]
HERE = "/i/north-college/results/"


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    return make_sitting(make_exam(scoped, kinds=("true_false", "short_answer"), points=5))


@pytest.fixture
def attempt(sitting: Sitting, candidate: User) -> Attempt:
    return hand_in(sitting, candidate, true_false=True, short_answer="<i>Wien</i>")


def test_the_office_finds_a_sitting_and_changes_a_mark(
    sitting: Sitting, attempt: Attempt, officer: User, reviewer: User, browser_of: Browser
) -> None:
    client = browser_of(officer)
    assert f"{HERE}{sitting.pk}/" in client.get(HERE).content.decode()
    text = client.get(f"{HERE}{sitting.pk}/?q=carla&sort=-points&only=passed").content.decode()
    assert "Carla Candidate" in text and "5.00 of 10.00" in text and "&lt;" not in text.split("<table")[0]
    address = f"{HERE}attempts/{attempt.pk}/"
    text = client.get(address).content.decode()
    assert "<i>Wien" not in text and "Change this mark" in text
    item = item_of(attempt, "short_answer")
    refused = client.post(address, {"item": item.pk, "points": "9", "reason": "Right in spirit."})
    assert refused.status_code == 400 and "Give points from 0 to 5" in refused.content.decode()
    assert "Right in spirit." in refused.content.decode()
    body = {"item": item.pk, "points": "2,5", "reason": "Right in spirit.", "comment": "Mind the tags."}
    text = client.post(address, body, follow=True).content.decode()
    assert "7.50" in text and "0.00 → 2.50" in text and "Right in spirit." in text
    assert browser_of(reviewer).get(address).content.decode().count("Change this mark") == 0
    assert browser_of(reviewer).post(address, body).status_code == 403


@pytest.mark.parametrize(
    "query", ["?page=99&sort=up", "?sort=-", "?only=x&page=x", "?q=" + "a" * 5000, "?q=%00"]
)
def test_odd_addresses_show_the_table(
    sitting: Sitting, attempt: Attempt, officer: User, browser_of: Browser, query: str
) -> None:
    assert browser_of(officer).get(f"{HERE}{sitting.pk}/{query}").status_code == 200


def test_what_was_not_handed_in_is_said_and_can_be_accepted_with_a_reason(
    sitting: Sitting, candidate: User, officer: User, reviewer: User, browser_of: Browser
) -> None:
    left = make_attempt(enrol(sitting, candidate), state=states.ABANDONED)
    client, address = browser_of(officer), f"{HERE}attempts/{left.pk}/"
    assert "not handed in" in client.get(f"{HERE}{sitting.pk}/?only=abandoned").content.decode()
    assert (
        "1, not included unless you accept it" in client.get(f"{HERE}{sitting.pk}/release/").content.decode()
    )
    text = client.get(address).content.decode()
    assert "Accept as handed in" in text and "Change this mark" not in text
    assert "Accept as handed in" not in browser_of(reviewer).get(address).content.decode()
    refused = client.post(f"{address}accept/", {"reason": " "}, follow=True).content.decode()
    assert "Not accepted: Say why, in a few words." in refused
    done = client.post(f"{address}accept/", {"reason": "Power cut in the hall"}, follow=True)
    assert "Accepted as handed in." in done.content.decode()
    left.refresh_from_db()
    assert (left.state, left.ended_by) == (states.SUBMITTED, "officer")


def test_release_and_withdrawal(
    sitting: Sitting, attempt: Attempt, candidate: User, officer: User, browser_of: Browser
) -> None:
    client, own = browser_of(officer), browser_of(candidate)
    own_page = f"/i/north-college/attempts/{attempt.pk}/result/"
    assert "No result to see yet" in own.get(own_page).content.decode()
    assert "See your result" not in own.get("/").content.decode()
    page = f"{HERE}{sitting.pk}/release/"
    assert "Release to 1 candidate" in client.get(page).content.decode()
    assert "The results are released." in client.post(page, follow=True).content.decode()
    text = own.get(own_page).content.decode()
    assert "<strong>5.00</strong> of 10.00 points, 50.00&nbsp;%" in text and "passed" in text
    assert "Question by question" not in text
    assert own_page in own.get("/").content.decode()
    assert own_page in own.get(f"/i/north-college/attempts/{attempt.pk}/done/").content.decode()
    assert "All results are released as they are now." in client.post(page).content.decode()
    withdraw = f"{HERE}{sitting.pk}/withdraw/"
    assert "Not withdrawn" in client.post(withdraw, {"reason": ""}, follow=True).content.decode()
    assert "are withdrawn" in client.post(withdraw, {"reason": "Wrong key."}, follow=True).content.decode()
    assert "No result to see yet" in own.get(own_page).content.decode()
    assert "Wrong key." not in own.get(own_page).content.decode()


def test_the_candidate_sees_what_the_policy_allows_and_it_is_escaped(
    sitting: Sitting, attempt: Attempt, candidate: User, officer: User, browser_of: Browser
) -> None:
    releases.release(sitting, actor=officer)
    client, page = browser_of(officer), f"{HERE}policies/{sitting.exam_id}/"
    refused = client.post(page, {"shows_total": "on", "shows_key": "on"})
    assert refused.status_code == 400 and "choose those as well" in refused.content.decode()
    assert client.post(page, {"shows_total": "on", "not_before": "soon"}).status_code == 400
    assert not ResultPolicy.objects.exists()
    chosen = dict.fromkeys(("shows_total", "shows_answers", "shows_marks"), "on")
    assert "Saved." in client.post(page, chosen, follow=True).content.decode()
    text = browser_of(candidate).get(f"/i/north-college/attempts/{attempt.pk}/result/").content.decode()
    assert "Your answer" in text and "&lt;i&gt;Wien" in text and "Right answer" not in text


def test_nobody_else_sees_a_result(
    sitting: Sitting, attempt: Attempt, second_candidate: User, officer: User, browser_of: Browser
) -> None:
    releases.release(sitting, actor=officer)
    page = f"/i/north-college/attempts/{attempt.pk}/result/"
    for person in (second_candidate, officer):
        assert browser_of(person).get(page).status_code == 404


def test_a_page_takes_few_queries_however_many_attempts(
    sitting: Sitting,
    attempt: Attempt,
    officer: User,
    browser_of: Browser,
    django_assert_max_num_queries: Callable,
) -> None:
    from accounts.roles import Role
    from tests.factories.accounts import make_member

    for _ in range(12):
        hand_in(sitting, make_member(sitting.institution, Role.CANDIDATE), true_false=True)
    client = browser_of(officer)
    with django_assert_max_num_queries(24):
        assert client.get(f"{HERE}{sitting.pk}/?sort=-points").status_code == 200
