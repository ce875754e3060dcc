"""Import and export of a large question bank: time and peak memory in each format."""

import json
import tempfile
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.load import steps

QUESTIONS = 5_000
FORMATS = ("gift", "moodle_xml", "qti21", "qti30")
_KINDS = ("single_choice", "multiple_choice", "true_false", "numeric", "short_answer", "essay", "matching")


def main(count: int = QUESTIONS) -> None:
    """Prints, for each format, what dry run, import and export take; the file is made beforehand."""
    print(f"{count:,} questions of {len(_KINDS)} kinds, SQLite")
    for form in FORMATS:
        with tempfile.TemporaryDirectory(prefix="proctor-bench-") as folder:
            steps.run(__name__, "seed", folder, form, count)
            for name in ACTIONS:
                print(
                    steps.line(f"{form}: {name}", steps.run(__name__, name, folder, form, count)), flush=True
                )


def prepare(name: str, form: str, count: str) -> Callable[[], str]:
    """The action of one step in one format."""
    from exams.bank.formats.registry import FORMATS as KNOWN

    if name == "seed":
        return _seed
    known = KNOWN[form]
    return partial(ACTIONS[name], known, _file(known, int(count)) if name == "dry run" else b"")


def _seed() -> str:
    from django.core.management import call_command

    from accounts.roles import Role
    from tests.factories.accounts import make_institution, make_member

    call_command("migrate", verbosity=0)
    make_member(make_institution("Load College", "load-college"), Role.EXAM_OFFICER)
    return ""


def _file(form: Any, count: int) -> bytes:
    data: bytes = form.write([each for each in map(form.fit, _questions(count)) if hasattr(each, "kind")])
    return data


def _try_out(form: Any, data: bytes) -> str:
    from accounts.models import Institution, User
    from accounts.tenancy import within
    from exams.bank import imports

    institution = Institution.objects.get()
    with within(institution):
        imports.check(institution, file_name="bank", data=data, actor=User.objects.get())
    return f"{len(data) / 1e6:.1f} MB"


def _bring_in(form: Any, data: bytes) -> str:
    from accounts.models import Institution, User
    from accounts.tenancy import within
    from exams.bank import imports
    from exams.models import Question, QuestionImport

    with within(Institution.objects.get()):
        imports.confirm(QuestionImport.objects.get(), actor=User.objects.get())
        return f"{Question.objects.count():,} taken"


def _write(form: Any, data: bytes) -> str:
    from accounts.models import Institution, User
    from accounts.tenancy import within
    from exams.bank import exports
    from exams.models import Question

    institution = Institution.objects.get()
    with within(institution):
        exports.export(institution, exports.fitted(Question.objects.all(), form), actor=User.objects.get())
    return ""


ACTIONS: dict[str, Callable[[Any, bytes], str]] = {"dry run": _try_out, "import": _bring_in, "export": _write}
"""In this order: each works on what the one before it left."""


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
