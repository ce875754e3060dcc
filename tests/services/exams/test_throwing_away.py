"""Practice data is thrown away for good: every row and file, when it was announced, and nothing else."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from accounts import audit, stored_files
from accounts.models import AuditEntry, FileToRemove, Institution, User
from exams import states
from exams.delivery import attempts, late, records, throwing_away
from exams.delivery.journal import save_batch
from exams.delivery.verification import verify_journal
from exams.marking.shown import shown_to_candidate
from exams.models import AnswerFile, Attempt, JournalEntry, LostTime, Mark, MarkChange, PaperItem, Sitting
from exams.models.attempt import EndedBy
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

KINDS = ("true_false", "file_upload")


@pytest.fixture
def practice(scoped: Institution) -> Sitting:
    return make_sitting(make_exam(scoped, kinds=KINDS), is_practice=True, practice_days=5)


def practise(sitting: Sitting, person: User) -> Attempt:
    """An attempt with a journal, answers, a file, lost time and marks, handed in."""
    attempt = make_attempt(enrol(sitting, person))
    truth, upload = attempt.paper.order_by("position")
    name = storages["answer_files"].save(f"{attempt.institution_id}/{attempt.pk}/x", ContentFile(b"%PDF-"))
    AnswerFile.objects.create(
        institution=attempt.institution,
        attempt=attempt,
        item=upload,
        name="a.pdf",
        content_type="application/pdf",
        size=5,
        sha256="0" * 64,
        stored_name=name,
        device="device-1",
        received_at=clock.now(),
    )
    change = {"client_sequence": 1, "item": truth.pk, "value": True, "client_at": clock.now().isoformat()}
    save_batch(attempt, device="device-1", changes=[change])
    LostTime.objects.create(
        institution=attempt.institution,
        attempt=attempt,
        cause="connection",
        started_at=clock.now(),
        ended_at=clock.now(),
    )
    attempt.refresh_from_db()
    return attempts.submit(attempt, actor=person, ended_by=EndedBy.CANDIDATE)


def test_every_row_and_file_goes_and_the_shell_and_the_audit_log_stay(
    practice: Sitting, candidate: User, django_capture_on_commit_callbacks: Any
) -> None:
    attempt = practise(practice, candidate)
    name = AnswerFile.objects.get().stored_name
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        throwing_away.throw_away(attempt, actor=candidate)
    for model in (PaperItem, JournalEntry, AnswerFile, Mark, MarkChange, LostTime):
        assert not model.objects.exists(), model
    assert not attempt.answers.exists()
    assert not storages["answer_files"].exists(name)
    assert not FileToRemove.objects.exists()
    assert set(AuditEntry.objects.values_list("pk", flat=True)) > before
    entry = AuditEntry.objects.get(verb="attempt.thrown_away")
    assert entry.actor == candidate
    assert entry.detail["journal_entries"] == entry.detail["answers"] == entry.detail["files"] == 1
    assert entry.detail["questions"] == 2
    attempt.refresh_from_db()
    assert (attempt.state, attempt.seed, attempt.devices) == (states.SUBMITTED, 0, [])
    assert shown_to_candidate(attempt) is None
    throwing_away.throw_away(attempt, actor=candidate)
    assert AuditEntry.objects.filter(verb="attempt.thrown_away").count() == 1


def test_only_ended_practice_is_thrown_away(practice: Sitting, candidate: User, scoped: Institution) -> None:
    running = make_attempt(enrol(practice, candidate))
    real = practise(make_sitting(make_exam(scoped, kinds=KINDS)), candidate)
    for attempt, code in ((running, "not_ended"), (real, "not_practice")):
        with pytest.raises(Conflict) as refusal:
            throwing_away.throw_away(attempt, actor=candidate)
        assert refusal.value.code == code
    assert real.answers.exists()


def test_the_sweep_takes_what_is_due_and_goes_on_after_a_stop(
    practice: Sitting,
    candidate: User,
    second_candidate: User,
    scoped: Institution,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = practise(make_sitting(make_exam(scoped, kinds=KINDS)), candidate)
    old = [practise(practice, candidate), practise(practice, second_candidate)]
    long_ago = clock.now() - timedelta(days=5, minutes=1)
    Attempt.objects.filter(pk__in=[real.pk, old[0].pk, old[1].pk]).update(ended_at=long_ago)
    delete = records._delete_rows

    def stop(attempt: Attempt) -> dict[str, int]:
        deleted = delete(attempt)
        if attempt.pk == old[0].pk:
            raise RuntimeError("the server stops here")
        return deleted

    monkeypatch.setattr(records, "_delete_rows", stop)
    assert throwing_away.sweep() == 1
    assert old[0].answers.exists(), "an attempt is thrown away as a whole or not at all"
    monkeypatch.setattr(records, "_delete_rows", delete)
    assert throwing_away.sweep() == 1
    assert throwing_away.sweep() == 0
    gone = set(Attempt.objects.exclude(thrown_away_at=None).values_list("pk", flat=True))
    assert gone == {each.pk for each in old}
    assert real.answers.exists()


def test_nothing_goes_before_its_day(practice: Sitting, candidate: User) -> None:
    attempt = practise(practice, candidate)
    almost = clock.now() - timedelta(days=5) + timedelta(minutes=1)
    Attempt.objects.update(ended_at=almost)
    assert throwing_away.sweep() == 0
    attempt.refresh_from_db()
    assert throwing_away.due_at(attempt) == almost + timedelta(days=5)


def test_a_store_that_refuses_is_asked_again(
    practice: Sitting,
    candidate: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    attempt = practise(practice, candidate)
    name, store = AnswerFile.objects.get().stored_name, storages["answer_files"]
    with monkeypatch.context() as patch:
        patch.setattr(store, "delete", lambda name: (_ for _ in ()).throw(OSError("down")))
        with django_capture_on_commit_callbacks(execute=True):
            throwing_away.throw_away(attempt, actor=None)
    assert store.exists(name)
    assert stored_files.remove_noted() == 0, "it has just refused"
    FileToRemove.objects.update(tried_at=clock.now() - timedelta(minutes=6))
    assert stored_files.remove_noted() == 1
    assert not store.exists(name)


def test_journals_are_said_to_be_thrown_away_and_not_to_be_broken(
    practice: Sitting, candidate: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from exams.delivery.receipts import sign_receipt  # noqa: PLC0415

    attempt = practise(practice, candidate)
    receipt = tmp_path / "receipt"
    receipt.write_text(sign_receipt(attempt))
    throwing_away.throw_away(attempt, actor=None)
    call_command("verify_journals", attempt=attempt.pk)
    said = capsys.readouterr().out
    assert f"attempt {attempt.pk}: thrown away on " in said
    assert "as announced" in said
    assert "0 broken" in said
    call_command("verify_journals", receipt=receipt)
    assert "genuine" in capsys.readouterr().out
    assert audit.first_broken_entry(attempt.institution, audit.stream_of(attempt)) is None


def test_a_journal_emptied_by_hand_is_broken(practice: Sitting, candidate: User) -> None:
    attempt = practise(practice, candidate)
    attempt.answers.all().delete()
    attempt.journal.all().delete()
    Attempt.objects.update(thrown_away_at=clock.now())
    attempt.refresh_from_db()
    fault = verify_journal(attempt)
    assert fault is not None
    assert "no true audit entry" in fault.detail
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("verify_journals", attempt=attempt.pk)


def test_nothing_comes_back(practice: Sitting, candidate: User, officer: User) -> None:
    attempt = practise(practice, candidate)
    throwing_away.throw_away(attempt, actor=candidate)
    with pytest.raises(Conflict) as refusal:
        late.send_late(attempt, device="device-1", changes=[])
    assert refusal.value.code == "gone"
    ended = make_attempt(enrol(practice, officer), state=states.TERMINATED)
    throwing_away.throw_away(ended, actor=None)
    with pytest.raises(Conflict) as refusal:
        attempts.reinstate(ended, actor=officer)
    assert refusal.value.code == "gone"
