"""Takes a picture of the screen from a session's page: checks, the ring of the last ones, its incidents.

Only the header is read: no program looks at what a screen shows, so nothing is decoded, no worker needed.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.tenancy import within
from exams import states as exam_states
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLarge
from proctoring import coverage
from proctoring.analysis import context
from proctoring.analysis.context import ScreenContext
from proctoring.evidence import screen_ring
from proctoring.evidence.screen_ring import Note
from proctoring.incidents import screen_evidence
from proctoring.incidents.recording import tell_proctors
from proctoring.ingest import limits
from proctoring.ingest.afterwards import look_again
from proctoring.ingest.counting import counted
from proctoring.live import presence
from proctoring.models import MonitoringSession
from proctoring.states import SESSION_LIVE
from proctoring.vision.upload import ImageError, ImageLimits, check_bytes

LATE_S = 15 * 60.0
"""So long after it was taken a picture is still wanted, also after the end."""
MOST_SIDE = 2_600
_MOST_COUNT = 100_000


@dataclass(frozen=True, slots=True)
class ScreensWanted:
    """Whether the page sends pictures of the screen, how often, and whether it remembers a film."""

    wanted: bool
    seconds: int
    clips: bool
    last_sequence: int

    def to_json(self) -> dict[str, Any]:
        """As the hello of the socket carries it."""
        return asdict(self)


NOT_WANTED = ScreensWanted(False, 10, False, -1)


@dataclass(frozen=True, slots=True)
class ScreenAnswer:
    """What the page is told. `kept`: the picture shows an incident and was stored."""

    sequence: int
    accepted: bool
    code: str = ""
    last_sequence: int = -1
    kept: bool = False
    screen_seconds: int = 10

    def to_json(self) -> dict[str, Any]:
        """The screen answer of docs/architecture.md."""
        return {"type": "screen_result", **asdict(self)}


def wanted(session: MonitoringSession) -> ScreensWanted:
    """What the session's page does about the screen now."""
    known = context.of(session).screen
    return ScreensWanted(
        wanted=session.state == SESSION_LIVE and known.may_share,
        seconds=known.seconds,
        clips=known.clips,
        last_sequence=screen_ring.load(session.pk).last_sequence,
    )


@counted("screen")
def accept_screen(
    session: MonitoringSession,
    image: bytes,
    *,
    sequence: int,
    captured_at: float | None = None,
    unchanged: int = 0,
    dropped: int = 0,
) -> ScreenAnswer:
    """Takes one picture. `captured_at`: client's clock, seconds. `unchanged`, `dropped`: looks since the one
    before that were not sent because nothing had changed, or were lost on the way.

    Numbers may come late and in any order. Raises Conflict (`ended`, `not_started`, `consent_missing`,
    `too_late`), InvalidInput and TooLarge; then nothing has changed. A picture that was taken before, comes
    beside another one, or was taken in a pause is answered with `accepted` false.
    """
    number = limits.check_sequence(sequence)
    for name, count in (("unchanged", unchanged), ("dropped", dropped)):
        if not 0 <= count <= _MOST_COUNT:
            raise InvalidInput(f"{name} is from 0 to {_MOST_COUNT}.", field=name)
    at = limits.believed_begin(captured_at, session.started_at.timestamp())
    version = context.version_of(session.pk)
    check_open(session, at)
    known = sharing(session)
    check_screen_picture(image)
    if is_in_a_break(session, at):
        return ScreenAnswer(number, False, "paused", screen_seconds=known.seconds)
    if not screen_ring.begin(session.pk):
        return ScreenAnswer(number, False, "picture_in_flight", screen_seconds=known.seconds)
    try:
        answer = _in_turn(session, known, Note(number, at, len(image)), image, unchanged, dropped)
        look_again(session, version, lambda agreed: agreed.screen.may_share)
    finally:
        screen_ring.done(session.pk)
    return replace(answer, screen_seconds=known.seconds)


def check_screen_picture(image: bytes) -> None:
    """Refuses by its header what is no complete JPEG of sensible sides; nothing is decoded."""
    most = settings.SCREEN_MAX_BYTES
    if len(image) > most:
        raise TooLarge(
            f"This picture has {len(image)} bytes; at most {most} are accepted.",
            field="screen",
            details={"limit": most},
        )
    if not image.startswith(b"\xff\xd8"):
        raise InvalidInput("Pictures of the screen are JPEG.", code="not_an_image", field="screen")
    try:
        check_bytes(image, ImageLimits(max_bytes=most, max_side=MOST_SIDE))
    except ImageError as error:
        raise limits.bad_picture(error, "screen") from error


def check_open(session: MonitoringSession, at: float) -> None:
    """What was captured while the attempt ran is taken for `LATE_S` seconds; raises Conflict otherwise."""
    attempt, now = session.attempt, clock.now().timestamp()
    if attempt is None or attempt.thrown_away_at is not None:
        raise Conflict("Only the page of an exam sends its screen.", code="ended")
    if now - at > LATE_S:
        raise Conflict("This was taken too long ago.", code="too_late")
    if session.state == SESSION_LIVE and attempt.state in exam_states.RUNNING:
        return
    if attempt.state not in exam_states.ENDED and session.state == SESSION_LIVE:
        raise Conflict("This attempt has not started; the screen is taken from then on.", code="not_started")
    end = (session.ended_at or attempt.ended_at or session.started_at).timestamp()
    if at >= end or now - end > LATE_S:
        raise Conflict("This attempt has ended; no more of the screen is taken.", code="ended")


def sharing(session: MonitoringSession) -> ScreenContext:
    """What the candidate agreed to. Raises Conflict `consent_missing`."""
    known = context.of(session).screen
    if not known.may_share:
        raise Conflict("The candidate does not share the screen; nothing is taken.", code="consent_missing")
    return known


def is_in_a_break(session: MonitoringSession, at: float) -> bool:
    """What is on the screen in a break is nobody's business; what was taken before it is kept."""
    attempt = session.attempt
    if attempt is None or attempt.state != exam_states.PAUSED:
        return False
    return attempt.paused_at is None or at >= attempt.paused_at.timestamp()


def _in_turn(
    session: MonitoringSession, known: ScreenContext, note: Note, image: bytes, unchanged: int, dropped: int
) -> ScreenAnswer:
    memory = screen_ring.load(session.pk)
    if memory.has(note.sequence):
        return ScreenAnswer(note.sequence, False, "repeated", memory.last_sequence)
    with within(session.institution), transaction.atomic():
        shown = screen_evidence.keep_later(session, note, image)
        for incident in shown:
            tell_proctors(incident, "incident.extended")
    memory = replace(
        memory,
        films=known.clips,
        unchanged=memory.unchanged + unchanged,
        dropped=memory.dropped + dropped,
    )
    memory = screen_ring.add(session.pk, memory, note, image, now=clock.now().timestamp())
    screen_ring.save(session.pk, memory)
    coverage.note_screen(session.pk, note.captured_at)
    if session.state != SESSION_LIVE:
        screen_ring.forget(session.pk)  # only incidents wanted it
    elif session.attempt_id is not None:
        presence.note_screen(
            session.attempt_id,
            note.captured_at,
            taken=memory.taken,
            unchanged=memory.unchanged,
            missing=memory.dropped,
        )
    return ScreenAnswer(note.sequence, True, "", memory.last_sequence, kept=bool(shown))
