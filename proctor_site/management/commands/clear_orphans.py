"""Finds stored files that no row names, and removes them when asked to."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models

from accounts.stored_files import orphans
from accounts.tenancy import across_all
from exams.models import AnswerFile, QuestionImport, QuestionMedia, Roster
from proctor_site.kernel import clock
from proctoring import holds
from proctoring.models import (
    DataExport,
    DocumentCheck,
    EvidenceItem,
    IncidentExport,
    OfficerPhoto,
    PhotoUpload,
    ReferenceFace,
    ReplyFile,
    ReportFile,
    SealedPackage,
    Showing,
)

NAMED_BY: dict[str, list[tuple[type[models.Model], str]]] = {
    "question_media": [(QuestionMedia, "stored_name")],
    "answer_files": [(AnswerFile, "stored_name")],
    "replies": [(ReplyFile, "stored_name")],
    "imports": [(QuestionImport, "stored_name"), (Roster, "stored_name"), (PhotoUpload, "stored_name")],
    "reports": [(ReportFile, "stored_name")],
    "exports": [(DataExport, "stored_name"), (IncidentExport, "stored_name")],
    "evidence": [(EvidenceItem, "name"), (SealedPackage, "name")],
    "identity": [
        (ReferenceFace, "photo_name"),
        (DocumentCheck, "photo_name"),
        (OfficerPhoto, "photo_name"),
        (Showing, "photo_name"),
    ],
}
"""The stores, and every column that names their files: what is missing here would be taken for an orphan."""
LEAST_HOURS = 1


class Command(BaseCommand):
    """Without --remove it only lists. Files of other folders than the institutions' own are left alone, as
    are those of an institution with a legal hold: nobody knows of whom they are."""

    help = "Lists stored files that belong to no row (a crash, a failed import); removes them with --remove."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="Remove what is listed, for good.")
        parser.add_argument(
            "--older-than", type=int, default=24, metavar="HOURS", help="Leave younger files alone (24)."
        )
        parser.add_argument("--store", choices=sorted(NAMED_BY), help="Only this store.")

    def handle(
        self,
        *args: Any,
        remove: bool = False,
        older_than: int = 24,
        store: str | None = None,
        **options: Any,
    ) -> None:
        if older_than < LEAST_HOURS:
            raise CommandError(f"At least {LEAST_HOURS} hour: younger files may still be on their way.")
        before = clock.now() - timedelta(hours=older_than)
        total = failed = 0
        held = [f"{number}/" for number in holds.held_institutions()]
        for alias in [store] if store else NAMED_BY:
            for name in orphans(storages[alias], _in_use(alias), stored_before=before):
                if name.startswith(tuple(held)):
                    self.stdout.write(f"{alias}: {name} (under a legal hold, left alone)")
                    continue
                total += 1
                self.stdout.write(f"{alias}: {name}")
                failed += remove and not self._removed(alias, name)
        if failed:
            raise CommandError(f"{failed} of {total} files could not be removed; run it again.")
        what = "removed" if remove else "found; nothing is removed without --remove"
        self.stdout.write(f"{total} file{'' if total == 1 else 's'} without a row {what}")

    def _removed(self, alias: str, name: str) -> bool:
        try:
            storages[alias].delete(name)
        except Exception as error:  # noqa: BLE001  (each store has errors of its own)
            self.stderr.write(f"{alias}: {name} could not be removed: {error}")
            return False
        return True


def _in_use(alias: str) -> Any:
    def with_rows(names: Sequence[str]) -> set[str]:
        found: set[str] = set()
        with across_all():
            for model, column in NAMED_BY[alias]:
                rows = model._base_manager.filter(**{f"{column}__in": names})
                found.update(rows.values_list(column, flat=True))
        return found

    return with_rows
