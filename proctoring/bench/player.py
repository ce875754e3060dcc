"""Plays frames to pipeline and time rules as the server does with a camera's, under the default policy."""

from dataclasses import dataclass
from typing import TypeGuard

from proctoring.analysis.head_memory import HeadMemory, follow_head
from proctoring.bench.dataset import DataError
from proctoring.incidents.decisions import Decision, OpenIncident, RepeatIncident
from proctoring.incidents.rules import RuleState, advance
from proctoring.incidents.work_pace import work_due, work_if_moved
from proctoring.ingest.services import THUMBNAIL_WIDTH
from proctoring.models import Policy
from proctoring.observations import FrameReport
from proctoring.observations import ObservationKind as Kind
from proctoring.policies import rules_for
from proctoring.vision.baseline import Baseline
from proctoring.vision.engines.base import Vector
from proctoring.vision.exchange import FrameRequest, Work
from proctoring.vision.looking_back import Past, look_back
from proctoring.vision.pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class Flag:
    """An incident that opened, or came back and was counted once more: both reach the proctor as news.

    Seconds of the clip; ``text``: why, in words and numbers.
    """

    kind: Kind
    opened_at: float
    started_at: float
    text: str


class Player:
    """One camera: what the server remembers of it between two frames."""

    def __init__(self, references: tuple[Vector, ...] | None = None) -> None:
        self._rule_set = rules_for(Policy())
        self._state, self._past = RuleState(), Past()
        self._head = HeadMemory()
        self._baseline: Baseline | None = None
        self._references = references
        self._sequence = 0
        self._last_look = b""
        self.flags: list[Flag] = []

    def request(self, at: float) -> FrameRequest:
        """What is asked of the next frame, taken ``at`` seconds."""
        return FrameRequest(
            at,
            self._sequence,
            references=self._references,
            detectors=self._rule_set.detectors,
            due=work_due(self._state, at),
            if_moved=work_if_moved(self._state, at),
            last_look=self._last_look,
            thumbnail_width=THUMBNAIL_WIDTH,
            baseline=self._baseline,
            first_yaw=self._head.first_yaw(),
            mouth=self._head.mouth,
        )

    def note(self, request: FrameRequest, report: FrameReport) -> None:
        """Takes the answer to ``request``: rules decide, and incidents that open become flags."""
        self._last_look = report.left
        if Work.HEAD in report.done:
            self._head, self._baseline = follow_head(self._head, report, self._baseline)
        self._past, report = look_back(self._past, report, request)
        self._state, decisions = advance(self._state, report, self._rule_set.rules)
        self._sequence += 1
        self.flags += [_flag(each, report.captured_at) for each in decisions if _is_news(each)]

    def look(self, pipeline: Pipeline, image: bytes, at: float) -> FrameReport:
        """One frame, ``at`` seconds, from request to flags."""
        request = self.request(at)
        report = pipeline.analyse(image, request)
        self.note(request, report)
        return report


def enrol(pipeline: Pipeline, reference: bytes) -> tuple[Vector, ...]:
    """References from a check-in photo; DataError when it is not good enough to be one."""
    enrolled = pipeline.enrol(reference)
    if enrolled.vector is None:
        raise DataError(f"the reference is not good enough: {', '.join(enrolled.problems)}")
    return (enrolled.vector,)


def _is_news(decision: Decision) -> TypeGuard[OpenIncident | RepeatIncident]:
    """A spell that was merged into the one before is no news: proctors see an incident that goes on."""
    return isinstance(decision, OpenIncident) or (
        isinstance(decision, RepeatIncident) and not decision.merged
    )


def _flag(decision: OpenIncident | RepeatIncident, at: float) -> Flag:
    started_at = decision.started_at if isinstance(decision, OpenIncident) else decision.resumed_at
    return Flag(decision.kind, at, started_at, decision.explanation)
