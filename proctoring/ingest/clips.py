"""Takes a recording of the microphone from a session's client to its answer: checks, listening, incidents.

The recording itself is never written: only the piece around what was pointed out is, as evidence. Of a piece
in which the browser heard nothing only that comes, so that every second is answered for.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, tzinfo
from typing import Any

from accounts.tenancy import within
from exams import states as exam_states
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict
from proctoring import coverage
from proctoring.analysis import context, heard, pool, provider, session_measures, sound_pool
from proctoring.analysis.context import SessionContext, SoundContext
from proctoring.analysis.heard import Heard
from proctoring.audio.exchange import ClipError, ClipReport, ClipRequest
from proctoring.audio.unheard import Unheard, report_of
from proctoring.evidence import sounds
from proctoring.evidence.exhibits import Recording
from proctoring.incidents import services as incidents
from proctoring.incidents.heard_clips import heard_clip
from proctoring.incidents.notices import notice_text
from proctoring.incidents.recording import Circumstances, moment
from proctoring.incidents.voice_rules import Finding, judge
from proctoring.ingest import limits, observing
from proctoring.ingest.afterwards import look_again
from proctoring.ingest.counting import counted
from proctoring.live import presence
from proctoring.meetings import calls
from proctoring.models import MonitoringSession
from proctoring.models.policy import DiarizerChoice
from proctoring.observations import ObservationKind
from proctoring.states import SESSION_LIVE

BITS_PER_SECOND = 24_000
LATE_S = 15 * 60.0
"""So long after the end a recording from before it is still taken: the last ones are on their way then."""
CLAIM_WAIT_S = 5.0
"""How long one recording waits for another one of the same session."""
MARGIN_S = 1.0
LONGEST_S = 20.0
"""Around what was heard, and in all: a piece of evidence is no longer than it must be."""
QUIET = "quiet"
IN_CALL = "in_call"
"""The candidate spoke with a proctor meanwhile: that is no other voice, and nobody's business but theirs."""
_LONGER_S = 5.0
"""By so much a recording may be longer than it was to be."""
_MUCH_CLIPPED = 0.02
_TOO_LOUD = "Your microphone is too loud: move a little away from it, or turn it down."


@dataclass(frozen=True, slots=True)
class ClipsWanted:
    """How recordings are wanted. `listen_first`: the browser sends only those in which it hears something."""

    wanted: bool
    seconds: int
    bits_per_second: int
    listen_first: bool
    last_sequence: int

    def to_json(self) -> dict[str, Any]:
        """As the hello of the socket and the answer to a consent carry it."""
        return asdict(self)


NOT_WANTED = ClipsWanted(False, 30, BITS_PER_SECOND, False, -1)


@dataclass(frozen=True, slots=True)
class ClipAnswer:
    """What the client is told; the clip result of docs/architecture.md."""

    sequence: int
    accepted: bool
    analysed: bool
    code: str = ""
    last_sequence: int = -1
    report: ClipReport | None = None
    incidents: Sequence[str] = ()
    clip_seconds: int = 30
    listen_first: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        report = self.report
        quality = None
        if report is not None:
            quality = {
                "level_db": round(report.level_db, 1),
                "noise_db": round(report.noise_db, 1),
                "silent": report.silent,
            }
        return {
            "type": "clip_result",
            "sequence": self.sequence,
            "accepted": self.accepted,
            "analysed": self.analysed,
            "code": self.code,
            "last_sequence": self.last_sequence,
            "duration_s": None if report is None else round(report.duration_s, 2),
            "truncated": report is not None and report.truncated,
            "quality": quality,
            "coaching": [{"code": code, "text": text} for code, text in _coaching(report)],
            "incidents": list(self.incidents),
            "clip_seconds": self.clip_seconds,
            "next": "listen_first" if self.listen_first else "record",
        }


def listens_first(known: SoundContext) -> bool:
    """Whether the browser sends only what holds something to hear: by policy, and while some are shed."""
    return known.skips_quiet or sound_pool.is_crowded()


def wanted(session: MonitoringSession) -> ClipsWanted:
    """Whether and how the session's page records sound now."""
    known = context.of(session).sound
    return ClipsWanted(
        wanted=session.state == SESSION_LIVE and known.may_listen,
        seconds=known.seconds,
        bits_per_second=BITS_PER_SECOND,
        listen_first=listens_first(known),
        last_sequence=heard.load(session.pk).last_sequence,
    )


