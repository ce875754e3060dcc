"""Proves that stored evidence is what was captured, or names the first item that is not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Institution
from accounts.tenancy import across_all
from exams.delivery.throwing_away import in_words
from proctor_site.kernel.errors import Unavailable
from proctoring.evidence import custody
from proctoring.models import MonitoringSession


class Command(BaseCommand):
    """Exit code 0: all is whole; 1: something was altered, or could not be read."""

    help = "Checks the hash chain and the files of every session's evidence."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--institution", help="Slug; without it all institutions are checked.")
        parser.add_argument("--records-only", action="store_true", help="Check the chain, do not read files.")

    def handle(
        self, *args: Any, institution: str | None = None, records_only: bool = False, **options: Any
    ) -> None:
        with across_all():
            sessions = custody.sessions_with_evidence(_institution_id(institution))
            broken = sum(self._check(session, not records_only) for session in sessions)
        if broken:
            raise CommandError(f"{broken} of {len(sessions)} sessions are not whole.")
        self.stdout.write(f"{len(sessions)} sessions checked, all whole.")

    def _check(self, session: MonitoringSession, check_files: bool) -> bool:
        try:
            found = custody.first_broken(session, check_files=check_files)
        except Unavailable as error:
            self.stdout.write(f"session {session.public_id}: not proved, the store does not answer ({error})")
            return True
        if found is None:
            if session.attempt is not None and custody.is_thrown_away(session):
                self.stdout.write(f"session {session.public_id}: {in_words(session.attempt)}")
            return False
        where = f"item {found.item.sequence} (id {found.item.pk})" if found.item else "the end of the chain"
        self.stdout.write(f"session {session.public_id}: first break at {where}: {found.problem}")
        return True


def _institution_id(slug: str | None) -> int | None:
    if slug is None:
        return None
    found = Institution.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no institution {slug!r}.")
    return found.pk
