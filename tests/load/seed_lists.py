"""Fills a scratch database with up to a million incidents, copied inside it from one row of each table.

20 institutions, 400 sittings; 20 incidents for each attempt. The first institution has two fifths of it all:
it is the one whose lists are measured. All sums are of the row's number, so each run makes the same rows.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from accounts import audit
from accounts.models import AuditEntry, Institution, Membership, User
from accounts.roles import Role
from accounts.tenancy import across_all, within
from exams import states as attempt_states
from exams.models import Attempt, Enrolment, Sitting
from proctor_site.kernel import clock
from proctoring.models import Case, EvidenceItem, Incident, MonitoringSession, Reading
from proctoring.observations import ObservationKind, Severity
from proctoring.review import cases, readings
from tests.factories.accounts import make_institution, make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session

INSTITUTIONS, SITTINGS, PER_ATTEMPT = 20, 400, 20
FROM = 10_000_000
"""Copied rows are numbered from here: the rows they are copied from keep their own numbers."""
YEAR_S = 365 * 24 * 3600
_BEGIN = int(clock.now().timestamp()) - YEAR_S
FIRST = ("Ada", "Bea", "Carlos", "Dora", "Emil", "Fatima", "Goran", "Hanna", "Ines", "Jamal", "Kofi", "Lena")
LAST = ("Ash", "Berg", "Castro", "Dorn", "Eklund", "Farouk", "Gomes", "Horvat", "Ito", "Jansen", "Klein")
RARE_NAME = "Zora Quill"
KINDS = ("looking_away", "no_face", "several_faces", "tab_hidden", "phone", "book", "different_person")
_KIND_PER_MILLE = (400, 250, 150, 120, 60, 15, 5)
_STATES = ("unreviewed", "dismissed", "acknowledged", "upheld", "inconclusive")
_STATE_PER_MILLE = (700, 200, 60, 30, 10)


def prepare_database() -> None:
    """Institutions, sittings, people, and the row of each table from which the others are copied."""
    with transaction.atomic():
        places = [
            make_institution(f"College {number}", f"college-{number}") for number in range(INSTITUTIONS)
        ]
        exams = [make_exam(place, title="Biology") for place in places]
        sittings = [
            make_sitting(exams[_owner(number)], title=f"Sitting {number}") for number in range(SITTINGS)
        ]
        assert sittings[-1].pk - sittings[0].pk == SITTINGS - 1, "the numbers of the sittings have gaps"
        first = places[0]
        reviewer = make_member(first, Role.REVIEWER, email="reviewer@example.org", name="Rita Reviewer")
        make_member(first, Role.ADMIN, email="admin@example.org", name="Alan Admin")
        candidate = make_member(first, Role.CANDIDATE, email="first@example.org", name="First Candidate")
        attempt = make_attempt(enrol(sittings[0], candidate), state=attempt_states.SUBMITTED)
        session = make_session(attempt, state="ended", ended_at=clock.now())
        incident = make_incident(session)
        with within(first):
            _evidence(incident)
            readings.give(cases.open_case(session, "incidents"), actor=reviewer, verdict="no_concern")
            audit.record(first, incident, "incident.dismiss", actor=reviewer, detail={"reason": "seeded"})


def _evidence(incident: Incident) -> None:
    EvidenceItem.objects.create(
        institution=incident.institution,
        session=incident.session,
        incident=incident,
        kind="camera_frame",
        sequence=1,
        captured_at=incident.started_at,
        content_type="image/jpeg",
        name="scratch",
        size=1,
        sha256="0" * 64,
        previous_hash="0" * 64,
        hash="0" * 64,
        stored_at=clock.now(),
    )


def _owner(sitting: int) -> int:
    return 0 if sitting % 5 < 2 else 1 + sitting % (INSTITUTIONS - 1)


def grow(before: int, total: int) -> None:
    """Adds what is missing from `before` to `total` incidents, and lets the database count its rows."""
    with transaction.atomic(), across_all():
        _attempts(before // PER_ATTEMPT + 1, total // PER_ATTEMPT)
        _incidents(before + 1, total)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if _is_postgresql() else "PRAGMA optimize=0x10002")


def _attempts(low: int, high: int) -> None:
    """People, their attempts and sessions, and a case for every other one."""
    sitting = Sitting.objects.order_by("pk").first()
    assert sitting is not None
    own_sitting = f"{sitting.pk} + (n / 5) % {SITTINGS}"
    here = f"(SELECT s.institution_id FROM exams_sitting s WHERE s.id = {own_sitting})"  # noqa: S608
    me = f"{FROM} + n"
    name = f"CASE WHEN n % 2000 = 5 THEN '{RARE_NAME}' ELSE {_one_of('n', FIRST)} || ' ' || "
    name += f"{_one_of('n / 12', LAST)} || ' ' || (n / 132) END"  # SQLite joins before it divides
    began = f"n * {YEAR_S} / 50000"
    first = User.objects.get(email="first@example.org")
    reviewer = User.objects.get(email="reviewer@example.org")
    _copy(first, {"email": "'c' || n || '@example.org'", "name": name}, low, high)
    _copy(Membership.objects.get(pk__lt=FROM, user=first), {"user": me, "institution": here}, low, high)
    _copy(
        Enrolment.objects.get(pk__lt=FROM),
        {"candidate": me, "sitting": own_sitting, "institution": here},
        low,
        high,
    )
    _copy(Attempt.objects.get(pk__lt=FROM), {"enrolment": me, "institution": here}, low, high)
    changes = {"attempt": me, "sitting": own_sitting, "candidate": me, "institution": here}
    changes |= {"public_id": _uuid(), "started_at": _moment(began), "ended_at": _moment(f"{began} + 3600")}
    _copy(MonitoringSession.objects.get(pk__lt=FROM), changes, low, high)
    reader = f"CASE WHEN n % 20 < 12 THEN NULL ELSE {reviewer.pk} END"
    changes = {
        "session": me,
        "sitting": own_sitting,
        "institution": here,
        "rank": "(n * 7919 % 100000) / 100.0",
        "state": "CASE WHEN n % 20 < 12 THEN 'open' WHEN n % 20 < 16 THEN 'first_read' ELSE 'decided' END",
        "verdict": "CASE WHEN n % 20 < 16 THEN '' ELSE 'no_concern' END",
        "decided_at": f"CASE WHEN n % 20 < 16 THEN NULL ELSE {_moment(began)} END",
        "first_reader": reader,
    }
    _copy(Case.objects.get(pk__lt=FROM), changes, low, high, only="n % 2 = 0")
    changes = {"case": me, "institution": here, "finished_at": _moment(began)}
    _copy(Reading.objects.get(pk__lt=FROM), changes, low, high, only="n % 2 = 0 AND n % 20 >= 12")


def _incidents(low: int, high: int) -> None:
    """Incidents with a picture and an audit entry each."""
    session = f"{FROM} + (n - 1) / {PER_ATTEMPT} + 1"
    table = MonitoringSession._meta.db_table
    of_session = f"(SELECT s.{{}} FROM {table} s WHERE s.id = {session})"  # noqa: S608
    here, began = of_session.format("institution_id"), _moment(f"n * {YEAR_S} / 1000000")
    dice, other = "(n * 48271 % 1000)", "(n * 69621 % 1000)"
    severities = [each.value for each in (Severity.MEDIUM, Severity.LOW, Severity.HIGH, Severity.INFO)]
    changes = {
        "institution": here,
        "session": session,
        "sitting": of_session.format("sitting_id"),
        "kind": _by_share(dice, KINDS, _KIND_PER_MILLE),
        "severity": _by_share("(n * 16807 % 1000)", severities, (500, 350, 145, 5)),
        "review_state": _by_share(other, _STATES, _STATE_PER_MILLE),
        "light": "CASE WHEN n % 100 = 3 THEN 'dark' ELSE '' END",
        "advisory": "n % 500 = 7",
        "started_at": began,
        "last_seen_at": began,
        "ended_at": began,
        "created_at": began,
    }
    assert set(KINDS) & {each.value for each in ObservationKind}
    _copy(Incident.objects.get(pk__lt=FROM), changes, low, high)
    sequence = f"(n - 1) % {PER_ATTEMPT} + 1"
    changes = {"institution": here, "session": session, "incident": f"{FROM} + n", "sequence": sequence}
    _copy(EvidenceItem.objects.get(pk__lt=FROM), {**changes, "captured_at": began}, low, high)
    verb = _by_share(dice, ("incident.dismiss", "incident.acknowledge", "attempt.paused"), (600, 399, 1))
    row = AuditEntry.objects.get(pk__lt=FROM, verb="incident.dismiss")
    changes = {"institution": here, "stream": f"'incident:' || ({FROM} + n)", "verb": verb, "at": began}
    _copy(row, changes, low, high)


def _copy(row: Model, changes: Mapping[str, str], low: int, high: int, *, only: str = "1 = 1") -> None:
    """Copies of `row` for the numbers n from `low` to `high`, with `changes`: SQL by name of the field."""
    names, values = [], []
    for field in row._meta.concrete_fields:
        names.append(connection.ops.quote_name(field.column))
        as_is = f"t.{names[-1]}"
        values.append(f"{FROM} + n" if field.primary_key else changes.get(field.name, as_is))
    unknown = set(changes) - {field.name for field in row._meta.concrete_fields}
    assert not unknown, unknown
    table = connection.ops.quote_name(row._meta.db_table)
    numbers = f"WITH RECURSIVE numbers(n) AS (SELECT CAST({low} AS bigint) UNION ALL "
    numbers += f"SELECT n + 1 FROM numbers WHERE n < {high})"  # noqa: S608  (own names and numbers only)
    rows = f"SELECT {', '.join(values)} FROM numbers, {table} t WHERE t.id = {row.pk} AND {only}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) {numbers} {rows}")  # noqa: S608


def _one_of(number: str, words: tuple[str, ...]) -> str:
    told = " ".join(f"WHEN {place} THEN '{word}'" for place, word in enumerate(words))
    return f"CASE ({number}) % {len(words)} {told} END"


def _by_share(dice: str, words: Any, shares: tuple[int, ...]) -> str:
    parts, sum_so_far = [], 0
    for word, share in zip(words, shares, strict=True):
        sum_so_far += share
        parts.append(f"WHEN {dice} < {sum_so_far} THEN '{word}'")
    return f"CASE {' '.join(parts)} END"


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _moment(seconds: str) -> str:
    """So many seconds after a year before the seeding."""
    if _is_postgresql():
        return f"to_timestamp({_BEGIN} + {seconds})"
    return f"datetime({_BEGIN} + {seconds}, 'unixepoch')"


def _uuid() -> str:
    return "CAST(lpad(to_hex(n), 32, '0') AS uuid)" if _is_postgresql() else "printf('%032x', n)"


def institution() -> Institution:
    """The one that is measured."""
    return Institution.objects.get(slug="college-0")
