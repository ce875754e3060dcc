"""Measures the eyes on a folder of labelled pictures and clips; prints and judges nothing."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from proctoring.analysis.pool import engine_choice
from proctoring.bench.dataset import DataError, read_data
from proctoring.bench.measure import measure
from proctoring.bench.report import figures_of, lines_of
from proctoring.vision.engines.base import EngineError
from proctoring.vision.weights import WeightsError


class Command(BaseCommand):
    """Takes minutes. Needs no database."""

    help = "Measures detection on labelled pictures and clips, side by side with the replaced pipeline."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=Path, metavar="DATA_DIR", help="labels.csv, pairs.csv, clips.csv, images/, clips/"
        )
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, flat")
        parser.add_argument(
            "--without-replaced", action="store_true", help="leave the replaced pipeline out: half the time"
        )

    def handle(self, *args: Any, folder: Path, without_replaced: bool, **options: Any) -> None:
        try:
            data = read_data(folder)
            results = measure(data, engine_choice(), with_replaced=not without_replaced, say=self._say)
        except (DataError, EngineError, WeightsError) as error:
            raise CommandError(str(error)) from error
        for line in lines_of(results):
            self.stdout.write(line)
        text = json.dumps(figures_of(results), indent=2)
        self.stdout.write(text)
        if options["json"]:
            try:
                options["json"].write_text(text + "\n", encoding="utf-8")
            except OSError as error:
                raise CommandError(f"the figures cannot be written: {error}") from error

    def _say(self, part: str) -> None:
        self.stderr.write(f"measuring: {part} ...")
