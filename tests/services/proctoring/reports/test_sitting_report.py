"""The dashboard of a sitting: its figures, groups only where the office chose them, the file."""

from collections.abc import Callable, Sequence

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams.models import CandidateGroup, CandidateGroupMember, Sitting
from proctoring.incidents import services
from proctoring.models import Incident, MonitoringSession
from proctoring.reports.fairness import by_group
from proctoring.reports.sitting import figures_of
from tests.factories.accounts import make_member
from tests.factories.proctoring import make_incident, make_session
from tests.watched_sitting import more_attempts, verbs_of

pytestmark = pytest.mark.django_db
BrowserOf = Callable[..., Client]


@pytest.fixture
def people(sitting: Sitting) -> list[User]:
    """Twenty watched candidates, of whom the first eight have an incident."""
    found = [
        make_member(sitting.institution, Role.CANDIDATE, email=f"c{number}@example.org")
        for number in range(20)
    ]
    for number, attempt in enumerate(more_attempts(sitting, found)):
        session = make_session(attempt)
        if number < 8:
            make_incident(session)
    return found


def grouped(institution: Institution, name: str, members: Sequence[User], **fields: bool) -> CandidateGroup:
    with within(institution):
        group = CandidateGroup.objects.create(institution=institution, name=name, **fields)
        rows = [
            CandidateGroupMember(institution=institution, group=group, candidate=each) for each in members
        ]
        CandidateGroupMember.objects.bulk_create(rows)
    return group


def test_only_chosen_groups_are_compared_and_only_large_ones_told(
    sitting: Sitting, people: list[User]
) -> None:
    here = sitting.institution
    grouped(here, "Class A", people[:10], is_compared=True)
    grouped(here, "Nearly all", people[:11], is_compared=True)
    grouped(here, "Not chosen", people[:10])
    with within(here):
        first, second = by_group(sitting)
    assert (first.group.number, first.group.of, first.others.number, first.others.of) == (8, 10, 0, 10)
    assert first.words.startswith("More often than the others, by")
    assert (second.group.name, second.is_told) == ("Nearly all", False)


def test_the_page_names_a_group_but_no_small_numbers(
    browser_of: BrowserOf, sitting: Sitting, people: list[User], officer: User
) -> None:
    address = f"/i/north-college/reports/proctoring/sittings/{sitting.pk}/"
    browser = browser_of(officer)
    assert "No group is compared." in browser.get(address).content.decode()
    grouped(sitting.institution, "Class <B>", people[:9], is_compared=True)
    page = browser.get(address + "?part=figures").content.decode()
    assert "Class &lt;B&gt;" in page
    assert "8 of 9" not in page
    assert "Not told: the group or the rest is smaller than 10." in page


def test_figures_are_those_of_the_rows(
    sitting: Sitting, incident: Incident, session: MonitoringSession, reviewer: User
) -> None:
    make_incident(session)
    with within(sitting.institution):
        services.uphold(incident, actor=reviewer, note="Two people.")
        found = figures_of(sitting)
    assert (found.attempts, found.watched, found.incidents, found.unreviewed) == (1, 1, 2, 1)
    by_words = {each.words: each for each in found.detectors}
    assert by_words["several faces"].verdicts.upheld == 1
    assert (by_words["no face"].waiting, by_words["no face"].flagged.is_told) == (1, False)


def test_the_file_is_safe_for_spreadsheets_and_noted(
    browser_of: BrowserOf, sitting: Sitting, session: MonitoringSession, candidate: User, officer: User
) -> None:
    User.objects.filter(pk=candidate.pk).update(name="=1+1")
    answer = browser_of(officer).get(f"/i/north-college/reports/proctoring/sittings/{sitting.pk}/export/")
    body = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "'=1+1" in body
    assert "sitting.exported" in verbs_of(sitting.institution, f"sitting:{sitting.pk}")