@counted("clip")
def accept_clip(
    session: MonitoringSession, recording: bytes, *, sequence: int, captured_at: float | None = None
) -> ClipAnswer:
    """Listens to one recording while the caller waits. `captured_at`: when it began, client's clock, seconds.

    Numbers may come in any order; one that was taken before is answered with `accepted` false, code
    `repeated`. Raises Conflict (`ended`, `not_started`, `consent_missing`), InvalidInput and TooLarge; and
    Unavailable (`overloaded`) when nobody is free within `sound_pool.WAIT_S`, or pictures wait: then nothing
    has changed and the client keeps its copy. Blocks: not for an event loop.
    """
    limits.check_recording(recording)
    return _accept(session, recording, sequence=sequence, captured_at=captured_at)


@counted("clip")
def accept_unheard(
    session: MonitoringSession, piece: Unheard, *, sequence: int, captured_at: float | None = None
) -> ClipAnswer:
    """Takes the word of the browser that a piece holds nothing. Answers and raises as `accept_clip`.

    A changed browser could say so of anything, as it could record silence; it is marked as its word.
    """
    limits.check_unheard(piece)
    return _accept(session, piece, sequence=sequence, captured_at=captured_at)


def _accept(
    session: MonitoringSession, piece: bytes | Unheard, *, sequence: int, captured_at: float | None
) -> ClipAnswer:
    number = limits.check_sequence(sequence)
    at = limits.believed_begin(captured_at, session.started_at.timestamp())
    version = context.version_of(session.pk)
    is_late = _check_open(session, at)
    known = _listening(session)
    if _is_in_a_break(session, at):
        return ClipAnswer(number, False, False, code="paused")
    if not heard.begin(session.pk, wait_s=CLAIM_WAIT_S):
        raise sound_pool.crowded("Another recording of this session is being listened to.", 5_000)
    try:
        answer = _in_turn(session, known, piece, number, at, is_late=is_late)
        look_again(session, version, lambda agreed: agreed.sound.may_listen)
    finally:
        heard.done(session.pk)
    return replace(answer, clip_seconds=known.sound.seconds, listen_first=listens_first(known.sound))


def _listening(session: MonitoringSession) -> SessionContext:
    known = context.of(session)
    if not known.sound.may_listen:
        raise Conflict(
            "The candidate has not agreed to the microphone; nothing is taken.", code="consent_missing"
        )
    return known


def _check_open(session: MonitoringSession, at: float) -> bool:
    """Whether the recording comes after the end of its session, but in time; raises Conflict otherwise."""
    attempt = session.attempt
    if session.state != SESSION_LIVE:
        end = session.ended_at.timestamp() if session.ended_at else 0.0
        thrown_away = attempt is not None and attempt.thrown_away_at is not None
        if thrown_away or at >= end or clock.now().timestamp() - end > LATE_S:
            raise Conflict("This session has ended; no more recordings are taken.", code="ended")
        return True
    if attempt is None or attempt.state in exam_states.RUNNING:
        return False
    if attempt.state in exam_states.ENDED:
        raise Conflict("This attempt has ended; no more recordings are taken.", code="ended")
    raise Conflict("This attempt has not started; recordings are taken from then on.", code="not_started")


def _is_in_a_break(session: MonitoringSession, at: float) -> bool:
    """What is said in a break is nobody's business; what was recorded before it is listened to."""
    attempt = session.attempt
    if attempt is None or attempt.state != exam_states.PAUSED:
        return False
    return attempt.paused_at is None or at >= attempt.paused_at.timestamp()


def _is_in_a_call(
    session: MonitoringSession, known: SessionContext, piece: bytes | Unheard, at: float
) -> bool:
    if session.attempt_id is None:
        return False
    seconds = piece.seconds if isinstance(piece, Unheard) else known.sound.seconds + _LONGER_S
    return calls.covered(session.attempt_id, moment(at), moment(at + seconds))


