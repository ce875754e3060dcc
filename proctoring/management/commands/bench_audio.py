"""Measures the ears on a folder of labelled recordings; prints and judges nothing."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from proctoring.audio.exchange import EarsChoice, EarsError
from proctoring.bench.dataset import DataError
from proctoring.bench.voices import measure_voices
from proctoring.bench.voices_data import read_clips
from proctoring.bench.voices_report import flat_figures, lines_to_read


class Command(BaseCommand):
    """Takes about a second for each minute of sound. Needs no database."""

    help = "Measures how well voices are told apart on labelled recordings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DATA_DIR", help="labels.csv and the files it names")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, flat")
        parser.add_argument("--diarizer", default="local", help="local, or the dotted path of another one")

    def handle(self, *args: Any, folder: Path, diarizer: str, **options: Any) -> None:
        choice = EarsChoice(diarizer, settings.WEIGHTS_DIR, tuple(settings.ONNX_PROVIDERS))
        try:
            figures = measure_voices(read_clips(folder), choice, self._say)
        except (DataError, EarsError) as error:
            raise CommandError(str(error)) from error
        for line in lines_to_read(figures):
            self.stdout.write(line)
        text = json.dumps(flat_figures(figures), indent=2)
        self.stdout.write(text)
        if options["json"]:
            try:
                options["json"].write_text(text + "\n", encoding="utf-8")
            except OSError as error:
                raise CommandError(f"the figures cannot be written: {error}") from error

    def _say(self, part: str) -> None:
        self.stderr.write(f"measuring: {part} ...")
