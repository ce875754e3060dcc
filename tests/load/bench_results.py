"""Statistics, result pages and exports of a large exam: time, queries and memory of each."""

import tempfile
from collections.abc import Callable
from typing import Any

from tests.load import steps

ATTEMPTS = 5_000
BASE = 250
"""So many attempts are made one by one; the others are copies of theirs."""
_APART = 1_000_000
_COPIED = [
    "accounts.user",
    "exams.enrolment",
    "exams.attempt",
    "exams.paperitem",
    "exams.answer",
    "exams.mark",
]
KINDS = ["single_choice"] * 25 + ["multiple_choice"] * 5 + ["true_false"] * 5 + ["numeric"] * 3
KINDS += ["short_answer"] * 2


def main(attempts: int = ATTEMPTS) -> None:
    """Prints all figures. Memory is what the process grew by at its peak."""
    with tempfile.TemporaryDirectory(prefix="proctor-bench-") as folder:
        seeded = steps.run(__name__, f"seed:{attempts}", folder)
        print(f"{attempts:,} attempts x {len(KINDS)} questions, SQLite; made in {seeded['seconds']:.0f} s")
        for name in ACTIONS:
            print(steps.line(name, steps.run(__name__, name, folder)), flush=True)


def prepare(name: str) -> Callable[[], str]:
    """The action of one step; what it needs besides is made here and not measured."""
    return _seed(int(name.partition(":")[2])) if name.startswith("seed:") else ACTIONS[name]()


def _seed(attempts: int) -> Callable[[], str]:
    def make() -> str:
        from django.core.management import call_command
        from django.db import transaction

        from accounts.roles import Role
        from tests.factories.accounts import make_institution, make_member
        from tests.factories.results import make_results

        call_command("migrate", verbosity=0)
        with transaction.atomic():
            institution = make_institution("Load College", "load-college")
            make_member(institution, Role.EXAM_OFFICER, email="officer@example.org")
            make_results(institution, attempts=min(BASE, attempts), kinds=KINDS)
            for number in range(1, attempts // BASE):
                _copy_all(number)
        return ""

    return make


def _copy_all(number: int) -> None:
    """Further candidates with the answers of the first ones, made inside the database: ten times as fast."""
    from django.apps import apps

    models = [apps.get_model(label) for label in _COPIED]
    for model in models:
        _copy(model, number, models)


def _copy(model: Any, number: int, copied: list[Any]) -> None:
    from django.db import connection

    names, values = [], []
    for field in model._meta.concrete_fields:
        column = connection.ops.quote_name(field.column)
        names.append(column)
        if field.primary_key or (field.related_model in copied and field.name != "marker"):
            values.append(f"{column} + {number * _APART}")
        elif field.name == "email":
            values.append(f"'{number}-' || {column}")
        else:
            values.append(column)
    table = connection.ops.quote_name(model._meta.db_table)
    rows = f"SELECT {', '.join(values)} FROM {table} WHERE id < {_APART}"  # noqa: S608  (own names only)
    sql = f"INSERT INTO {table} ({', '.join(names)}) {rows}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _compute() -> Callable[[], str]:
    from accounts.models import Institution
    from accounts.tenancy import within
    from exams.models import Sitting
    from exams.reports.columns import Subject
    from exams.reports.services import compute

    def action() -> str:
        with within(Institution.objects.get()):
            sitting = Sitting.objects.select_related("exam__institution").get()
            report, _ = compute(Subject(sitting.exam, sitting))
        return f"alpha {report.exam.consistency.value:.1f} %"

    return action


def _page(address: str) -> Callable[[], Callable[[], str]]:
    def prepare() -> Callable[[], str]:
        from django.test import Client

        from accounts.models import Institution, User
        from accounts.tenancy import within
        from exams.models import SectionQuestion, Sitting
        from tests.conftest import BACKEND

        client = Client(headers={"host": "localhost"})
        client.force_login(User.objects.get(email="officer@example.org"), backend=BACKEND)
        client.get("/i/load-college/reports/")  # imports and templates: not what is measured
        with within(Institution.objects.get()):
            sitting, place = Sitting.objects.get(), SectionQuestion.objects.order_by("position").first()
        assert place is not None
        parts = {"sitting": sitting.pk, "section": place.section_id, "question": place.question_id}
        url = "/i/load-college/" + address.format(**parts)

        def action() -> str:
            response: Any = client.get(url)
            assert response.status_code == 200, response.content[:500]
            size = sum(map(len, response.streaming_content)) if response.streaming else len(response.content)
            return f"{size / 1000:,.0f} kB"

        return action

    return prepare


_SITTING = "reports/sittings/{sitting}/"
ACTIONS: dict[str, Callable[[], Callable[[], str]]] = {
    "compute the statistics": _compute,
    "statistics page, stored": _page(_SITTING),
    "one question in detail": _page(_SITTING + "sections/{section}/questions/{question}/"),
    "results page of the office, 50 rows": _page("results/{sitting}/"),
    "results page of the office, by points": _page("results/{sitting}/?sort=-points"),
    "preview of a release": _page("results/{sitting}/release/"),
    "results as CSV": _page(_SITTING + "export/?what=results&as=csv"),
    "results as XLSX": _page(_SITTING + "export/?what=results&as=xlsx"),
    "all answers as CSV": _page(_SITTING + "export/?what=answers&as=csv"),
}
"""The measurements, in this order: the first stores what the second shows."""
