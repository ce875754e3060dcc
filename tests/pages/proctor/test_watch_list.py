"""The list of sittings that a person may watch."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution, User
from exams import states
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from proctoring.models import Incident
from proctoring.pages.watch_list import MOST_EACH
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.watched_sitting import more_attempts

URL = "/i/north-college/watch/"
BrowserOf = Callable[..., Client]


def titles(client: Client) -> list[str]:
    parts = client.get(URL).context["parts"]
    return [row.sitting.title for _, _, rows in parts for row in rows]


def test_a_proctor_sees_own_sittings_only(
    browser_of: BrowserOf, sitting: Sitting, institution: Institution, proctor: User, second_proctor: User
) -> None:
    make_sitting(sitting.exam, proctors=[second_proctor], title="Not mine")
    assert titles(browser_of(proctor)) == ["Autumn"]


def test_an_exam_officer_sees_every_sitting_of_the_institution(
    browser_of: BrowserOf, sitting: Sitting, officer: User, other_institution: Institution
) -> None:
    make_sitting(sitting.exam, title="Spring")
    make_sitting(make_exam(other_institution), title="Foreign")
    assert sorted(titles(browser_of(officer))) == ["Autumn", "Spring"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("proctor", 200),
        ("officer", 200),
        ("admin_member", 200),
        ("candidate", 403),
        ("reviewer", 403),
        ("author", 403),
        ("stranger", 404),
        ("foreign_proctor", 404),
        ("foreign_officer", 404),
    ],
)
def test_who_may_open_it(
    request: pytest.FixtureRequest, browser_of: BrowserOf, sitting: Sitting, who: str, status: int
) -> None:
    assert browser_of(request.getfixturevalue(who)).get(URL).status_code == status


def test_signed_out_people_are_asked_to_sign_in(browser_of: BrowserOf, institution: Institution) -> None:
    answer = browser_of(None).get(URL)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/login/")


def test_without_a_sitting_it_says_what_happens_next(browser_of: BrowserOf, proctor: User) -> None:
    page = browser_of(proctor).get(URL).content.decode()
    assert "You are not assigned to a sitting yet." in page


def test_counts_say_where_the_candidates_are(
    browser_of: BrowserOf,
    sitting: Sitting,
    proctor: User,
    attempt: Attempt,
    incident: Incident,
    second_candidate: User,
    officer: User,
) -> None:
    make_attempt(enrol(sitting, second_candidate), state=states.PAUSED)
    enrol(sitting, officer)
    ((_, _, rows), *_) = browser_of(proctor).get(URL).context["parts"]
    row = rows[0]
    found = (row.enrolled, row.in_progress, row.paused, row.checking_in, row.finished, row.unreviewed)
    assert found == (3, 1, 1, 0, 0, 1)


def test_sittings_stand_under_now_coming_and_over(
    browser_of: BrowserOf, sitting: Sitting, proctor: User
) -> None:
    now = clock.now()
    for title, days in (("Next week", 7), ("Last week", -7)):
        opens = now + timedelta(days=days)
        times = {"opens_at": opens, "closes_at": opens + timedelta(hours=2)}
        make_sitting(sitting.exam, proctors=[proctor], title=title, **times)
    parts = browser_of(proctor).get(URL).context["parts"]
    found = {key: [row.sitting.title for row in rows] for key, _, rows in parts}
    assert found == {"now": ["Autumn"], "coming": ["Next week"], "over": ["Last week"]}


def test_a_closed_sitting_with_somebody_still_working_stays_under_now(
    browser_of: BrowserOf, sitting: Sitting, proctor: User, candidate: User
) -> None:
    opens = clock.now() - timedelta(hours=5)
    times = {"opens_at": opens, "closes_at": opens + timedelta(hours=4)}
    late = make_sitting(sitting.exam, proctors=[proctor], title="Extra time", **times)
    make_attempt(enrol(late, candidate))
    ((_, _, rows), *_) = browser_of(proctor).get(URL).context["parts"]
    assert [row.sitting.title for row in rows] == ["Autumn", "Extra time"]


def test_times_are_in_the_readers_zone_with_the_sittings_zone_named(
    browser_of: BrowserOf, institution: Institution, proctor: User
) -> None:
    opens = clock.now().replace(year=2027, month=3, day=1, hour=9, minute=0, second=0, microsecond=0)
    make_sitting(
        make_exam(institution),
        proctors=[proctor],
        opens_at=opens,
        closes_at=opens + timedelta(hours=2),
        time_zone="Asia/Tokyo",
    )
    proctor.time_zone = "Europe/London"
    proctor.save()
    page = " ".join(browser_of(proctor).get(URL).content.decode().split())
    assert "Mon 1 Mar 2027, 09:00" in page
    assert "announced as Mon 1 Mar, 18:00 in Asia/Tokyo" in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_is_fixed(
    browser_of: BrowserOf,
    sitting: Sitting,
    proctor: User,
    candidate: User,
    number: int,
    django_assert_num_queries: Any,
) -> None:
    for _ in range(number - 1):
        more_attempts(make_sitting(sitting.exam, proctors=[proctor]), [candidate])
    client = browser_of(proctor)
    client.get(URL)
    with django_assert_num_queries(10):
        client.get(URL)


def test_long_lists_are_cut(browser_of: BrowserOf, sitting: Sitting, proctor: User) -> None:
    for _ in range(MOST_EACH + 1):
        make_sitting(sitting.exam, proctors=[proctor])
    assert len(titles(browser_of(proctor))) == MOST_EACH
