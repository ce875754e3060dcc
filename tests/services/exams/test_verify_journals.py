"""The command that checks journals: whole, broken, receipts genuine and not."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Institution, User
from exams.delivery.journal import save_batch
from exams.models import Attempt, JournalEntry
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting


@pytest.fixture
def attempt(scoped: Institution, candidate: User) -> Attempt:
    return make_attempt(enrol(make_sitting(make_exam(scoped, kinds=("essay",))), candidate))


def save(attempt: Attempt) -> str:
    item = attempt.paper.get().pk
    when = "2026-11-23T10:00:00Z"
    change: dict[str, Any] = {"client_sequence": 1, "item": item, "value": "words", "client_at": when}
    return save_batch(attempt, device="device-1", changes=[change]).receipt


def test_a_sitting_a_receipt_and_what_was_altered(
    attempt: Attempt, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "receipt"
    kept.write_text(save(attempt))
    sitting = attempt.enrolment.sitting_id
    call_command("verify_journals", sitting=sitting)
    assert "1 journals with 1 entries checked, 0 broken" in capsys.readouterr().out
    call_command("verify_journals", receipt=kept)
    assert "genuine" in capsys.readouterr().out
    JournalEntry.objects.update(value="other words")
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("verify_journals", sitting=sitting)
    assert f"attempt {attempt.pk}: BROKEN at entry 1" in capsys.readouterr().out
    JournalEntry.objects.update(hash="0" * 64)
    with pytest.raises(CommandError, match="no longer holds"):
        call_command("verify_journals", receipt=kept)


def test_what_is_no_receipt_and_what_is_not_there(db: None, tmp_path: Path) -> None:
    forged = tmp_path / "forged"
    forged.write_text("eyJhIjoxfQ:1vabc:xyz")
    with pytest.raises(CommandError, match="not a receipt"):
        call_command("verify_journals", receipt=forged)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_journals", receipt=tmp_path / "nowhere")
    with pytest.raises(CommandError, match="no such sitting"):
        call_command("verify_journals", sitting=1)
