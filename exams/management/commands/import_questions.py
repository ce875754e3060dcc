"""Imports questions from a file, or only says what would become of them."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Institution
from accounts.tenancy import within
from exams.bank import imports
from exams.bank.categories import category_at_path
from exams.bank.formats.registry import FORMATS
from proctor_site.kernel.errors import Refusal


class Command(BaseCommand):
    """Exit code 1: nothing was imported."""

    help = "Imports questions from a file; --dry-run reports and imports nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--institution", required=True, help="Slug.")
        parser.add_argument("--format", choices=sorted(FORMATS), default="", help="Else: by its content.")
        parser.add_argument("--category", default="", help="Put them below this one: Biology/Cells.")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, file: Path, institution: str, **options: Any) -> None:
        here = Institution.objects.filter(slug=institution).first()
        if here is None:
            raise CommandError(f"There is no institution {institution!r}.")
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        if file.stat().st_size > imports.MOST_BYTES:
            raise CommandError(f"The file is larger than {imports.MOST_BYTES // 1_000_000} MB.")
        with within(here):
            try:
                self._import(here, file, **options)
            except Refusal as refusal:
                raise CommandError(f"Nothing was imported: {refusal.message}") from refusal

    def _import(self, here: Institution, file: Path, **options: Any) -> None:
        dry = options["dry_run"]
        path = [name for name in options["category"].split("/") if name.strip()]
        found = imports.check(
            here,
            file_name=file.name,
            data=file.read_bytes(),
            format_name=options["format"],
            category=None if dry else category_at_path(here, path),
            actor=None,
        )
        if dry:
            imports.drop(found, actor=None)
        else:
            imports.confirm(found, actor=None)
        for row in found.rows:
            if row["outcome"] != imports.TAKEN:
                label = imports.OUTCOMES[row["outcome"]]
                self.stdout.write(f"{row['where']}: {label}: {row['title']}: {'; '.join(row['words'])}")
        counts = ", ".join(
            f"{label.lower()} {found.counts[name]}"
            for name, label in imports.OUTCOMES.items()
            if name in found.counts  # a database may keep them in any order
        )
        self.stdout.write(f"{'Dry run, nothing was imported' if dry else 'Done'}: {counts}.")
