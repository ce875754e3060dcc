"""Encrypts the keys of all candidates with the newest master key; the former one may go afterwards."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from proctor_site.kernel.errors import Conflict, Unavailable
from proctoring.evidence import keys
from proctoring.models import PersonKey


class Command(BaseCommand):
    """Safe to repeat and to run while the server works. Exit code 1: some keys cannot be read."""

    help = "Encrypts keys of evidence anew after PROCTOR_EVIDENCE_KEY was changed; touches no file."

    def handle(self, *args: Any, **options: Any) -> None:
        rotated, unreadable = 0, 0
        # _base_manager: one master key serves every institution.
        waiting = PersonKey._base_manager.filter(destroyed_at=None).exclude(master=keys.newest_master())
        for row in waiting.order_by("pk").iterator(chunk_size=500):
            try:
                rotated += keys.wrap_anew(row)
            except (Conflict, Unavailable) as error:
                unreadable += 1
                self.stderr.write(f"key {row.label}: {error}")
        self.stdout.write(f"{rotated} keys are under the newest master key now.")
        if unreadable:
            raise CommandError(
                f"{unreadable} keys cannot be read; name the master key they were made with in "
                "PROCTOR_EVIDENCE_KEYS_BEFORE. Do not destroy any master key before this finds nothing."
            )
        self.stdout.write("Nothing needs a former master key any more.")
