"""The long lists at 1,000 to 1,000,000 incidents, on SQLite and PostgreSQL: time and queries of each page."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests.integration.servers import POSTGRESQL, why_no_postgresql
from tests.load.steps import ROOT, percentile

SIZES = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS = 9
_CHILD = (
    "import django, sys\ndjango.setup()\nfrom tests.load import bench_lists\nbench_lists.child(*sys.argv[1:])"
)
INCIDENTS, SESSIONS = "/admin/proctoring/incident/", "/admin/proctoring/monitoringsession/"
AUDIT, CASES = "/admin/accounts/auditentry/", "/admin/proctoring/case/"
ATTEMPTS = "/admin/exams/attempt/"


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Prints a table for each database: number of queries, time and CPU by size."""
    for name, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with opened() as environment:
            if environment is None:
                print(f"  {name} left out: {why_no_postgresql()}")
                continue
            told = "clock: median / 95 % / least; CPU: least of Django + mean of the database (queries)"
            print(f"\n  {name}: ms of {ROUNDS} requests; {told}", flush=True)
            command = [sys.executable, "-c", _CHILD, *map(str, sizes)]
            subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True)


@contextmanager
def _sqlite() -> Iterator[dict[str, str] | None]:
    with tempfile.TemporaryDirectory(prefix="proctor-lists-") as folder:
        yield {"PROCTOR_DATA_DIR": folder, "DATABASE_URL": ""}


