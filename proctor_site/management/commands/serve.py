"""Brings the database and static files up to date, then serves. `./run serve` calls it."""

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from proctor_site import serving
from proctor_site.kernel.errors import Refusal

ROLES = ("all", "web", "capture", "worker")


class Command(BaseCommand):
    """A role migrates only where it is the only one: several would at the same moment."""

    help = "Starts the web server, or one role of it; with all roles in one, it migrates first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", choices=ROLES, default=settings.ROLE, help="PROCTOR_ROLE, else all.")

    def handle(self, *args: Any, role: str = "all", **options: Any) -> None:
        if role != settings.ROLE:
            # Settings are read at the start: once more, as that role.
            os.environ["PROCTOR_ROLE"] = role
            serving.begin_anew(["serve"])
        if role == "all":
            self._refuse_busy_port()
            call_command("migrate", interactive=False, verbosity=0)
        else:
            call_command("check", fail_level="ERROR")
            _require_migrated()
        self._refuse_busy_port()
        if role == "worker":
            self.stdout.write("working; stop with Ctrl-C (the job under way is finished first)")
        else:
            serving.collect_static()
        serving.run_server()

    @staticmethod
    def _refuse_busy_port() -> None:
        try:
            serving.refuse_busy_port()
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal


def _require_migrated() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("The database is not up to date. Run: ./run manage migrate")
