"""Rosters in the admin: look first, import once, with the report row by row; lists to download."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import CandidateGroup, CandidateGroupMember, Enrolment, PendingEnrolment, Roster, Sitting
from exams.scheduling.roster_file import read_rows
from tests.admin.exams_forms import url
from tests.factories.exams import enrol, make_exam, make_sitting

BrowserOf = Callable[..., Client]


@pytest.fixture
def sitting(institution: Institution) -> Sitting:
    return make_sitting(make_exam(institution), capacity=30)


def upload(client: Client, sitting: Sitting, data: bytes, name: str = "autumn.csv") -> Any:
    body = {"file": SimpleUploadedFile(name, data)}
    return client.post(url("sitting_rosters", sitting.pk), body, follow=True)


def test_looking_importing_and_looking_again(
    sitting: Sitting, officer: User, candidate: User, browser_of: BrowserOf
) -> None:
    client = browser_of(officer)
    assert "30 of 30 places are free" in client.get(url("sitting_rosters", sitting.pk)).content.decode()
    data = f"E-Mail;Gruppe;Seat\n{candidate.email};3b;7\nnew@example.org;;\nnonsense;;".encode()
    page = upload(client, sitting, data)
    text = page.content.decode()
    assert "Importing would change 2 of 3 rows" in text and "New groups: 3b" in text
    assert "Columns that are not used: Seat" in text and "This is not an e-mail address." in text
    with within(sitting.institution):
        roster = Roster.objects.get()
        assert not Enrolment.objects.exists() and not CandidateGroup.objects.exists()
    where = url("sitting_roster", sitting.pk, roster.pk)
    done = client.post(where, follow=True).content.decode()
    assert "Imported: 1 enrolled, 1 invited by e-mail, 1 refused." in done
    only = client.get(where, {"outcome": "refused", "page": "99"}).context["lines"]
    assert [line[0] for line in only] == [4]
    state = client.get(url("sitting_roster_state", sitting.pk, roster.pk)).json()
    assert (state["state"], state["is_over"], state["done"]) == ("done", True, 3)
    again = client.post(where, follow=True).content.decode()
    assert "Imported: 1 enrolled, 1 invited by e-mail, 1 refused." in again
    with within(sitting.institution):
        assert (Enrolment.objects.count(), PendingEnrolment.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"name\nBo", "names no column"),
        (b"PK\x03\x04", "damaged"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
    ids=["empty", "no address", "broken", "large"],
)
def test_a_bad_file_is_refused_at_its_field(
    sitting: Sitting, officer: User, browser_of: BrowserOf, data: bytes, words: str
) -> None:
    page = upload(browser_of(officer), sitting, data)
    assert words in " ".join(page.context["form"].errors["file"])
    with within(sitting.institution):
        assert not Roster.objects.exists()


def test_a_group_is_enrolled_from_the_page(
    sitting: Sitting, officer: User, candidate: User, other_institution: Institution, browser_of: BrowserOf
) -> None:
    with within(sitting.institution):
        group = CandidateGroup.objects.create(institution=sitting.institution, name="3b")
    with within(other_institution):
        foreign = CandidateGroup.objects.create(institution=other_institution, name="Foreign")
    client = browser_of(officer)
    where = url("sitting_rosters", sitting.pk)
    for value, words in ((group.pk, "Nobody is in this group"), (foreign.pk, "valid choice"), ("x", "valid")):
        page = client.post(where, {"act": "group", "group": value})
        assert words in " ".join(page.context["group_form"].errors["group"])
        assert "Foreign" not in page.content.decode()
    with within(sitting.institution):
        CandidateGroupMember.objects.create(institution=sitting.institution, group=group, candidate=candidate)
    page = client.post(where, {"act": "group", "group": group.pk}, follow=True)
    assert "3b: 1 enrolled." in page.content.decode()


def test_the_list_is_downloaded(
    sitting: Sitting, officer: User, candidate: User, browser_of: BrowserOf
) -> None:
    enrol(sitting, candidate)
    client = browser_of(officer)
    for form in ("csv", "xlsx"):
        answer = client.get(url(f"sitting_candidates_{form}", sitting.pk))
        assert f'filename="candidates-{sitting.pk}.{form}"' in answer["Content-Disposition"]
        rows = read_rows(io.BytesIO(answer.content).getvalue())
        assert [cells[0] for _, cells in rows] == ["E-mail", candidate.email]


@pytest.mark.parametrize("who", ["author", "proctor", "candidate", "foreign_officer"])
def test_others_may_not(sitting: Sitting, request: Any, browser_of: BrowserOf, who: str) -> None:
    client = browser_of(request.getfixturevalue(who))
    page = upload(client, sitting, b"email\na@x.org")
    assert b"a@x.org" not in page.content
    with within(sitting.institution):
        assert not Roster.objects.exists()
