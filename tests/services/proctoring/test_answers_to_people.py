"""The officer's side: copies by letter, deletion at once, words of others, answers by e-mail, uploads."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client

from accounts import uploads
from accounts.jobs import worker
from accounts.models import AuditEntry, Institution, User
from exams import states as exam_states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import holds, states
from proctoring.models import DataExport, DeletionCertificate, ErasureRequest, RetentionPeriod, RetentionRun
from proctoring.rights import exports, free_text, nightly, requests
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session
from tests.factories.talk import make_message

pytestmark = pytest.mark.usefixtures("scoped", "folder_store")


def work_all() -> None:
    for _ in range(5):
        worker.work()


def note_about(institution: Institution, officer: User, words: str) -> RetentionPeriod:
    """Words that somebody of the staff wrote."""
    return RetentionPeriod.objects.create(
        institution=institution,
        kind="messages",
        days=365,
        reason=words,
        changed_at=clock.now(),
        changed_by=officer,
    )


def test_words_of_others_are_found_as_words_and_cut_only_where_ticked(
    institution: Institution, candidate: User, officer: User, admin_member: User
) -> None:
    row = note_about(institution, officer, f"As {candidate.name} asked; not {candidate.name}son.")
    [found] = free_text.find(institution, candidate)
    assert candidate.name in found.excerpt
    assert (found.column, found.proved) == ("reason", False)
    request = requests.ask(institution, candidate, actor=candidate)
    requests.grant(request, actor=admin_member, typed=str(request.pk), texts=[found.key])
    work_all()
    row.refresh_from_db()
    assert row.reason == f"As [erased] asked; not {candidate.name}son."
    request.refresh_from_db()
    assert [each["cut"] for each in request.texts] == [True]
    assert "texts" not in [each["kind"] for each in request.kept]


def test_what_is_left_is_named_in_answer_and_certificate(
    institution: Institution, candidate: User, officer: User, admin_member: User, client: Client
) -> None:
    note_about(institution, officer, f"See the letter of {candidate.email}.")
    name, email = candidate.name, candidate.email
    request = requests.ask(institution, candidate, actor=candidate)
    requests.grant(request, actor=admin_member, typed=str(request.pk))
    work_all()
    request.refresh_from_db()
    assert "Words of others (1)" in [each["label"] for each in request.kept]
    certificate = DeletionCertificate.objects.get()
    [letter] = [each for each in mail.outbox if each.to == [email]]
    assert str(certificate.public_id) in letter.body
    assert "Words of others (1)" in letter.body
    assert request.told_at is not None
    page = client.get(f"/deletion/{certificate.public_id}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "fit together" in text
    assert "Words of others (1)" in text
    assert name not in text
    assert email not in text


def test_an_answer_that_cannot_be_sent_stops_no_erasure(
    institution: Institution, candidate: User, admin_member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_more: Any) -> int:
        raise OSError("no mail server")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    request = requests.ask(institution, candidate, actor=candidate)
    requests.grant(request, actor=admin_member, typed=str(request.pk))
    work_all()
    request.refresh_from_db()
    assert (request.state, request.told_at) == (states.ERASURE_DONE, None)


def test_a_refusal_is_sent_with_its_reason(
    institution: Institution, candidate: User, admin_member: User
) -> None:
    request = requests.ask(institution, candidate, actor=candidate)
    requests.refuse(request, actor=admin_member, answer="An appeal goes on.")
    work_all()
    [letter] = [each for each in mail.outbox if each.to == [candidate.email]]
    assert "An appeal goes on." in letter.body
    assert ErasureRequest.objects.get().told_at is not None


def test_a_copy_for_who_asked_by_letter_needs_a_person_and_a_reason_and_lies_encrypted(
    institution: Institution, candidate: User, admin_member: User, foreign_candidate: User
) -> None:
    for email, note, field in (
        ("nobody@example.org", "letter", "email"),
        (foreign_candidate.email, "letter", "email"),
        (candidate.email, " ", "note"),
        (candidate.email, "x" * 501, "note"),
    ):
        with pytest.raises(InvalidInput) as refused:
            exports.ask_for(institution, email, actor=admin_member, note=note)
        assert refused.value.field == field
    made = exports.ask_for(institution, candidate.email.upper(), actor=admin_member, note="Letter of 3 May")
    work_all()
    made.refresh_from_db()
    with storages["exports"].open(made.stored_name) as stored:
        assert not stored.read().startswith(b"PK")
    with exports.open_for(made, exports.link_of(made, admin_member), viewer=admin_member) as file:
        assert file.read(2) == b"PK"
    assert AuditEntry.objects.get(verb="data_export.asked").detail["note"] == "Letter of 3 May"
    assert DataExport.objects.get().person == candidate


def test_deletion_at_once_needs_the_number_and_obeys_holds(
    institution: Institution, candidate: User, officer: User
) -> None:
    at = clock.now() - timedelta(days=400)
    attempt = make_attempt(enrol(make_sitting(make_exam(institution)), candidate))
    make_session(attempt, state=states.SESSION_ENDED, ended_at=at)
    make_message(attempt, candidate)
    Attempt.objects.update(state=exam_states.SUBMITTED, ended_at=at)
    with pytest.raises(InvalidInput, match="1"):
        nightly.run_now(institution, actor=officer, typed="2")
    hold = holds.place(institution, actor=officer, scope="institution", subject=None, reason="Court")
    with pytest.raises(Conflict):
        nightly.run_now(institution, actor=officer, typed="1")
    holds.lift(hold, actor=officer, reason="Settled")
    run = nightly.run_now(institution, actor=officer, typed="1")
    work_all()
    run.refresh_from_db()
    assert (run.counts, run.finished_at is not None) == ({"messages": 1}, True)
    with pytest.raises(Conflict, match="Nothing is due"):
        nightly.run_now(institution, actor=officer, typed="0")
    assert RetentionRun.objects.count() == 1


def test_uploads_wait_encrypted_and_open_under_their_own_name_only(institution: Institution) -> None:
    name = uploads.save(institution, "roster", b"ada@example.org")
    with storages["imports"].open(name) as file:
        raw = file.read()
    assert b"ada@" not in raw
    assert uploads.read(name) == b"ada@example.org"
    moved = storages["imports"].save(f"{institution.pk}/moved", ContentFile(raw))
    with pytest.raises(OSError, match="altered"):
        uploads.read(moved)
    older = storages["imports"].save(f"{institution.pk}/older", ContentFile(b"plain"))
    assert uploads.read(older) == b"plain"
    for each in (name, moved, older):
        uploads.delete(each)
