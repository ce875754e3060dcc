"""The report about one long attempt: time, queries and memory as JSON, as page and as PDF."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.load import steps

HOURS, INCIDENTS, PICTURES = 3, 60, 5
"""A picture is looked at each second; every incident has so many pictures."""
_SLUG = "report-college"


def main(hours: int = HOURS, incidents: int = INCIDENTS) -> None:
    """Prints all figures. Memory is what the process grew by at its peak. The PDF has an own process."""
    with tempfile.TemporaryDirectory(prefix="proctor-bench-") as folder:
        seeded = steps.run(__name__, f"seed:{hours}:{incidents}", folder)
        print(
            f"an attempt of {hours} h: {hours * 3600:,} pictures looked at, {incidents} incidents, "
            f"{incidents * PICTURES} pictures of evidence, SQLite; made in {seeded['seconds']:.0f} s"
        )
        for name in ACTIONS:
            print(steps.line(name, steps.run(__name__, name, folder)), flush=True)


def prepare(name: str) -> Callable[[], str]:
    """The action of one step; what it needs besides is made here and not measured."""
    if name.startswith("seed:"):
        hours, incidents = map(int, name.split(":")[1:])
        return lambda: seed(hours, incidents)
    return ACTIONS[name]()


def seed(hours: int, incidents: int) -> str:
    """A reviewer, and one ended session with a minute's row for each minute and pictures to each incident."""
    from django.core.management import call_command

    from accounts.roles import Role
    from exams import states
    from proctor_site.kernel import clock
    from tests.factories.accounts import make_institution, make_member
    from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
    from tests.factories.proctoring import make_session

    call_command("migrate", verbosity=0)
    institution = make_institution("Report College", _SLUG)
    make_member(institution, Role.REVIEWER, email="reviewer@example.org", name="Rita Reviewer")
    candidate = make_member(institution, Role.CANDIDATE, email="candidate@example.org", name="Ada Lee")
    end = clock.now() - timedelta(hours=1)
    begin = end - timedelta(hours=hours)
    attempt = make_attempt(
        enrol(make_sitting(make_exam(institution, title="Biology"), title="Autumn"), candidate),
        state=states.SUBMITTED,
        started_at=begin,
        ended_at=end,
    )
    session = make_session(attempt, started_at=begin, ended_at=end, state="ended")
    _minutes(session, hours * 60)
    for number in range(incidents):
        _incident(session, begin + (end - begin) * (number + 0.5) / incidents, number)
    return f"{session.public_id}"


def _minutes(session: Any, number: int) -> None:
    from accounts.tenancy import within
    from proctoring.models import CoverageMinute

    begin = session.started_at.replace(second=0, microsecond=0)
    with within(session.institution):
        CoverageMinute.objects.bulk_create(
            CoverageMinute(
                institution=session.institution,
                session=session,
                minute=begin + timedelta(minutes=each),
                captured=60,
                analysed=60 if each % 20 else 41,
                shed=0 if each % 20 else 19,
                clips_s=60.0,
                light_sum=60.0 * (110 + each % 30),
                light_count=60,
                faces=2 if each % 25 == 7 else 1,
                sound_sum=-42.0 * 60,
                sound_s=60.0,
            )
            for each in range(number)
        )


def _incident(session: Any, begin: Any, number: int) -> None:
    from accounts.tenancy import within
    from proctoring.evidence import exhibits, store
    from proctoring.observations import ObservationKind, Severity
    from tests.capture import BLUE, RED, frame
    from tests.factories.proctoring import make_incident

    kinds = (ObservationKind.NO_FACE, ObservationKind.SEVERAL_FACES, ObservationKind.LOOKING_AWAY)
    incident = make_incident(
        session,
        kind=kinds[number % 3],
        severity=(Severity.MEDIUM, Severity.HIGH, Severity.LOW)[number % 3],
        started_at=begin,
        last_seen_at=begin + timedelta(seconds=8),
        ended_at=begin + timedelta(seconds=8),
    )
    people = ((), (RED, BLUE), (RED,))[number % 3]
    pictures = [
        exhibits.Picture(
            number * 100 + each, begin + timedelta(seconds=each), frame(*people, seed=number * 10 + each)
        )
        for each in range(PICTURES)
    ]
    with within(session.institution):
        store.keep(incident, pictures)


def _get(address: str) -> Callable[[], Callable[[], str]]:
    def prepare() -> Callable[[], str]:
        client, session = signed_in()
        client.get(f"/i/{_SLUG}/")  # imports and templates: not what is measured
        url = address.format(session=session.public_id, attempt=session.attempt_id)

        def action() -> str:
            answer: Any = client.get(url)
            assert answer.status_code == 200, answer.content[:500]
            return f"{len(answer.content) / 1000:,.0f} kB"

        return action

    return prepare


def signed_in() -> tuple[Any, Any]:
    """A client of the reviewer, and the session."""
    from django.test import Client

    from accounts.models import User
    from proctoring.models import MonitoringSession
    from tests.conftest import BACKEND

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(email="reviewer@example.org"), backend=BACKEND)
    # _base_manager: the scratch database has one institution.
    return client, MonitoringSession._base_manager.select_related("institution").get()


def _pdf() -> Callable[[], str]:
    import resource

    from accounts.jobs import worker
    from proctoring.models import ReportFile

    client, session = signed_in()

    def action() -> str:
        asked = client.post(f"/i/{_SLUG}/reports/proctoring/sessions/{session.public_id}/pdf/")
        assert asked.status_code == 302, asked.content[:500]
        worker.work()
        row = ReportFile._base_manager.latest("pk")
        assert row.made_at is not None, "the job failed"
        others = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (
            f"{row.pages} pages, {row.pictures} pictures, {row.size / 1e6:.1f} MB; its own process: "
            f"{others.ru_utime + others.ru_stime:.1f} s CPU, peak {others.ru_maxrss / 1024:.0f} MB"
        )

    return action


ACTIONS: dict[str, Callable[[], Callable[[], str]]] = {
    "report as JSON": _get("/api/v1/sessions/{session}/report/"),
    "report as page": _get(f"/i/{_SLUG}/reports/proctoring/attempts/{{attempt}}/"),
    "report as PDF, the job": _pdf,
}
"""The measurements, in this order."""
