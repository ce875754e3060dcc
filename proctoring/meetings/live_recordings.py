"""What Janus recorded while somebody watched: kept where an incident falls into its time, else deleted.

The sweep finds recordings that have ended and asks for a job each; the job cuts, keeps and deletes. A job
that fails is tried again, and then stands as failed among the jobs, with its files left where they are.
"""

import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts import states as account_states
from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue
from accounts.models import Job
from accounts.tenancy import within
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring import sessions
from proctoring.evidence import store
from proctoring.evidence.exhibits import Recording
from proctoring.incidents.recording import tell_proctors
from proctoring.meetings import mjr
from proctoring.models import Consent, EvidenceItem, Incident, MonitoringSession
from proctoring.models.evidence import EvidenceKind
from proctoring.observations import Severity

log = logging.getLogger(__name__)

JOB = "proctoring.keep_live_recording"
SETTLED_AFTER = timedelta(minutes=20)
"""Until then incidents may still be found in its time: recordings of sound come up to 15 minutes late."""
CUT_OFF_AFTER = timedelta(hours=6)
"""A recording that is not written to any more but was never ended: Janus was killed."""
BEFORE, AFTER = timedelta(seconds=20), timedelta(seconds=40)
"""How much is kept before an incident began, and after it was last seen."""
MOST_OF_ONE = timedelta(minutes=5)
MOST_PIECES = 12
"""Of one recording; the gravest incidents first."""
MOST_BYTES = 1_500_000_000
"""Three hours in full quality; a longer recording is cut off there."""
_NAME = re.compile(
    r"videoroom-(?P<room>[\w.-]+\.attempt-(?P<attempt>\d{1,18})\.[0-9a-f]{16})-user-(?P<user>candidate-[\w.-]+)"
    r"-(?P<at>\d{10,20})-(?P<kind>audio|video)-\d+\.mjr(\.tmp)?"
)


def collect() -> int:
    """Asks for a job for each recording that has settled; how many were asked for. Across institutions."""
    now = clock.now()
    asked = 0
    for name, files in _groups().items():
        newest = max(datetime.fromtimestamp(each.stat().st_mtime, UTC) for each in files)
        wait = CUT_OFF_AFTER if any(each.suffix == ".tmp" for each in files) else SETTLED_AFTER
        if newest + wait > now:
            continue
        attempt = _attempt_of(files[0])
        if attempt is None:
            log.warning("a recording of live video belongs to no attempt here: %s", name)
            continue
        with within(attempt.institution):
            busy = Q(state__in=(account_states.WAITING, account_states.RUNNING, account_states.FAILED))
            if not Job.objects.filter(busy, kind=JOB, arguments__name=name).exists():
                _ask(attempt, name)
                asked += 1
    return asked


@job_kind(JOB)
def keep_recording(job: Job, progress: Progress) -> dict[str, Any]:
    """Keeps the pieces around incidents and deletes the files. What an earlier try has kept is kept once."""
    name = str(job.arguments["name"])
    files = _groups().get(name, [])
    attempt = Attempt.objects.filter(pk=job.arguments["attempt"]).select_related("institution").first()
    session = sessions.session_of(attempt) if attempt is not None else None
    pieces = 0
    if files and session is not None and _agreed(session):
        media = [_read(each) for each in files]
        progress.tell(0, 1)
        pieces = _keep(session, [each for each in media if each.frames])
    for each in files:
        each.unlink(missing_ok=True)
    return {"pieces": pieces}


def _read(path: Path) -> mjr.Media:
    """A killed Janus leaves a file without a head where it had written none yet: nothing is in it."""
    data = path.read_bytes()[:MOST_BYTES]
    if path.suffix == ".tmp" and not data.startswith(mjr.MAGIC):
        log.warning("a recording of live video was cut off before its begin: %s", path.name)
        return mjr.Media("vp8", 0.0, [])
    return mjr.read(data)


def _ask(attempt: Attempt, name: str) -> None:
    enqueue(
        attempt.institution,
        JOB,
        title=f"Recording of live video, attempt {attempt.pk}",
        actor=None,
        arguments={"name": name, "attempt": attempt.pk},
        key=f"live:{name}"[-100:],
    )


def _groups() -> dict[str, list[Path]]:
    """The files of each sending: one for the picture and perhaps one for the sound."""
    found: dict[str, list[Path]] = {}
    if not settings.JANUS_RECORDINGS:
        return found
    for path in sorted(Path(settings.JANUS_RECORDINGS).glob("videoroom-*.mjr*")):
        if named := _NAME.fullmatch(path.name):
            found.setdefault(f"{named['room']}-{named['user']}-{named['at']}", []).append(path)
    return found


def _attempt_of(path: Path) -> Attempt | None:
    named = _NAME.fullmatch(path.name)
    if named is None:
        return None
    # _base_manager: the folder is that of all institutions; the row tells which one this is.
    return (
        Attempt._base_manager.filter(pk=int(named["attempt"]), enrolment__sitting__meeting__isnull=False)
        .select_related("institution")
        .first()
    )


def _agreed(session: MonitoringSession) -> bool:
    return Consent.objects.filter(session=session, live_recording=True, withdrawn_at=None).exists()


def _keep(session: MonitoringSession, media: Sequence[mjr.Media]) -> int:
    if not media:
        return 0
    began = min(each.began for each in media)
    ended = max(each.began + each.seconds for each in media)
    first, last = (datetime.fromtimestamp(each, UTC) for each in (began, ended))
    incidents = Incident.objects.filter(
        session=session, started_at__lt=last + BEFORE, last_seen_at__gt=first - AFTER
    )
    found = sorted(incidents, key=lambda each: -_rank(each))[:MOST_PIECES]
    return sum(_keep_piece(each, media, number=round(began * 1000)) for each in found)


def _rank(incident: Incident) -> int:
    return Severity(incident.severity).rank


def _keep_piece(incident: Incident, media: Sequence[mjr.Media], *, number: int) -> bool:
    begin = incident.started_at - BEFORE
    end = min(incident.last_seen_at, incident.started_at + MOST_OF_ONE) + AFTER
    pieces = [mjr.cut(each, begin.timestamp(), end.timestamp()) for each in media]
    # Here, because it loads the media libraries: for who does this job alone.
    from proctoring.meetings import webm  # noqa: PLC0415

    data, seconds = webm.write(pieces)
    kept = EvidenceItem.objects.filter(incident=incident, kind=EvidenceKind.LIVE_VIDEO, frame_sequence=number)
    if not data or kept.exists():
        return False
    at = datetime.fromtimestamp(min(each.began for each in pieces if each.frames), UTC)
    about = {"seconds": round(seconds, 1)}
    piece = Recording(number, at, data, "video/webm", about, EvidenceKind.LIVE_VIDEO)
    with transaction.atomic():
        store.keep(incident, [piece])
        tell_proctors(incident, "incident.extended")
    return True
