"""Takes a film of the screen that was asked for, and no other: checks, then evidence of its incident."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.tenancy import within
from accounts.transitions import lock
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLarge
from proctoring.evidence import store
from proctoring.evidence.exhibits import Recording
from proctoring.incidents import screen_evidence
from proctoring.incidents.recording import tell_proctors
from proctoring.ingest import limits
from proctoring.ingest.counting import counted
from proctoring.ingest.screens import check_open, is_in_a_break, sharing
from proctoring.models import EvidenceItem, Incident, MonitoringSession
from proctoring.models.evidence import EvidenceKind

MOST_SECONDS = 20.0
MOST_PIECES = 5
"""Of one incident: ten seconds before it to ten after its begin, in pieces of some ten seconds."""
_SLACK = timedelta(seconds=15)
_WEBM, _MP4 = b"\x1aE\xdf\xa3", b"ftyp"


@dataclass(frozen=True, slots=True)
class FilmAnswer:
    """What the page is told; `accepted` false: it is not wanted, the copy may go."""

    sequence: int
    accepted: bool
    code: str = ""

    def to_json(self) -> dict[str, Any]:
        """The film answer of docs/architecture.md."""
        return {"type": "screen_clip_result", **asdict(self)}


@counted("film")
def accept_film(
    session: MonitoringSession,
    film: bytes,
    *,
    ask: object,
    sequence: int,
    seconds: float,
    captured_at: float | None = None,
) -> FilmAnswer:
    """Keeps one piece of the film that `ask` names. `captured_at`: when it began, client's clock, seconds.

    Raises Conflict (`not_asked`, `ended`, `not_started`, `consent_missing`, `too_late`), InvalidInput and
    TooLarge; then nothing has changed. A piece that was taken before, is beyond `MOST_PIECES`, or of a
    pause is answered with `accepted` false.
    """
    number = limits.check_sequence(sequence)
    if not 0 < seconds <= MOST_SECONDS:
        raise InvalidInput(f"seconds is more than 0 and at most {MOST_SECONDS:.0f}.", field="seconds")
    content_type = check_film(film)
    wanted = screen_evidence.asked(ask)
    if wanted is None or wanted.session_id != session.pk:
        raise Conflict("No film of the screen was asked for under this name.", code="not_asked")
    at = limits.believed_begin(captured_at, session.started_at.timestamp())
    check_open(session, at)
    if not sharing(session).clips:
        raise Conflict("The candidate's screen is not filmed; nothing is taken.", code="consent_missing")
    begins = datetime.fromtimestamp(at, UTC)
    if begins > wanted.ends or begins + timedelta(seconds=seconds) < wanted.begins - _SLACK:
        raise InvalidInput("This film is not of the time that was asked for.", field="captured_at")
    if is_in_a_break(session, at):
        return FilmAnswer(number, False, "paused")
    about = {"seconds": round(seconds, 1)}
    recording = Recording(number, begins, film, content_type, about, EvidenceKind.SCREEN_CLIP)
    with within(session.institution), transaction.atomic():
        lock(session)  # two pieces at the same moment count each other
        incident = Incident.objects.select_related("session__candidate", "session__attempt", "sitting").get(
            pk=wanted.incident_id
        )
        code = _why_not(incident, number)
        if code:
            return FilmAnswer(number, False, code)
        store.keep(incident, [recording])
        tell_proctors(incident, "incident.extended")
    return FilmAnswer(number, True)


def check_film(film: bytes) -> str:
    """The content type by the first bytes; a film is never decoded here. Raises InvalidInput, TooLarge."""
    most = settings.SCREEN_CLIP_MAX_BYTES
    if len(film) > most:
        raise TooLarge(
            f"This film has {len(film)} bytes; at most {most} are accepted.",
            field="clip",
            details={"limit": most},
        )
    if film.startswith(_WEBM) and b"webm" in film[:64]:
        return "video/webm"
    if film[4:8] == _MP4:
        return "video/mp4"
    raise InvalidInput("This is no film in WebM or MP4.", code="not_a_film", field="clip")


def _why_not(incident: Incident, number: int) -> str:
    rows = EvidenceItem.objects.filter(incident=incident, kind=EvidenceKind.SCREEN_CLIP)
    kept = set(rows.values_list("frame_sequence", flat=True))
    if number in kept:
        return "repeated"
    return "enough" if len(kept) >= MOST_PIECES else ""