def _in_turn(
    session: MonitoringSession,
    known: SessionContext,
    piece: bytes | Unheard,
    number: int,
    at: float,
    *,
    is_late: bool,
) -> ClipAnswer:
    memory = heard.load(session.pk)
    if memory.has(number):
        last = memory.last_sequence
        return ClipAnswer(number, False, False, "repeated", last)
    request = ClipRequest(at, number, known.sound.rule_set.detectors, _enrolled_voice(known))
    memory = memory.with_taken(number)
    last = memory.last_sequence
    if _is_in_a_call(session, known, piece, at):
        heard.save(session.pk, memory)
        presence.note_sound(session.attempt_id or 0, IN_CALL, missing=memory.missing)
        return ClipAnswer(number, True, False, IN_CALL, last)
    try:
        report = _report(session, piece, request, known.sound.diarizer)
    except ClipError as error:
        raise limits.bad_recording(error) from error
    except pool.WorkerLost:
        # Perhaps this very recording ends workers: it is not asked for again.
        heard.save(session.pk, memory)
        _note_presence(session, memory, None)
        return ClipAnswer(number, True, False, "analysis_interrupted", last)
    rule_set = known.sound.rule_set
    clip, voices = heard_clip(report, memory.voices)
    if known.sound.keeps_heard:
        observing.keep_clip(session, memory, rule_set, clip)
    state, findings = judge(memory.rules, clip, rule_set.rules, rule_set.muted, _zone(session))
    _record(session, known, piece if isinstance(piece, bytes) else b"", report, findings)
    heard.save(session.pk, Heard(memory.taken, state, voices))
    session_measures.note_sound(session, report)
    coverage.note_clip(session.pk, report, heard=not isinstance(piece, Unheard))
    if is_late:
        with within(session.institution):
            incidents.close_open(session)
        heard.end(session.pk)
    _note_presence(session, memory, report)
    code = report.voices.error if report.voices else QUIET if isinstance(piece, Unheard) else ""
    open_now = [] if is_late else [kind.value for kind in state.open_kinds()]
    return ClipAnswer(number, True, not code, code, last, report, open_now)


def _report(
    session: MonitoringSession, piece: bytes | Unheard, request: ClipRequest, diarizer: str
) -> ClipReport:
    if isinstance(piece, Unheard):
        return report_of(piece, request)
    if diarizer == DiarizerChoice.DEEPGRAM:
        return provider.analyse(piece, request, session)
    return sound_pool.analyse(piece, request)


def _enrolled_voice(known: SessionContext) -> tuple[float, ...] | None:
    """Vectors of two models cannot be compared, though a number would come out all the same."""
    sound = known.sound
    if sound.voice is None or sound.voice_engine != sound_pool.engine_description():
        return None
    return sound.voice


def _record(
    session: MonitoringSession,
    known: SessionContext,
    recording: bytes,
    report: ClipReport,
    findings: Sequence[Finding],
) -> None:
    if not findings:
        return
    rule_set = known.sound.rule_set
    pieces = {each.decision.kind: _cut(recording, report, each) for each in findings if each.spans}
    with within(session.institution):
        incidents.record(
            session,
            [each.decision for each in findings],
            engine=report.engine,
            frames=None,
            sounds=pieces,
            warn_candidate=known.warns_candidate,
            under=Circumstances(rules=rule_set.names, advisory=rule_set.advisory),
        )


def _cut(recording: bytes, report: ClipReport, finding: Finding) -> Recording:
    """The piece of the recording that shows a finding."""
    piece = sound_pool.cut(recording, finding.spans, margin_s=MARGIN_S, longest_s=LONGEST_S)
    begins = moment(report.captured_at + piece.offset_s)
    return Recording(report.sequence, begins, piece.data, piece.mime, sounds.describe(report, piece))


def _zone(session: MonitoringSession) -> tzinfo:
    return session.sitting.zone if session.sitting is not None else UTC


def _note_presence(session: MonitoringSession, memory: Heard, report: ClipReport | None) -> None:
    if session.attempt_id is None:
        return
    sound = "ok" if report is not None and not report.silent else "silent" if report else "unheard"
    presence.note_sound(session.attempt_id, sound, missing=memory.missing)


def _coaching(report: ClipReport | None) -> list[tuple[str, str]]:
    """What the candidate can change, as code and sentence."""
    if report is None:
        return []
    if report.silent:
        kind = ObservationKind.MICROPHONE_SILENT
        return [(kind.value, notice_text(kind))]
    return [("microphone_too_loud", _TOO_LOUD)] if report.clipped_share > _MUCH_CLIPPED else []
