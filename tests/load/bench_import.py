"""Import and export of a large question bank: time and peak memory in each format."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = 5_000
FORMATS = ("gift", "moodle_xml", "qti21", "qti30")
_KINDS = ("single_choice", "multiple_choice", "true_false", "numeric", "short_answer", "essay", "matching")
_STEP = "import sys; from tests.load import bench_import; bench_import.step(sys.argv[1], int(sys.argv[2]))"


def main(count: int = QUESTIONS) -> None:
    """Prints, for each format, what dry run, import and export take; memory is what the process grew by."""
    print(f"{count:,} questions of {len(_KINDS)} kinds, SQLite")
    for name in FORMATS:
        with tempfile.TemporaryDirectory(prefix="proctor-bench-") as folder:
            own = {"PROCTOR_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "tests.settings"}
            command = [sys.executable, "-c", _STEP, name, str(count)]
            done = subprocess.run(command, cwd=ROOT, env=os.environ | own, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{name} failed:\n{done.stderr[-3000:]}")
        print(done.stdout.splitlines()[-1], flush=True)


def step(name: str, count: int) -> None:
    """One format in this process; prints one line."""
    import django

    django.setup()
    from django.core.management import call_command

    from accounts.roles import Role
    from accounts.tenancy import within
    from exams.bank import exports, imports
    from exams.bank.formats.registry import FORMATS as KNOWN
    from exams.models import Question
    from tests.factories.accounts import make_institution, make_member

    call_command("migrate", verbosity=0)
    institution = make_institution("Load College", "load-college")
    officer = make_member(institution, Role.EXAM_OFFICER)
    form = KNOWN[name]
    data = form.write([each for each in map(form.fit, _questions(count)) if hasattr(each, "kind")])  # type: ignore[misc]
    with within(institution):
        before, times = _peak(), []
        started = time.perf_counter()
        found = imports.check(institution, file_name="bank", data=data, actor=officer)
        times.append(time.perf_counter() - started)
        started = time.perf_counter()
        imports.confirm(found, actor=officer)
        times.append(time.perf_counter() - started)
        peak = _peak() - before
        started = time.perf_counter()
        exports.export(institution, exports.fitted(Question.objects.all(), form), actor=officer)
        times.append(time.perf_counter() - started)
        taken = Question.objects.count()
    print(
        f"{form.label:<11} {len(data) / 1e6:5.1f} MB  dry run {times[0]:6.2f} s  import {times[1]:6.2f} s  "
        f"export {times[2]:6.2f} s  +{peak:4.0f} MB  {taken:,} taken"
    )


def _questions(count: int) -> Any:
    from exams.bank.formats.base import ParsedQuestion
    from exams.kinds.registry import KINDS
    from tests.factories.exams import CONTENT

    for number in range(count):
        kind = _KINDS[number % len(_KINDS)]
        yield ParsedQuestion(
            title=f"Question {number}",
            stem=f"What is asked in question number {number}? " + "A sentence of the stem. " * 8,
            kind=kind,
            content=KINDS[kind].validate_content(json.loads(json.dumps(CONTENT[kind]))),
            category=("Bank", f"Shelf {number % 50}"),
            tags=(f"tag {number % 100}", "load"),
        )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
