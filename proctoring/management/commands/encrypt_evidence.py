"""Encrypts evidence, photos and observations that were stored before there were keys."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from proctoring.evidence import observed_minutes
from proctoring.evidence.encrypting import Outcome, encrypt, stored_files

_EACH = 1_000


class Command(BaseCommand):
    """Safe to stop, to repeat and to run while the server works. Exit code 1: some files were left."""

    help = "Encrypts stored evidence and photos from before encryption; what is encrypted is passed over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only look and count.")

    def handle(self, *args: Any, dry_run: bool = False, **options: Any) -> None:
        counts: Counter[Outcome] = Counter()
        for number, file in enumerate(stored_files(), 1):
            outcome = encrypt(file, dry_run=dry_run)
            counts[outcome] += 1
            if outcome in (Outcome.ALTERED, Outcome.UNREADABLE):
                self.stderr.write(f"{file.store}: {file.name}: {outcome.value}")
            if number % _EACH == 0:
                self.stdout.write(f"{number} files looked at")
        for outcome in Outcome:
            if counts[outcome]:
                self.stdout.write(f"{counts[outcome]} files {outcome.value}")
        self.stdout.write(f"{counts.total()} files looked at, all of them")
        minutes = observed_minutes.seal_older(dry_run=dry_run)
        if minutes:
            outcome = Outcome.PLAIN if dry_run else Outcome.DONE
            self.stdout.write(f"{minutes} minutes of observations {outcome.value}")
        left = counts[Outcome.ALTERED] + counts[Outcome.UNREADABLE]
        if left:
            raise CommandError(f"{left} files were left as they are; `verify_evidence` says more.")