@contextmanager
def _postgresql() -> Iterator[dict[str, str] | None]:
    """A database of its own, gone afterwards."""
    if why_no_postgresql():
        yield None
        return
    address = urlsplit(POSTGRESQL)
    name = f"proctor_lists_{os.getpid()}"
    server = address._replace(path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        with tempfile.TemporaryDirectory(prefix="proctor-lists-") as folder:
            yield {"PROCTOR_DATA_DIR": folder, "DATABASE_URL": address._replace(path=f"/{name}").geturl()}
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def child(*sizes: str) -> None:
    """Fills the database of this process up to each of the sizes, and measures there."""
    from django.core.management import call_command

    from tests.load import seed_lists

    call_command("migrate", verbosity=0)
    seed_lists.prepare_database()
    before, table = 0, dict[str, list[str]]()
    for size in map(int, sizes):
        started = time.perf_counter()
        seed_lists.grow(before, size)
        before = size
        print(f"  {size:,} incidents, filled in {time.perf_counter() - started:.0f} s", flush=True)
        for label, figures in measure(has_names=size >= 100_000).items():
            table.setdefault(label, []).append(figures)
    print_table(table, sizes)


def print_table(table: dict[str, list[str]], sizes: Any) -> None:
    """The figures as a table of Markdown."""
    print("\n  | Page | " + " | ".join(f"{int(size):,}" for size in sizes) + " |")
    print("  | --- |" + " ---: |" * len(sizes))
    for label, cells in table.items():
        print(f"  | {label} | {' | '.join(cells)} |")


def measure(rounds: int = ROUNDS, *, has_names: bool) -> dict[str, str]:
    """By page, in ms: median, 95th percentile and least by the clock; CPU of this process and of PostgreSQL.

    Without the network. The work of SQLite is in the CPU of this process. On a busy machine the clock says
    little, and the CPU time itself grows as caches are shared: the least of some rounds is nearest to quiet.
    `has_names`: whether there are so many people that each search must find somebody.
    """
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from accounts.tenancy import across_all
    from tests.conftest import BACKEND

    with across_all():
        pages = {**_lists(), **_details()}
    clients = {}
    for who in ("reviewer", "admin"):
        clients[who] = Client(headers={"host": "localhost"})
        clients[who].force_login(User.objects.get(email=f"{who}@example.org"), backend=BACKEND)
    found = {}
    for label, address in pages.items():
        # A reviewer finds nobody by a name that unread cases hide from them (decision 0159).
        client = clients["admin" if address.startswith(AUDIT) or "?q=" in address else "reviewer"]
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        asked = list(queries.captured_queries)  # now: the next request forgets them
        assert answer.status_code == 200, (address, answer.status_code)
        if has_names and label.endswith((", common name", ", rare name")):
            assert b"keyset-pages" in answer.content, f"{label}: nobody was found, so nothing is measured"
        times, busy, of_database = [], [], _database_cpu_ms(connection)
        for _ in range(rounds):
            started, cpu = time.perf_counter(), time.process_time()
            client.get(address)
            times.append(1000 * (time.perf_counter() - started))
            busy.append(1000 * (time.process_time() - cpu))
        of_database = (_database_cpu_ms(connection) - of_database) / rounds
        told = f"{statistics.median(times):.0f} / {percentile(times, 0.95):.0f} / {min(times):.0f}"
        told += f"; {min(busy):.0f} + {of_database:.0f} ({len(asked)})"
        found[label] = told
        if min(busy) + of_database > 300:
            slowest = max(asked, key=lambda each: float(each["time"]))
            print(f"  slow: {label}, {told}: {slowest['time']} s for {slowest['sql'][:400]}", flush=True)
    return found


def _database_cpu_ms(connection: Any) -> float:
    """CPU so far of the process that answers this connection, in ms; 0 where it is not to be seen from here.

    Fields 14 and 15 of proc(5): user and system time in clock ticks, of 10 ms as a rule.
    """
    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    try:
        told = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    except OSError:  # the server is on another machine
        return 0.0
    after_name = told.rpartition(")")[2].split()
    return 1000 * (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _lists() -> dict[str, str]:
    from proctoring.models import Incident, MonitoringSession
    from tests.load.seed_lists import RARE_NAME, institution

    rows = Incident.objects.filter(institution=institution()).order_by("pk")
    numbers = list(rows.values_list("pk", flat=True))
    middle = rows.filter(pk=numbers[len(numbers) // 2]).get()
    day = f"started_at__gte={middle.started_at:%Y-%m-%d}T00:00:00Z"
    sessions = MonitoringSession.objects.filter(institution=institution()).order_by("pk")
    session = sessions[len(sessions) // 2].pk
    where = f"sitting={middle.sitting_id}"
    return {
        "incidents": INCIDENTS,
        "incidents, page in the middle": f"{INCIDENTS}?after={middle.pk}",
        "incidents, last page": f"{INCIDENTS}?end=1",
        "incidents, unreviewed": f"{INCIDENTS}?review_state__exact=unreviewed",
        "incidents, of one kind": f"{INCIDENTS}?kind__exact=phone",
        "incidents, high": f"{INCIDENTS}?severity__exact=high",
        "incidents, of one sitting": f"{INCIDENTS}?{where}",
        "incidents, in the dark": f"{INCIDENTS}?light__exact=dark",
        "incidents, advisory": f"{INCIDENTS}?advisory__exact=1",
        "incidents, from a day on": f"{INCIDENTS}?{day}",
        "incidents, before a day, last page": f"{INCIDENTS}?{day.replace('gte', 'lt')}&end=1",
        "incidents, five filters": f"{INCIDENTS}?{where}&{day}&review_state__exact=unreviewed"
        "&kind__exact=looking_away&severity__exact=medium",
        "incidents, three filters, few fit": f"{INCIDENTS}?kind__exact=different_person"
        "&review_state__exact=inconclusive&severity__exact=info",
        "incidents, three filters, none fits": f"{INCIDENTS}?kind__exact=earpiece"
        "&review_state__exact=unreviewed&light__exact=bright",
        "incidents, common name": f"{INCIDENTS}?q=ada",
        "incidents, rare name": f"{INCIDENTS}?q={RARE_NAME.replace(' ', '+')}",
        "incidents, common name and rare filters": f"{INCIDENTS}?q=a&review_state__exact=inconclusive"
        "&kind__exact=different_person",
        "incidents, unknown name": f"{INCIDENTS}?q=nobody-at-all",
        "sessions": SESSIONS,
        "sessions, last page": f"{SESSIONS}?end=1",
        "sessions, live": f"{SESSIONS}?state__exact=live",
        "sessions, page in the middle": f"{SESSIONS}?after={session}",
        "sessions, common name": f"{SESSIONS}?q=ada",
        "sessions, rare name": f"{SESSIONS}?q={RARE_NAME.replace(' ', '+')}",
        "attempts": ATTEMPTS,
        "attempts, last page": f"{ATTEMPTS}?end=1",
        "attempts, in progress": f"{ATTEMPTS}?state__exact=in_progress",
        "attempts, of one sitting": f"{ATTEMPTS}?{where}",
        "attempts, practice": f"{ATTEMPTS}?enrolment__sitting__is_practice__exact=1",
        "attempts, common name": f"{ATTEMPTS}?q=ada",
        "attempts, rare name": f"{ATTEMPTS}?q={RARE_NAME.replace(' ', '+')}",
        "audit log": AUDIT,
        "audit log, last page": f"{AUDIT}?end=1",
        "audit log, of one act": f"{AUDIT}?act=attempt.paused",
        "audit log, of one subject": f"{AUDIT}?subject=incident:{middle.pk}",
        "audit log, of one person": f"{AUDIT}?who=rita",
    }


def _details() -> dict[str, str]:
    from proctoring.models import Case, Incident
    from tests.load.seed_lists import institution

    rows = Incident.objects.filter(institution=institution()).order_by("-pk")
    incident = rows[rows.count() // 3]
    case = Case.objects.filter(institution=institution(), state="open").order_by("-pk").first()
    assert case is not None
    rare = "_changelist_filters=kind__exact%3Ddifferent_person%26severity__exact%3Dinfo"
    return {
        "page of an incident": f"{INCIDENTS}{incident.pk}/change/",
        "page of an incident, few fit the filters": f"{INCIDENTS}{incident.pk}/change/?{rare}",
        "page of a session": f"{SESSIONS}{incident.session_id}/change/",
        "cases": CASES,
        "cases, for the second reading": f"{CASES}?state=first_read",
        "cases, decided": f"{CASES}?state=decided",
        "cases, what fits into an hour": f"{CASES}?minutes=60",
        "page of a case": f"{CASES}{case.pk}/change/",
    }
