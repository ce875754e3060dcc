"""Checks the answer journals of a sitting, an attempt or everything, and one receipt against its journal."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.tenancy import across_all
from exams.delivery.receipts import is_before_the_end, journal_matches, verify_receipt
from exams.delivery.throwing_away import in_words
from exams.delivery.verification import verify_journal
from exams.models import Attempt
from proctor_site.kernel.errors import InvalidInput


class Command(BaseCommand):
    """For operators; the exit status is not 0 when anything does not fit."""

    help = "Checks every link of the answer journals, that the answers agree with them, and receipts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sitting", type=int, help="Only the attempts of this sitting.")
        parser.add_argument("--attempt", type=int, help="Only this attempt.")
        parser.add_argument("--receipt", type=Path, help="A file with a signed receipt (its text alone).")

    def handle(
        self,
        *args: Any,
        sitting: int | None = None,
        attempt: int | None = None,
        receipt: Path | None = None,
        **options: Any,
    ) -> None:
        with across_all():
            if receipt is not None:
                self._check_receipt(receipt)
            else:
                self._check_journals(sitting, attempt)

    def _check_journals(self, sitting: int | None, attempt: int | None) -> None:
        rows = Attempt.objects.select_related("institution", "enrolment__sitting").order_by("pk")
        if sitting is not None:
            rows = rows.filter(enrolment__sitting=sitting)
        if attempt is not None:
            rows = rows.filter(pk=attempt)
        checked = entries = broken = 0
        for row in rows.iterator():
            checked, entries = checked + 1, entries + row.journal_length
            fault = verify_journal(row)
            if fault is None and row.is_emptied:
                self.stdout.write(f"attempt {row.pk}: {in_words(row)}")
            if fault is not None:
                broken += 1
                self.stdout.write(f"attempt {row.pk}: BROKEN at entry {fault.sequence}: {fault.detail}")
        if not checked:
            raise CommandError("There is no such sitting or attempt, or nobody has opened it.")
        self.stdout.write(f"{checked} journals with {entries} entries checked, {broken} broken")
        if broken:
            raise CommandError(f"{broken} of {checked} journals do not hold.")

    def _check_receipt(self, path: Path) -> None:
        try:
            said = verify_receipt(path.read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        except InvalidInput as refusal:
            raise CommandError(refusal.message) from refusal
        found = Attempt.objects.filter(pk=said.attempt).first()
        if found is not None and found.is_emptied and is_before_the_end(found, said):
            self.stdout.write(f"genuine: attempt {said.attempt} had {said.length} entries; {in_words(found)}")
            return
        if found is None or not journal_matches(found, said):
            raise CommandError(
                f"The journal of attempt {said.attempt} no longer holds what this receipt proves."
            )
        self.stdout.write(
            f"genuine: attempt {said.attempt} had {said.length} entries at {said.at:%Y-%m-%d %H:%M:%S %Z}, "
            "and has them still"
        )
