"""An installation from a copy."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from proctor_site.backups import making, manifest, restoring
from proctor_site.kernel.errors import Refusal


class Command(BaseCommand):
    """Exit code 0: all is back and whole; else it says what is not, and whether anything was changed."""

    help = "Puts a copy made by backup into an empty installation with the same keys, and proves it whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="The folder of the copy.")
        parser.add_argument("--check", action="store_true", help="Only say whether the copy is whole.")

    def handle(self, *args: Any, folder: Path, check: bool = False, **options: Any) -> None:
        folder = folder.resolve()
        try:
            if check:
                restoring.check(folder, manifest.read(folder))
                self.stdout.write("The copy is whole, and signed by this installation's key.")
                return
            facts = restoring.restore(folder, self.stdout.write)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        if facts["migrations"] != making.migrations():
            raise CommandError("The database did not come back as it was copied.")
        self.stdout.write("bringing the database up to date ...")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("verify_evidence", stdout=self.stdout)
        call_command("verify_audit", stdout=self.stdout)
        self.stdout.write("All is back. Erase again what was erased since the copy (docs/operations.md).")
