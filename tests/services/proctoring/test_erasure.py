"""A granted erasure leaves nothing nameable and nothing readable; a copy holds what is stored."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.mail import EmailMessage
from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.jobs import running, worker
from accounts.jobs import services as jobs
from accounts.models import Institution, Job, User
from accounts.roles import Role
from exams import states as exam_states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from proctoring import holds
from proctoring.evidence import custody, store
from proctoring.evidence.exhibits import Picture
from proctoring.models import (
    DataExport,
    DeletionCertificate,
    ErasureRequest,
    EvidenceItem,
    Incident,
    MonitoringSession,
)
from proctoring.rights import answers, certificates, exports, nameless, requests
from tests.capture import RED, frame
from tests.factories.accounts import add_role
from tests.factories.proctoring import make_incident
from tests.factories.talk import make_message

pytestmark = pytest.mark.usefixtures("scoped", "folder_store")


@pytest.fixture
def captured(attempt: Attempt, session: MonitoringSession, candidate: User) -> list[EvidenceItem]:
    """A handed-in attempt with an incident, two stored pictures and a message."""
    incident = make_incident(session)
    items = store.attach(
        incident,
        store.stage(session, [Picture(n, clock.now(), frame(RED, seed=n)) for n in (1, 2)]),
    )
    for item in items:
        store._push(item)
    make_message(attempt, candidate, text=f"My name is {candidate.name}")
    Attempt.objects.filter(pk=attempt.pk).update(state=exam_states.SUBMITTED, ended_at=clock.now())
    MonitoringSession.objects.filter(pk=session.pk).update(state="ended", ended_at=clock.now())
    return items


def granted(institution: Institution, candidate: User, by: User) -> ErasureRequest:
    request = requests.ask(institution, candidate, words=f"Please, {candidate.name}", actor=candidate)
    requests.grant(request, actor=by, typed=str(request.pk))
    for _ in range(5):
        worker.work()
    request.refresh_from_db()
    return request


def places_of(text: str) -> list[str]:
    """Every column of every table in which the text stands."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for column in model._meta.local_concrete_fields:
            kind = column.get_internal_type()
            if kind in ("CharField", "TextField", "JSONField", "EmailField"):
                texts = model._base_manager.annotate(said=Cast(column.name, TextField()))
                if texts.filter(said__icontains=text).exists():
                    found.append(f"{model._meta.label}.{column.name}")
    return found


def test_nothing_names_the_person_and_nothing_can_be_read(
    institution: Institution,
    candidate: User,
    admin_member: User,
    session: MonitoringSession,
    captured: list[EvidenceItem],
    django_capture_on_commit_callbacks: Any,
) -> None:
    name, email = candidate.name, candidate.email
    raw = []
    for item in captured:
        with storages["evidence"].open(item.name) as file:
            raw.append(file.read())
    with django_capture_on_commit_callbacks(execute=True):
        request = granted(institution, candidate, admin_member)
    assert request.state == "done"
    assert places_of(name) == []
    assert places_of(email) == []
    for item, before in zip(captured, raw, strict=True):
        assert not storages["evidence"].exists(item.name)
        storages["evidence"].save(item.name, ContentFile(before))  # a copy from a backup is noise
        item.refresh_from_db()
        with pytest.raises(NotFound):
            store.read(item)
        storages["evidence"].delete(item.name)
    assert custody.first_broken(session) is None
    assert not Incident.objects.exclude(explanation="").exists()
    candidate.refresh_from_db()
    assert (candidate.name, candidate.is_active) == (nameless.NAME, False)
    certificate = DeletionCertificate.objects.get()
    assert certificates.problem_of(certificate) == ""
    assert certificate.content["keys_destroyed"]
    assert certificate.content["deleted"]["camera_pictures"] == 2
    assert "consents" in [each["kind"] for each in request.kept]


