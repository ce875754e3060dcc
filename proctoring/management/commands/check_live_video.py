"""Asks who carries live video whether all is well: settings, reach, secrets; not 0 when it is not."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from proctoring.meetings.providers.base import Configured, UnknownProvider, load_provider


class Command(BaseCommand):
    """Exit code 1 when live video would not work."""

    help = "Asks the provider of live video whether it answers and knows our secrets."
    requires_system_checks = []  # they stop at what this command is there to explain

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            service = load_provider(settings.LIVE_PROVIDER)
        except UnknownProvider as error:
            raise CommandError(str(error)) from error
        if service is None:
            self.stdout.write("Live video is switched off.")
            return
        problems = list(service.problems()) if isinstance(service, Configured) else []
        if not problems and (wrong := service.health()):
            problems = [wrong]
        if problems:
            raise CommandError(f"{service.name}: {' '.join(problems)}")
        self.stdout.write(f"{service.name}: all is well.")
