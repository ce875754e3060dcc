"""Lists the model files with source, licence and hash, and says which cannot be used."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from proctoring.vision.weights import WeightsError, check_weights


class Command(BaseCommand):
    """Exit code 1 when a file is missing or damaged."""

    help = "Checks the model files of the analysis."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = check_weights(Path(settings.WEIGHTS_DIR) if settings.WEIGHTS_DIR else None)
        except WeightsError as error:
            raise CommandError(str(error)) from error
        for status in found:
            entry = status.entry
            self.stdout.write(
                f"{entry.file}\n  model: {entry.model}\n  source: {entry.source}\n  made: {entry.made}\n"
                f"  licence: {entry.licence} ({entry.licence_file})\n  sha256: {entry.sha256}\n"
                f"  {status.problem or f'good: {status.path}'}"
            )
        bad = [status.entry.file for status in found if not status.is_usable]
        if bad:
            raise CommandError(f"cannot be used: {', '.join(bad)}")
        self.stdout.write(f"engine: {settings.FACE_ENGINE}; {len(found)} files, all good")