def test_an_answer_that_the_mail_server_refuses_is_tried_again_and_then_forgets_to_whom(
    institution: Institution,
    candidate: User,
    admin_member: User,
    monkeypatch: pytest.MonkeyPatch,
    mailoutbox: Any,
) -> None:
    email = candidate.email

    def refuse(message: EmailMessage) -> int:
        raise OSError("no route")

    with monkeypatch.context() as away:
        away.setattr(EmailMessage, "send", refuse)
        request = granted(institution, candidate, admin_member)
    assert (request.state, request.told_at, mailoutbox) == ("done", None, [])
    assert answers.standing(request).startswith("Not sent."), "the queue of tests tries all at once"
    assert places_of(email) == [], "the address waits encrypted"
    job = Job.objects.get(kind=requests.TELL_DONE)
    assert "to" in job.arguments
    jobs.try_again(job, actor=admin_member)
    job.refresh_from_db()
    request.refresh_from_db()
    assert request.told_at is not None and answers.standing(request).startswith("Sent at")
    assert [message.to for message in mailoutbox] == [[email]]
    job.refresh_from_db()
    assert job.arguments == {"request": request.pk}
    answers.tell_done(job, running.RowProgress(job))
    assert len(mailoutbox) == 1


def test_an_account_that_lives_elsewhere_keeps_its_name_there_only(
    institution: Institution,
    other_institution: Institution,
    candidate: User,
    admin_member: User,
    captured: list[EvidenceItem],
) -> None:
    add_role(candidate, other_institution, Role.CANDIDATE)
    name = candidate.name
    granted(institution, candidate, admin_member)
    candidate.refresh_from_db()
    assert candidate.name == name
    assert candidate.is_active
    stand_in = Attempt.objects.get().enrolment.candidate
    assert stand_in.pk != candidate.pk
    assert stand_in.name == nameless.NAME
    assert MonitoringSession.objects.get().candidate_id == stand_in.pk


def test_what_stands_in_the_way_is_said(
    institution: Institution, candidate: User, admin_member: User, session: MonitoringSession
) -> None:
    request = requests.ask(institution, candidate, actor=candidate)
    assert requests.ask(institution, candidate, actor=candidate) == request
    with pytest.raises(InvalidInput, match="Type the number"):
        requests.grant(request, actor=admin_member, typed="")
    with pytest.raises(Conflict, match="goes on"):
        requests.grant(request, actor=admin_member, typed=request.pk)
    with pytest.raises(Conflict, match="own request"):
        requests.refuse(request, actor=candidate, answer="no")
    with pytest.raises(InvalidInput, match="why"):
        requests.refuse(request, actor=admin_member, answer=" ")
    Attempt.objects.update(state=exam_states.SUBMITTED, ended_at=clock.now())
    holds.place(institution, actor=admin_member, scope="person", subject=candidate, reason="Court")
    with pytest.raises(Conflict, match="Court"):
        requests.grant(request, actor=admin_member, typed=request.pk)
    requests.take_back(request, actor=candidate)
    with pytest.raises(Conflict):
        requests.refuse(request, actor=admin_member, answer="Too late.")


def test_the_copy_holds_what_is_stored_and_its_link_is_for_one(
    institution: Institution, candidate: User, officer: User, captured: list[EvidenceItem]
) -> None:
    export = exports.ask(institution, candidate, actor=candidate)
    worker.work()
    export.refresh_from_db()
    assert exports.is_there(export)
    with exports.open_for(export, exports.link_of(export, candidate), viewer=candidate) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    names = archive.namelist()
    assert "index.html" in names
    assert "<script" not in archive.read("index.html").decode()
    pictures = [each for each in names if each.startswith("camera_pictures/files/")]
    assert len(pictures) == 2
    assert archive.read(pictures[0])[:2] == b"\xff\xd8"
    message = json.loads(archive.read("messages/ChatMessage.json"))[0]
    assert message["author"] == "you"
    assert "notice_text" in json.loads(archive.read("consents_with_notices.json"))[0]
    assert "hash" not in json.loads(archive.read("camera_pictures/EvidenceItem.json"))[0]
    with pytest.raises(NotAllowed):
        exports.open_for(export, exports.link_of(export, candidate), viewer=officer)
    with clock.at(clock.now() + exports.KEPT_FOR):
        assert exports.clear_expired() == 1
    assert DataExport.objects.get().stored_name == ""


def test_lists_lose_the_row_that_names_them() -> None:
    needles = ["anna@example.org", "anna alt", "k7x"]
    rows = [["anna@example.org", "Anna Alt", 15], ["bert@example.org", "Bert Neu", 0]]
    assert nameless.without(rows, needles) == [["[erased]", "[erased]", 15], rows[1]]
    assert nameless.without({"title": "Mail to ANNA@example.org"}, needles) == {"title": "[erased]"}
    assert nameless.without("k7x1", needles) == "k7x1"
