"""The proctor's page of a sitting as the server first renders it, and the details of a candidate."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams import states
from exams.models import Allowance, Attempt, Enrolment, Sitting
from proctor_site.kernel import clock
from proctoring import supervision
from proctoring.live import presence, replay
from proctoring.models import EvidenceItem, Incident
from proctoring.pages.wall_feed import spread
from proctoring.pages.wall_tiles import connection_of
from proctoring.states import ACKNOWLEDGED
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session
from tests.watched_sitting import more_attempts

BrowserOf = Callable[..., Client]
ACCESS = [
    ("proctor", 200),
    ("officer", 200),
    ("admin_member", 200),
    ("second_proctor", 404),
    ("candidate", 403),
    ("reviewer", 403),
    ("stranger", 404),
    ("foreign_proctor", 404),
    ("foreign_officer", 404),
]


def wall_url(sitting: Sitting, slug: str = "north-college") -> str:
    return f"/i/{slug}/watch/{sitting.pk}/"


def details_url(enrolment: Enrolment) -> str:
    return f"{wall_url(enrolment.sitting)}candidates/{enrolment.pk}/"


@pytest.mark.parametrize(("who", "status"), ACCESS)
def test_who_may_open_the_wall(
    request: pytest.FixtureRequest, browser_of: BrowserOf, sitting: Sitting, who: str, status: int
) -> None:
    assert browser_of(request.getfixturevalue(who)).get(wall_url(sitting)).status_code == status


@pytest.mark.parametrize(("who", "status"), ACCESS)
def test_who_may_open_the_details(
    request: pytest.FixtureRequest, browser_of: BrowserOf, attempt: Attempt, who: str, status: int
) -> None:
    answer = browser_of(request.getfixturevalue(who)).get(details_url(attempt.enrolment))
    assert answer.status_code == status


def test_a_foreign_sitting_is_not_found_under_the_own_institution(
    browser_of: BrowserOf, officer: User, other_institution: Institution
) -> None:
    foreign = make_sitting(make_exam(other_institution))
    assert browser_of(officer).get(wall_url(foreign)).status_code == 404


def test_a_candidate_of_another_sitting_has_no_details_here(
    browser_of: BrowserOf, sitting: Sitting, proctor: User, candidate: User
) -> None:
    elsewhere = enrol(make_sitting(sitting.exam), candidate)
    url = f"{wall_url(sitting)}candidates/{elsewhere.pk}/"
    assert browser_of(proctor).get(url).status_code == 404


def test_the_first_page_shows_everything_before_the_socket_connects(
    browser_of: BrowserOf,
    sitting: Sitting,
    proctor: User,
    attempt: Attempt,
    incident: Incident,
    evidence: list[EvidenceItem],
) -> None:
    presence.update(attempt.pk, connected=True, rtt_ms=40.0, camera="ok")
    presence.keep_thumbnail(attempt.pk, 7, b"small")
    with within(sitting.institution):
        supervision.warn(attempt, proctor=proctor, text="Stay in view.")
        last = replay.last_id(sitting)
    answer = browser_of(proctor).get(wall_url(sitting))
    page = answer.content.decode()
    (tile,) = answer.context["tiles"]
    assert (tile.name, tile.state, tile.connection, tile.unreviewed, tile.worst) == (
        "Carla Candidate",
        states.IN_PROGRESS,
        "ok",
        1,
        "high",
    )
    assert tile.incidents == {incident.pk: ["high", 1, 1]}
    assert tile.picture == "data:image/jpeg;base64,c21hbGw="
    assert tile.time_left in ("59 min", "60 min")
    assert tile.warning is not None and tile.warning.acknowledged_at is None
    assert f'data-last-event-id="{last}"' in page
    assert incident.explanation in page
    for item in evidence:
        assert f"/i/north-college/evidence/{item.pk}/?link=" in page
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_page_has_no_inline_script_or_style(browser_of: BrowserOf, sitting: Sitting, proctor: User) -> None:
    page = browser_of(proctor).get(wall_url(sitting)).content.decode()
    assert " style=" not in page
    assert " onclick=" not in page
    scripts = [part.split(">")[0] for part in page.split("<script")[1:]]
    assert [each for each in scripts if "src=" not in each and "application/json" not in each] == []


def test_those_in_need_come_first(
    browser_of: BrowserOf, sitting: Sitting, proctor: User, institution: Institution
) -> None:
    people = [
        make_member(institution, Role.CANDIDATE, name=name) for name in ("Ada A", "Bea B", "Cid C", "Dan D")
    ]
    attempts = more_attempts(sitting, people)
    for each in attempts[:3]:
        presence.update(each.pk, connected=True)
    make_incident(make_session(attempts[2]), severity="medium", ended_at=clock.now())
    answer = browser_of(proctor).get(wall_url(sitting))
    assert [tile.name for tile in answer.context["tiles"]] == ["Cid C", "Dan D", "Ada A", "Bea B"]
    assert answer.context["tiles"][1].connection == "lost"


def test_acknowledged_incidents_need_nobody_any_more(
    browser_of: BrowserOf, sitting: Sitting, proctor: User, incident: Incident
) -> None:
    Incident._base_manager.filter(pk=incident.pk).update(review_state=ACKNOWLEDGED, ended_at=clock.now())
    (tile,) = browser_of(proctor).get(wall_url(sitting)).context["tiles"]
    assert (tile.unreviewed, tile.worst, tile.incidents) == (0, "", {})


def test_a_lost_connection_is_dated_after_the_cache_has_forgotten_it(
    browser_of: BrowserOf, sitting: Sitting, proctor: User, attempt: Attempt
) -> None:
    from proctoring.live.publish import record_event

    at = clock.now() - timedelta(minutes=10)
    with within(sitting.institution), clock.at(at):
        record_event(
            sitting.institution,
            kind="connection.changed",
            payload={"connected": False},
            audience="proctors",
            sitting=sitting,
            attempt=attempt,
        )
    (tile,) = browser_of(proctor).get(wall_url(sitting)).context["tiles"]
    assert (tile.connection, tile.lost_since) == ("lost", at)


@pytest.mark.parametrize(
    ("state", "seen", "expected"),
    [
        (states.IN_PROGRESS, {"connected": True, "rtt_ms": 1_000, "last_seen_s": 8.0}, "ok"),
        (states.IN_PROGRESS, {"connected": True, "rtt_ms": 1_001, "last_seen_s": 1.0}, "slow"),
        (states.IN_PROGRESS, {"connected": True, "rtt_ms": None, "last_seen_s": 8.1}, "slow"),
        (states.PAUSED, {"connected": False, "rtt_ms": None, "last_seen_s": None}, "lost"),
        (states.SUBMITTED, {"connected": False, "rtt_ms": None, "last_seen_s": None}, "none"),
        (states.SCHEDULED, {"connected": True, "rtt_ms": 10, "last_seen_s": 1.0}, "none"),
    ],
)
def test_connection_in_one_word(state: str, seen: dict[str, Any], expected: str) -> None:
    assert connection_of(state, seen) == expected


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        (states.CHECKING_IN, ["warn", "admit"]),
        (states.IN_PROGRESS, ["warn", "pause", "give_time", "ask", "terminate"]),
        (states.PAUSED, ["warn", "resume", "give_time", "ask", "terminate"]),
        (states.TERMINATED, ["reinstate"]),
        (states.SUBMITTED, []),
    ],
)
def test_a_tile_offers_what_its_state_allows(
    browser_of: BrowserOf, sitting: Sitting, proctor: User, candidate: User, state: str, acts: list[str]
) -> None:
    make_attempt(enrol(sitting, candidate), state=state)
    (tile,) = browser_of(proctor).get(wall_url(sitting)).context["tiles"]
    assert [act for act, _, is_allowed in tile.acts if is_allowed] == acts


def test_reasons_of_allowances_never_reach_the_page(
    browser_of: BrowserOf, sitting: Sitting, proctor: User, attempt: Attempt
) -> None:
    Allowance._base_manager.create(
        institution=sitting.institution, enrolment=attempt.enrolment, extra_minutes=10, reason="dyslexia"
    )
    client = browser_of(proctor)
    for url in (wall_url(sitting), details_url(attempt.enrolment)):
        assert "dyslexia" not in client.get(url).content.decode()


def test_names_are_escaped(
    browser_of: BrowserOf, sitting: Sitting, proctor: User, institution: Institution
) -> None:
    nasty = make_member(institution, Role.CANDIDATE, name='<img src=x> "Eve"')
    more_attempts(sitting, [nasty])
    page = browser_of(proctor).get(wall_url(sitting)).content.decode()
    assert "<img src=x>" not in page
    assert 'alt="Latest picture of &lt;img src=x&gt; &quot;Eve&quot;"' in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_is_fixed(
    browser_of: BrowserOf,
    sitting: Sitting,
    proctor: User,
    institution: Institution,
    number: int,
    django_assert_num_queries: Any,
) -> None:
    people = [make_member(institution, Role.CANDIDATE) for _ in range(number)]
    for each in more_attempts(sitting, people):
        make_incident(make_session(each))
    client = browser_of(proctor)
    client.get(wall_url(sitting))
    with django_assert_num_queries(33):
        client.get(wall_url(sitting))


def test_details_tell_warnings_lost_time_and_incidents(
    browser_of: BrowserOf, sitting: Sitting, proctor: User, attempt: Attempt, incident: Incident
) -> None:
    with within(sitting.institution):
        warning = supervision.warn(attempt, proctor=proctor, text="Stay in view.")
        supervision.acknowledge_warning(warning, candidate=attempt.enrolment.candidate)
        supervision.pause(attempt, proctor=proctor, reason="Fire alarm")
        supervision.resume(attempt, proctor=proctor, reason="")
    client = browser_of(proctor)
    page = client.get(details_url(attempt.enrolment)).content.decode()
    panel = client.get(details_url(attempt.enrolment) + "?part=panel").content.decode()
    for each in (page, panel):
        assert "Stay in view." in each
        assert "paused by a proctor" in each
        assert "Confirmed the warning" in each, "the course so far"
        assert incident.explanation in each
    assert "<html" in page
    assert "<html" not in panel


def test_details_of_somebody_who_has_not_come(
    browser_of: BrowserOf, sitting: Sitting, proctor: User, candidate: User
) -> None:
    page = browser_of(proctor).get(details_url(enrol(sitting, candidate))).content.decode()
    assert "Has not opened the exam yet." in page


def test_pages_only_answer_to_reading(browser_of: BrowserOf, sitting: Sitting, proctor: User) -> None:
    assert browser_of(proctor).post(wall_url(sitting)).status_code == 405


@pytest.mark.parametrize(
    ("number", "places"),
    [(0, []), (3, [0, 1, 2]), (4, [0, 1, 2, 3]), (5, [0, 1, 3, 4]), (24, [0, 8, 15, 23])],
)
def test_pictures_are_spread_over_the_incident(number: int, places: list[int]) -> None:
    assert spread(list(range(number)), 4) == places  # type: ignore[arg-type]
