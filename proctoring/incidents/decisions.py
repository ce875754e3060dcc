"""What the time rules can decide about one kind of observation: open, extend, repeat or end an incident.

In every decision ``count`` is the number of frames in which the thing was seen since ``started_at``,
``repeats`` how many further spells were joined to the incident, ``confidence`` 0..1 the strongest look so
far, and times are seconds since the epoch, UTC.
"""

from dataclasses import dataclass, field

from proctoring.observations import Measurements, ObservationKind, Severity


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """A new incident begins."""

    kind: ObservationKind
    severity: Severity
    confidence: float
    started_at: float
    last_seen_at: float
    count: int
    explanation: str
    measurements: Measurements = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExtendIncident:
    """The open incident of this kind was seen again."""

    kind: ObservationKind
    severity: Severity
    confidence: float
    last_seen_at: float
    count: int
    explanation: str
    measurements: Measurements = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RepeatIncident:
    """The last, already ended incident of this kind goes on: open it again instead of a new one.

    ``merged``: so soon after its end that it counts as the same spell (``repeats`` unchanged).
    ``resumed_at``: first look of the new spell.
    """

    kind: ObservationKind
    severity: Severity
    confidence: float
    resumed_at: float
    last_seen_at: float
    count: int
    repeats: int
    merged: bool
    explanation: str
    measurements: Measurements = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EndIncident:
    """The open incident of this kind is over.

    ``ended_at``: when it was last seen. ``reason``: ``clear`` (looked and gone), ``finished`` (the session
    ended) or ``muted`` (the detector was switched off for this candidate).
    """

    kind: ObservationKind
    confidence: float
    ended_at: float
    count: int
    repeats: int
    reason: str
    explanation: str
    measurements: Measurements = field(default_factory=dict)


Decision = OpenIncident | ExtendIncident | RepeatIncident | EndIncident
