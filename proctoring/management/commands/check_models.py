"""Lists the model files with source, licence, hash and engine, and says which cannot be used."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from proctoring.checks import diarizer_in_use, engines_in_use
from proctoring.vision.weights import WeightsError, WeightsStatus, check_weights


class Command(BaseCommand):
    """Exit code 1 when a file is missing or damaged, whether or not its engine is in use."""

    help = "Checks the model files of the analysis."
    requires_system_checks = []  # they stop at what this command is there to explain

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = check_weights(Path(settings.WEIGHTS_DIR) if settings.WEIGHTS_DIR else None)
        except WeightsError as error:
            raise CommandError(str(error)) from error
        in_use = engines_in_use()
        for status in found:
            self.stdout.write(_lines(status, status.entry.engine in in_use | {diarizer_in_use()}))
        for engine in sorted(in_use - {status.entry.engine for status in found}):
            self.stdout.write(f"{engine}\n  in use, and brings models of its own: they are not checked here")
        bad = [status.entry.file for status in found if not status.is_usable]
        if bad:
            raise CommandError(f"cannot be used: {', '.join(bad)}")
        self.stdout.write(f"{len(found)} files, all good")


def _lines(status: WeightsStatus, is_in_use: bool) -> str:
    entry = status.entry
    return (
        f"{entry.file}\n  model: {entry.model}\n"
        f"  engine: {entry.engine} ({'in use' if is_in_use else 'not in use: see the settings'})\n"
        f"  source: {entry.source}\n  made: {entry.made}\n"
        f"  licence: {entry.licence} ({entry.licence_file})\n  sha256: {entry.sha256}\n"
        f"  {status.problem or f'good: {status.path}'}"
    )
