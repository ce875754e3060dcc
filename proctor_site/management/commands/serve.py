"""Brings the database and static files up to date, then serves. `./run serve` calls it."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from proctor_site import serving
from proctor_site.kernel.errors import Refusal


class Command(BaseCommand):
    help = "Migrates, collects static files when they changed, and starts the web server."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            serving.refuse_busy_port()
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        call_command("migrate", interactive=False, verbosity=0)
        serving.collect_static()
        serving.run_server()
