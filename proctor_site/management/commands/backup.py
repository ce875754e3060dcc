"""A copy of database, evidence, photos and files, without keys."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from proctor_site.backups import making
from proctor_site.kernel.errors import Refusal


class Command(BaseCommand):
    """Runs while the server does. Exit code 0: the copy is whole and signed."""

    help = "Copies the whole installation, without its keys, into an empty folder, with a signed list."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="An empty folder, or one to be made.")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            facts: dict[str, Any] = making.make(folder.resolve(), self.stdout.write)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        for alias, count in facts["files"].items():
            self.stdout.write(f"{alias}: {count['files']} files, {count['bytes']} bytes")
            if count["gone"]:
                self.stdout.write(f"{alias}: {count['gone']} files were erased meanwhile")
        self.stdout.write(
            "The copy is whole. It holds no keys: keep secret key, template key, evidence key, signing key "
            "and those named by *_BEFORE in another place. Without the evidence key no picture can be read."
        )
