"""Checks the audit log: chains, checkpoints, removals, and that the database refuses changes."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import audit_checkpoints, audit_exports, audit_verification
from accounts.models import Institution


class Command(BaseCommand):
    """Exit code 0: whole; 1: something is wrong, and named; 2: it could not be checked."""

    help = "Checks the audit log of every institution (or one), or a file exported from it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--institution", default="", help="its short name; default: all")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--anchors", default="", help="file with lines about checkpoints of another host")
        parser.add_argument(
            "--file", default="", help="check an exported file (JSON lines) in place of the log"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"]:
            self._check_file(Path(options["file"]), as_json=options["json"])
            return
        institutions = Institution.objects.order_by("slug")
        if options["institution"]:
            institutions = institutions.filter(slug=options["institution"])
            if not institutions:
                raise CommandError(f"There is no institution {options['institution']!r}.", returncode=2)
        path = Path(options["anchors"]) if options["anchors"] else None
        if path and not path.is_file():
            raise CommandError(f"There is no file {path}.", returncode=2)
        anchors = list(audit_checkpoints.anchors(path))
        results = [audit_verification.verify(each, anchors) for each in institutions.iterator()]
        protection = audit_verification.faults_of_protection()
        faults = len(protection) + sum(len(each.findings) for each in results)
        if options["json"]:
            found = [audit_verification.as_json(each) for each in results]
            words = [each.words for each in protection]
            self.stdout.write(
                json.dumps({"whole": not faults, "institutions": found, "protection": words}, indent=2)
            )
        else:
            for result in results:
                self._say(result)
            for each in protection:
                self.stdout.write(f"database: {each.words}")
        if faults:
            raise CommandError(f"{faults} fault{'' if faults == 1 else 's'} found.", returncode=1)

    def _say(self, result: audit_verification.Verification) -> None:
        sign = "whole" if not result.findings else "NOT WHOLE"
        self.stdout.write(
            f"{result.institution.slug}: {sign}; {result.entries} entries in {result.streams} chains, "
            f"{result.checkpoints} checkpoints, {result.uncovered} entries since the last, "
            f"{result.redacted} with removed detail"
        )
        for each in result.findings:
            self.stdout.write(f"  {each.words}")

    def _check_file(self, path: Path, *, as_json: bool) -> None:
        try:
            with path.open("rb") as file:
                fault = audit_exports.fault_of_file(file)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error}", returncode=2) from error
        if as_json:
            self.stdout.write(json.dumps({"whole": not fault, "fault": fault}))
        elif not fault:
            self.stdout.write(f"{path}: whole, and signed by this server.")
        if fault:
            raise CommandError(f"{path}: {fault}", returncode=1)
