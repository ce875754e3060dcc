"""Takes a frame from a session's client to its answer: checks, analysis, incidents, pace."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from accounts.tenancy import within
from exams import states as exam_states
from proctor_site.kernel.errors import Conflict, Overloaded
from proctoring import coverage
from proctoring.analysis import context, pace, pool, recent, session_measures
from proctoring.analysis.context import SessionContext
from proctoring.analysis.head_memory import HeadMemory, follow_head
from proctoring.analysis.recent import Memory
from proctoring.identity import baseline as baselines
from proctoring.incidents import services as incidents
from proctoring.incidents.decisions import Decision, ExtendIncident
from proctoring.incidents.frame_pace import gravest_doubt, wanted_interval_ms
from proctoring.incidents.observed import as_kept
from proctoring.incidents.recording import Circumstances
from proctoring.incidents.rules import RuleState, advance
from proctoring.incidents.work_pace import work_due, work_if_moved
from proctoring.ingest import limits, observing
from proctoring.ingest.afterwards import look_again
from proctoring.ingest.counting import counted
from proctoring.lighting import lighting_of
from proctoring.live import presence
from proctoring.models import MonitoringSession
from proctoring.observations import FrameReport, ObservationKind
from proctoring.states import SESSION_LIVE
from proctoring.vision.coaching import coaching_text
from proctoring.vision.exchange import FrameRequest, Work
from proctoring.vision.looking_back import look_back
from proctoring.vision.upload import ImageError

log = logging.getLogger(__name__)

THUMBNAIL_WIDTH = 192
EXTEND_EVERY_S = 2.0
"""An incident that goes on is written and told at most this often; its end carries the exact figures."""
PAUSED_MS = 3_000


@dataclass(frozen=True, slots=True)
class FrameAnswer:
    """What the client is told. `code`: why a frame was not accepted; `last_sequence`: the newest known."""

    sequence: int
    accepted: bool
    analysed: bool
    next_frame_after_ms: int
    quality: Mapping[str, Any] | None = None
    coaching: Sequence[Mapping[str, str]] = ()
    incidents: Sequence[str] = ()
    code: str = ""
    last_sequence: int = -1
    clock_skew_s: float = 0.0
    report: FrameReport | None = None
    """What was seen, for callers of ours that word it in another way; never sent as it is."""

    def to_json(self) -> dict[str, Any]:
        """The frame answer of docs/architecture.md."""
        return {
            "type": "frame_result",
            "sequence": self.sequence,
            "accepted": self.accepted,
            "analysed": self.analysed,
            "quality": self.quality,
            "coaching": list(self.coaching),
            "incidents": list(self.incidents),
            "next_frame_after_ms": self.next_frame_after_ms,
            "code": self.code,
            "last_sequence": self.last_sequence,
            "clock_skew_s": round(self.clock_skew_s, 1),
        }


@counted("frame")
def accept_frame(
    session: MonitoringSession, image: bytes, *, sequence: int, captured_at: float | None = None
) -> FrameAnswer:
    """Analyses one frame while the caller waits. `captured_at`: seconds since the epoch, client's clock.

    Raises Conflict (`ended`, `not_started`, `consent_missing`), InvalidInput and TooLarge; then nothing has
    changed. A repeated or late number, a second frame in flight and a paused attempt are answered with
    `accepted` false; overload and a lost worker with `analysed` false. Blocks: not for an event loop.
    """
    number = limits.check_sequence(sequence)
    moment = limits.believed_moment(captured_at)
    limits.check_size(len(image))
    version = context.version_of(session.pk)
    _check_live(session)
    known = context.of(session)
    if not known.may_capture:
        raise Conflict(
            "The candidate has not agreed to the camera; nothing is taken.", code="consent_missing"
        )
    limits.check_picture(image)
    if session.attempt is not None and session.attempt.state == exam_states.PAUSED:
        presence.put_off_frame(session.attempt.pk, PAUSED_MS)
        return FrameAnswer(number, False, False, PAUSED_MS, code="paused")
    if not recent.begin(session.pk):
        return FrameAnswer(number, False, False, known.intervals.usual, code="frame_in_flight")
    try:
        pool.start()  # what loading models takes says nothing about the load
        with pace.handling() as handled:
            answer = _in_turn(session, known, image, number, moment.at)
            handled.looked_at = answer.analysed
        look_again(session, version, lambda agreed: agreed.may_capture)
    finally:
        recent.done(session.pk)
    return replace(answer, clock_skew_s=moment.skew_s)


def _check_live(session: MonitoringSession) -> None:
    if session.state != SESSION_LIVE:
        raise Conflict("This session has ended; no more frames are taken.", code="ended")
    attempt = session.attempt
    if attempt is None or attempt.state in exam_states.RUNNING:
        return
    if attempt.state in exam_states.ENDED:
        raise Conflict("This attempt has ended; no more frames are taken.", code="ended")
    raise Conflict("This attempt has not started; frames are taken from the start on.", code="not_started")


def _in_turn(
    session: MonitoringSession, known: SessionContext, image: bytes, number: int, at: float
) -> FrameAnswer:
    memory = recent.load(session.pk)
    pace.note(session.pk)
    next_ms = pace.next_frame_after_ms(session.pk, known.intervals.usual)
    if number <= memory.last_sequence:
        code = "repeated" if number == memory.last_sequence else "out_of_order"
        return FrameAnswer(number, False, False, next_ms, code=code, last_sequence=memory.last_sequence)
    request = FrameRequest(
        captured_at=at,
        sequence=number,
        references=known.references,
        sides=known.sides,
        detectors=known.rule_set.detectors,
        due=work_due(memory.rules, at),
        if_moved=work_if_moved(memory.rules, at),
        last_look=memory.last_look,
        baseline=known.baseline,
        first_yaw=memory.head.first_yaw(),
        mouth=memory.head.mouth,
        thumbnail_width=THUMBNAIL_WIDTH,
        reads_emotions=known.reads_emotions,
    )
    try:
        first = pace.goes_first(session.pk)
        wait_s = pace.FIRST_WAIT_S if first else None
        report = pool.analyse(image, request, turn=pace.turn(session.pk), wait_s=wait_s)
    except ImageError as error:
        raise limits.bad_picture(error) from error
    except (Overloaded, pool.WorkerLost) as error:
        return _not_analysed(session, memory, request, known, error)
    if Work.HEAD in report.done:
        memory = replace(memory, head=_follow_head(session, known, memory.head, report))
    past, report = look_back(memory.past, report, request, _camera_label(session))
    state = _record(session, known, replace(memory, past=past), report, image)
    usual = request.baseline.usual if request.baseline else None
    session_measures.note(session, report, usual)
    coverage.note_frame(session.pk, at, report)
    rules = known.rule_set.rules
    pace.looked(session.pk, gravest_doubt(state, rules))
    next_ms = pace.next_frame_after_ms(session.pk, wanted_interval_ms(state, rules, known.intervals))
    _note_presence(session, report, next_ms)
    return FrameAnswer(
        number,
        True,
        True,
        next_ms,
        quality=report.quality.to_json(),
        coaching=[{"code": code, "text": coaching_text(code)} for code in report.coaching],
        incidents=[kind.value for kind in state.open_kinds()],
        last_sequence=number,
        report=report,
    )


def _follow_head(
    session: MonitoringSession, known: SessionContext, memory: HeadMemory, report: FrameReport
) -> HeadMemory:
    """The head's memory after one more look; a baseline that was learnt just now is stored."""
    # Its notice tells a candidate of the baseline only where looking away is watched.
    learns = ObservationKind.LOOKING_AWAY in known.rule_set.detectors
    memory, baseline = follow_head(memory, report, known.baseline, learns=learns)
    if baseline is not None and known.baseline is None:
        with within(session.institution):
            baselines.store(session, baseline)
    return memory


