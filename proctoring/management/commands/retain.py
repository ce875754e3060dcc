"""Deletes what is due now, or with --dry-run says what would be deleted."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Institution
from accounts.tenancy import within
from proctoring import holds
from proctoring.rights import nightly, retention
from proctoring.rights.kinds import KINDS


class Command(BaseCommand):
    """Without --dry-run it begins the night of each institution as the server does; jobs carry it out."""

    help = "Deletes data whose period is over; --dry-run only counts it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Count what is due, delete nothing.")
        parser.add_argument("--institution", metavar="SLUG", help="Only this institution.")
        parser.add_argument("--json", action="store_true", help="One JSON document instead of lines.")

    def handle(
        self,
        *args: Any,
        dry_run: bool = False,
        institution: str | None = None,
        json: bool = False,
        **options: Any,
    ) -> None:
        found = [self._looked_at(each, dry_run=dry_run) for each in _chosen(institution)]
        if json:
            self.stdout.write(_json_of({"dry_run": dry_run, "institutions": found}))
            return
        for each in found:
            self.stdout.write(f"{each['institution']}:")
            if each["all_held"]:
                self.stdout.write("  under a legal hold; nothing is deleted")
            for code, number in each["due"].items():
                self.stdout.write(f"  {KINDS[code].label}: {number}")
            if not each["due"]:
                self.stdout.write("  nothing is due")
            if not dry_run:
                self.stdout.write("  begun" if each["begun"] else "  was begun already")

    def _looked_at(self, institution: Institution, *, dry_run: bool) -> dict[str, Any]:
        with within(institution):
            due = retention.count_due(institution)
            all_held = holds.is_all_held(institution)
        begun = not dry_run and nightly.begin(institution)
        return {"institution": institution.slug, "all_held": all_held, "due": due, "begun": begun}


def _chosen(slug: str | None) -> list[Institution]:
    rows = Institution.objects.exclude(confirmed_at=None).order_by("slug")
    found = list(rows if slug is None else rows.filter(slug=slug))
    if slug is not None and not found:
        raise CommandError(f"There is no institution {slug}.")
    return found


def _json_of(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2)
