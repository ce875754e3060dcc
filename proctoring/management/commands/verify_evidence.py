"""Proves that stored evidence is what was captured, or names the first item that is not."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Institution
from accounts.tenancy import across_all
from exams.delivery.throwing_away import in_words
from proctor_site.kernel.errors import Unavailable
from proctoring.evidence import custody, history
from proctoring.models import Case, MonitoringSession

_EACH = 200
NOT_WHOLE, NOT_PROVED = 1, 2


class Command(BaseCommand):
    """Exit code 0: all is whole; 1: something was altered; 2: some could not be read, the rest is whole."""

    help = "Checks hash chain, files, keys, erasures, signed lists and the log of every session's evidence."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--institution", help="Slug; without it all institutions are checked.")
        parser.add_argument("--case", type=int, help="Only the evidence of the case with this number.")
        parser.add_argument("--records-only", action="store_true", help="Check the chain, do not read files.")
        parser.add_argument("--json", action="store_true", help="One JSON object and nothing else.")

    def handle(
        self,
        *args: Any,
        institution: str | None = None,
        case: int | None = None,
        records_only: bool = False,
        **options: Any,
    ) -> None:
        as_json = bool(options.get("json"))
        with across_all():
            sessions = _sessions(institution, case)
            found = []
            for number, session in enumerate(sessions, 1):
                found.append(self._check(session, not records_only, as_json))
                if not as_json and number % _EACH == 0:
                    self.stdout.write(f"{number} of {len(sessions)} sessions checked")
        broken = [each for each in found if each["state"] == "broken"]
        unproved = [each for each in found if each["state"] == "not proved"]
        if as_json:
            told = {"sessions": len(sessions), "broken": broken, "not_proved": unproved}
            self.stdout.write(json.dumps(told, indent=1))
        if broken or unproved:
            words = f"{len(broken) + len(unproved)} of {len(sessions)} sessions are not whole."
            raise CommandError(words, returncode=NOT_WHOLE if broken else NOT_PROVED)
        if not as_json:
            self.stdout.write(f"{len(sessions)} sessions checked, all whole.")

    def _check(self, session: MonitoringSession, check_files: bool, quiet: bool) -> dict[str, Any]:
        """What is said of one session: its public id, `state`, and where it breaks."""
        told: dict[str, Any] = {"session": str(session.public_id), "state": "whole"}
        line = ""
        try:
            found = custody.first_broken(session, check_files=check_files)
        except Unavailable as error:
            told |= {"state": "not proved", "problem": error.message}
            line = f"not proved, the store does not answer ({error})"
        else:
            if found is not None:
                item = found.item
                where = f"item {item.sequence} (id {item.pk})" if item else "the end of the chain"
                told |= {"state": "broken", "problem": found.problem}
                told |= {"item": item.sequence, "id": item.pk} if item else {}
                line = f"first break at {where}: {found.problem}"
            elif chains := history.broken_chains(session):
                problem = f"the log of who saw it was altered, or an entry is missing: {', '.join(chains)}"
                told |= {"state": "broken", "problem": problem}
                line = f"the evidence is whole, but {problem}"
            elif session.attempt is not None and custody.is_thrown_away(session):
                line = in_words(session.attempt)
        if line and not quiet:
            self.stdout.write(f"session {session.public_id}: {line}")
        return told


def _sessions(slug: str | None, case: int | None) -> list[MonitoringSession]:
    if case is not None:
        found = Case._base_manager.select_related("session__institution", "session__attempt").filter(pk=case)
        row = found.first()
        if row is None or (slug is not None and row.institution_id != _institution_id(slug)):
            raise CommandError(f"There is no case {case}.")
        return [row.session]
    return custody.sessions_with_evidence(_institution_id(slug))


def _institution_id(slug: str | None) -> int | None:
    if slug is None:
        return None
    found = Institution.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no institution {slug!r}.")
    return found.pk