def _not_analysed(
    session: MonitoringSession,
    memory: Memory,
    request: FrameRequest,
    known: SessionContext,
    error: Exception,
) -> FrameAnswer:
    """A frame that was taken but not looked at: it counts for the order, and says nothing about anybody."""
    number = request.sequence
    coverage.note_frame(session.pk, request.captured_at, None)
    recent.save(session.pk, replace(memory, last_sequence=number))
    next_ms = pace.next_frame_after_ms(session.pk, known.intervals.usual, shed=True)
    if session.attempt_id is not None:
        presence.count_frame(session.attempt_id, number, analysed=False, next_ms=next_ms)
    code = "overloaded" if isinstance(error, Overloaded) else "analysis_interrupted"
    return FrameAnswer(number, True, False, next_ms, code=code, last_sequence=number)


def _record(
    session: MonitoringSession, known: SessionContext, memory: Memory, report: FrameReport, image: bytes
) -> RuleState:
    """Lets the rules judge, writes what they decide, remembers the frame; the rules' state after it."""
    rule_set = known.rule_set
    report = as_kept(report)
    memory = observing.keep(session, memory, rule_set, report)
    state, decisions = advance(memory.rules, report, rule_set.rules, rule_set.muted)
    memory = recent.keep_frame(session.pk, memory, report, image)
    due, written = _due(decisions, memory.written, report.captured_at)
    if due:
        with within(session.institution):
            incidents.record(
                session,
                due,
                engine=report.engine,
                frames=recent.RecentFrames(session.pk, memory),
                warn_candidate=known.warns_candidate,
                under=Circumstances(lighting_of(report.quality), rule_set.names, rule_set.advisory),
            )
    memory = replace(
        memory, last_sequence=report.sequence, rules=state, written=written, last_look=report.left
    )
    recent.save(session.pk, memory)
    return state


def _due(
    decisions: Sequence[Decision], written: Mapping[str, float], at: float
) -> tuple[list[Decision], dict[str, float]]:
    """The decisions to write now (extensions every `EXTEND_EVERY_S`), and when each kind was written."""
    due: list[Decision] = []
    times = dict(written)
    for decision in decisions:
        last = times.get(decision.kind.value)
        if isinstance(decision, ExtendIncident) and last is not None and 0 <= at - last < EXTEND_EVERY_S:
            continue
        due.append(decision)
        times[decision.kind.value] = at
    return due, times


def _camera_label(session: MonitoringSession) -> str:
    """What the browser calls the camera; "" for sessions without a page of ours."""
    return presence.read(session.attempt_id).camera_label if session.attempt_id is not None else ""


def _note_presence(session: MonitoringSession, report: FrameReport, next_ms: int) -> None:
    if session.attempt_id is None:
        return
    if session.is_outside:
        presence.update(session.attempt_id, connected=True, camera="ok")  # there is no page of ours to say so
    presence.count_frame(session.attempt_id, report.sequence, analysed=True, next_ms=next_ms)
    if report.thumbnail:
        presence.keep_thumbnail(session.attempt_id, report.sequence, report.thumbnail)
