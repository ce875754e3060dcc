"""Exports questions into a file, and says what the format cannot hold."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Institution
from accounts.tenancy import within
from exams.bank import exports
from exams.bank.categories import lies_in
from exams.bank.formats.registry import FORMATS
from exams.models import Question, QuestionCategory
from proctor_site.kernel.errors import Refusal


class Command(BaseCommand):
    """Exit code 1: no file was written."""

    help = "Exports all questions in use, or those of one category, into a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--institution", required=True, help="Slug.")
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--category", default="", help="With all below it: “Biology / Cells”.")

    def handle(
        self, *args: Any, file: Path, institution: str, format: str, category: str, **options: Any
    ) -> None:
        here = Institution.objects.filter(slug=institution).first()
        if here is None:
            raise CommandError(f"There is no institution {institution!r}.")
        with within(here):
            try:
                found = exports.fitted(_chosen(category), FORMATS[format])
                data = exports.export(here, found, actor=None)
            except Refusal as refusal:
                raise CommandError(refusal.message) from refusal
        try:
            file.write_bytes(data)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error}") from error
        for each in found.refused:
            self.stdout.write(f"left out: {each.title}: {each.reason}")
        for held in found.with_losses:
            self.stdout.write(f"with a loss: {held.title}: {'; '.join(held.losses)}")
        self.stdout.write(f"{len(found.held)} questions written, {len(found.refused)} left out.")


def _chosen(category: str) -> Any:
    rows = Question.objects.filter(retired_at=None)
    if not category:
        return rows
    found = QuestionCategory.objects.filter(path__iexact=category.strip()).first()
    if found is None:
        raise CommandError(f"There is no category “{category}”.")
    return rows.filter(lies_in(found))
