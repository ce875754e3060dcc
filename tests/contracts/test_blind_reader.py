"""No route tells who reads a case without names whose it is: every page is walked for the name."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import Membership, User
from accounts.tenancy import within
from exams import states
from exams.models import Sitting
from proctor_site.kernel import clock
from proctoring.models import (
    CandidateWarning,
    Case,
    CaseComment,
    ChatMessage,
    Incident,
    MonitoringSession,
    Reply,
    ReplyFile,
)
from proctoring.states import CASE_APPEALED, CASE_OPEN
from tests.conftest import BACKEND
from tests.contracts.permission_calls import address, ask
from tests.contracts.permission_table import ROWS
from tests.contracts.permission_world import World

NAME = re.compile(r"zebulon|quixworth|zquix|N-99887", re.IGNORECASE)
REGISTERS = {
    "i/<slug:slug>/members/": "who belongs to the institution",
    "admin/accounts/membership/": "who belongs to the institution",
    "admin/accounts/membership/<path:object_id>/change/": "who belongs to the institution",
    "admin/accounts/user/": "who belongs to the institution",
    "admin/accounts/user/<path:object_id>/change/": "who belongs to the institution",
    "admin/exams/candidategroup/add/": "who may be put into a group",
    "admin/exams/candidategroup/<path:object_id>/change/": "who is in a group",
    "admin/exams/enrolment/add/": "who may be enrolled",
    "admin/exams/sitting/<int:sitting_id>/candidates/csv/": "who is enrolled, without attempts",
    "admin/exams/sitting/<int:sitting_id>/candidates/xlsx/": "who is enrolled, without attempts",
    "admin/proctoring/dataexport/": "who asked for a copy of their data",
    "admin/proctoring/dataexport/<path:object_id>/change/": "who asked for a copy of their data",
    "admin/proctoring/erasurerequest/": "who asked to be erased",
    "admin/proctoring/erasurerequest/<path:object_id>/change/": "who asked to be erased",
    "i/<slug:slug>/meetings/<int:meeting_id>/details/": "who is invited to a meeting",
}
"""Pages of people that lead to no attempt; the exam office needs them (decision 0159)."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A sitting that is over, with a case of somebody whom everybody calls by the name."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = World(states.SUBMITTED)
        owner = made.people["owner"]
        assert owner is not None
        User.objects.filter(pk=owner.pk).update(name="Zebulon Quixworth", email="zquix@example.org")
        with within(made.institution):
            Membership.objects.filter(user=owner).update(external_id="N-99887")
            _call_by_name(made)
            Sitting.objects.filter(pk=made.sitting.pk).update(closes_at=clock.now())
            MonitoringSession.objects.filter(pk=made.session.pk).update(state="ended", ended_at=clock.now())
            Case.objects.update(state=CASE_OPEN, released_at=None, reply_until=None)
        yield made
        transaction.set_rollback(True)


def _call_by_name(made: World) -> None:
    said = "Zebulon, N-99887, sit down."
    case = Case.objects.get(session=made.session)
    CandidateWarning.objects.update(text=said)
    ChatMessage.objects.update(text=said)
    Incident.objects.update(review_note=said)
    Reply.objects.update(text=said)
    ReplyFile.objects.update(name="Zebulon Quixworth.pdf")
    CaseComment.objects.create(
        institution=made.institution,
        case=case,
        author=made.people["officer"],
        text=said,
        created_at=clock.now(),
    )


def pages_with_the_name(world: World, person: str, *, about: str = "") -> list[str]:
    found = []
    for row in ROWS:
        if row.method != "GET" or about not in row.pattern:
            continue
        with transaction.atomic():
            client = Client(raise_request_exception=False)
            client.force_login(world.people[person], backend=BACKEND)  # type: ignore[arg-type]
            response = ask(client, row, address(row.pattern, world))
            content = b"".join(response) if response.streaming else response.content
            if NAME.search(content.decode(errors="replace")):
                found.append(row.pattern)
            transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_no_page_tells_a_reviewer_whose_case_it_is(world: World) -> None:
    assert " ".join(pages_with_the_name(world, "reviewer")) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model",
    ["exams/attempt", "exams/journalentry", "exams/enrolment", "proctoring/monitoringsession",
     "proctoring/incident", "proctoring/candidatewarning", "proctoring/chatmessage"],
)  # fmt: skip
def test_searching_for_the_name_finds_nothing(world: World, model: str) -> None:
    client = Client()
    client.force_login(world.people["reviewer"], backend=BACKEND)  # type: ignore[arg-type]
    link = re.compile(rf"/admin/{model}/\d+/change/")
    assert link.search(client.get(f"/admin/{model}/").content.decode()), "without a search it is listed"
    assert not link.search(client.get(f"/admin/{model}/?q=Zebulon").content.decode())


@pytest.mark.django_db
def test_of_the_pages_of_the_office_only_registers_name_whose_case_is_in_hand(world: World) -> None:
    with within(world.institution):
        Case.objects.update(assigned_to=world.people["officer"])
    found = pages_with_the_name(world, "officer")
    assert " ".join(sorted(set(found) - set(REGISTERS))) == ""
    assert found, "registers keep their names"


@pytest.mark.django_db
def test_who_reads_an_appeal_is_not_told_either(world: World) -> None:
    with within(world.institution):
        now = clock.now()
        readers = {"first_reader": world.people["officer"], "second_reader": world.people["admin"]}
        Case.objects.update(
            state=CASE_APPEALED, verdict="breach", verdict_before_appeal="breach", appealed_at=now,
            released_at=now, said_all_at=now, decided_at=now, decided_by=world.people["admin"],
            appeal_text="Zebulon was never there.", **readers,
        )  # fmt: skip
    for part in ("case", "session", "report"):
        assert " ".join(pages_with_the_name(world, "reviewer", about=part)) == ""
