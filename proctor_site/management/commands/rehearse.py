"""Rehearses an exam day with made-up candidates against the running deployment; writes a signed report."""

import asyncio
import resource
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from proctor_site.kernel import clock
from proctor_site.kernel.errors import Refusal
from proctor_site.rehearsal import checks, play, promises, report, stage
from proctor_site.rehearsal.log import Log
from proctor_site.rehearsal.plan import MOST_CANDIDATES, MOST_MINUTES, Plan

QUIET_EVERY_S = 15.0
SPARE_FILES = 200
NOT_HELD = 1


class Command(BaseCommand):
    """Exit code 0: every promise held; 1: one did not, or the report was altered; 2: it could not be run."""

    help = "Plays an exam with made-up candidates against the running server, and says which promises hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--candidates", type=int, default=20, help="how many; 20 unless given")
        parser.add_argument("--minutes", type=float, default=5.0, help="of working time; 5 unless given")
        parser.add_argument("--proctors", type=int, default=1, help="pages that watch; 1 unless given")
        parser.add_argument("--address", help="of the server; PROCTOR_BASE_URL unless given")
        parser.add_argument(
            "--report", type=Path, help="file for the report; in the data folder unless given"
        )
        parser.add_argument(
            "--beside-exams", action="store_true", help="also while candidates are in real exams"
        )
        parser.add_argument(
            "--verify", type=Path, help="check the signature of a report, and do nothing else"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verify"]:
            self._verify(options["verify"])
            return
        plan = _plan(options)
        try:
            passed = self._rehearse(plan, options)
        except Refusal as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        if not passed:
            raise CommandError("Not all promises held; the report says which.", returncode=NOT_HELD)

    def _verify(self, path: Path) -> None:
        try:
            if path.stat().st_size > report.MOST_BYTES:
                raise CommandError("This file is too large for a report.", returncode=NOT_HELD)
            found = report.verify(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}", returncode=2) from error
        except Refusal as refusal:
            raise CommandError(refusal.message, returncode=NOT_HELD) from refusal
        words = "all promises held" if found["passed"] else "not all promises held"
        self.stdout.write(
            f"The signature fits. Rehearsal of {found['made_at']} at {found['address']}: {words}."
        )

    def _rehearse(self, plan: Plan, options: dict[str, Any]) -> bool:
        _require_files(plan)
        running = 0 if options["beside_exams"] else stage.running_elsewhere()
        if running:
            raise CommandError(
                f"{running} candidates are in exams now, and a rehearsal would slow them down. "
                "Rehearse at another time, or say --beside-exams.",
                returncode=2,
            )
        address = (options["address"] or settings.BASE_URL).rstrip("/")
        began, log = time.perf_counter(), Log()
        self.stdout.write(f"Making {plan.candidates} candidates at {address} ...")
        scene = stage.prepare(plan, address=address)
        try:
            log.began = time.perf_counter()
            cpu = _cpu_s()
            asyncio.run(
                play.play(
                    scene,
                    plan,
                    log,
                    tell=self._teller(),
                    before_hand_in=lambda: stage.make_practice_of(scene),
                )
            )
            cpu, seconds = _cpu_s() - cpu, time.perf_counter() - log.began
            self._say("Looking into the database ...")
            found = checks.look(scene, log)
        finally:
            gone = stage.clear(scene)
            self._say(f"What {gone} made-up candidates left behind was thrown away.")
        judged = promises.judge(plan, log, found)
        made = report.make(scene, plan, log, found, judged, seconds=seconds, cpu_s=cpu)
        path = options["report"] or _default_path()
        readable = report.write(made, path)
        self.stdout.write("\n" + report.as_markdown(made))
        self.stdout.write(f"Report: {path} and {readable} ({time.perf_counter() - began:.0f} s in all)")
        return bool(made["passed"])

    def _teller(self) -> play.Tell:
        """A line that is written over on a terminal; elsewhere one each QUIET_EVERY_S."""
        if self.stdout.isatty():
            return lambda words: self._say(f"\r\033[K{words}", ending="")
        last = [0.0]

        def tell(words: str) -> None:
            if time.monotonic() - last[0] >= QUIET_EVERY_S:
                last[0] = time.monotonic()
                self._say(words)

        return tell

    def _say(self, words: str, ending: str = "\n") -> None:
        self.stdout.write(words, ending=ending)
        self.stdout.flush()


def _plan(options: dict[str, Any]) -> Plan:
    candidates, minutes, proctors = options["candidates"], options["minutes"], options["proctors"]
    if not 1 <= candidates <= MOST_CANDIDATES:
        raise CommandError(f"--candidates: give 1 to {MOST_CANDIDATES}.", returncode=2)
    if not 0.25 <= minutes <= MOST_MINUTES:
        raise CommandError(f"--minutes: give 0.25 to {MOST_MINUTES:g}.", returncode=2)
    if not 1 <= proctors <= 50:
        raise CommandError("--proctors: give 1 to 50.", returncode=2)
    return Plan(candidates, 60 * minutes, proctors)


def _require_files(plan: Plan) -> None:
    """Each candidate has up to five connections."""
    wanted = 5 * plan.candidates + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted:
        return
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise CommandError(
            f"{plan.candidates} candidates need {wanted} open files; {hard} are allowed: ulimit -n {wanted}",
            returncode=2,
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _default_path() -> Path:
    return Path(settings.DATA_DIR) / "rehearsals" / f"{clock.now():%Y-%m-%d-%H%M%S}.json"
