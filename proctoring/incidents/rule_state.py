"""What the time rules remember of one attempt between two frames: small, immutable, JSON both ways."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from proctoring.observations import Measurements, ObservationKind, Weight

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Look:
    """One informative look: when, was it there, how sure, and the observed seconds since the last one."""

    at: float
    present: bool
    confidence: float
    seconds: float

    def to_json(self) -> list[float]:
        """Compact list ``[at, present, confidence, seconds]``."""
        return [self.at, int(self.present), round(self.confidence, 3), round(self.seconds, 3)]

    @classmethod
    def from_json(cls, data: list[float]) -> "Look":
        """Inverse of :meth:`to_json`."""
        at, present, confidence, seconds = data
        return cls(float(at), bool(present), float(confidence), float(seconds))


@dataclass(frozen=True, slots=True)
class Spell:
    """An incident as the rules see it: open while ``ended_at`` is None, then kept for the cool-down.

    ``looks`` / ``count``: informative looks, and those in which the thing was seen, since ``started_at``.
    ``seconds``: observed seconds; ``clear_looks`` / ``clear_seconds``: run of looks without it at the end.
    ``weight``: of the newest sighting, but proven for good.
    """

    started_at: float
    last_seen_at: float
    looks: int
    count: int
    seconds: float
    confidence: float
    measurements: Measurements = field(default_factory=dict)
    repeats: int = 0
    clear_looks: int = 0
    clear_seconds: float = 0.0
    ended_at: float | None = None
    weight: Weight = Weight.PLAIN

    @property
    def is_open(self) -> bool:
        """True until the rules ended it."""
        return self.ended_at is None

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values."""
        return {
            "started_at": self.started_at,
            "last_seen_at": self.last_seen_at,
            "looks": self.looks,
            "count": self.count,
            "seconds": round(self.seconds, 3),
            "confidence": round(self.confidence, 4),
            "measurements": dict(self.measurements),
            "repeats": self.repeats,
            "clear_looks": self.clear_looks,
            "clear_seconds": round(self.clear_seconds, 3),
            "ended_at": self.ended_at,
            "weight": self.weight.value,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Spell":
        """Inverse of :meth:`to_json`; TypeError on unknown keys."""
        return cls(**{**data, "weight": Weight(data.get("weight", Weight.PLAIN))})


@dataclass(frozen=True, slots=True)
class KindState:
    """Memory for one kind: the window of recent looks (oldest first) and the current or last spell."""

    looks: tuple[Look, ...] = ()
    spell: Spell | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values."""
        return {
            "looks": [look.to_json() for look in self.looks],
            "spell": self.spell.to_json() if self.spell else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "KindState":
        """Inverse of :meth:`to_json`."""
        spell = Spell.from_json(data["spell"]) if data["spell"] else None
        return cls(tuple(Look.from_json(item) for item in data["looks"]), spell)


@dataclass(frozen=True, slots=True)
class IdentityPace:
    """When the face was last compared, and whether something happened since that asks for a new look.

    ``compared_at``: seconds since the epoch (-1: never compared). ``unsettled``: an absence, a
    cover, a jump of the face, or a comparison that was not clearly "same" came since.
    ``face``: centre x, centre y and size of the main face in shares of the picture, empty if none.
    """

    compared_at: float = -1.0
    unsettled: bool = True
    face: tuple[float, ...] = ()

    def to_json(self) -> list[Any]:
        """Compact list ``[compared_at, unsettled, face]``."""
        return [self.compared_at, self.unsettled, [round(value, 4) for value in self.face]]

    @classmethod
    def from_json(cls, data: list[Any]) -> "IdentityPace":
        """Inverse of :meth:`to_json`."""
        compared_at, unsettled, face = data
        return cls(float(compared_at), bool(unsettled), tuple(float(value) for value in face))


@dataclass(frozen=True, slots=True)
class RuleState:
    """Everything ``advance`` needs to know about the frames before this one.

    ``last_sequence`` is -1 before the first frame; frames at or below it change nothing.
    ``frames``: accepted frames so far. ``work_at``: when each of the dear work was last done, by its name.
    ``calm_since``: the newest sighting of anything above severity info, or the first frame; -1 before it.
    ``things_doubts``: see ``things_pace.follow_things``.
    """

    last_sequence: int = -1
    last_at: float = 0.0
    frames: int = 0
    kinds: Mapping[ObservationKind, KindState] = field(default_factory=dict)
    identity: IdentityPace = field(default_factory=IdentityPace)
    work_at: Mapping[str, float] = field(default_factory=dict)
    calm_since: float = -1.0
    things_doubts: int = 0

    def open_kinds(self) -> tuple[ObservationKind, ...]:
        """Kinds with an incident open now."""
        return tuple(kind for kind, item in self.kinds.items() if item.spell and item.spell.is_open)

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values, a few hundred bytes at one frame a second."""
        return {
            "format": FORMAT,
            "last_sequence": self.last_sequence,
            "last_at": self.last_at,
            "frames": self.frames,
            "kinds": {kind.value: item.to_json() for kind, item in self.kinds.items()},
            "identity": self.identity.to_json(),
            "work_at": dict(self.work_at),
            "calm_since": self.calm_since,
            "things_doubts": self.things_doubts,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RuleState":
        """Inverse of :meth:`to_json`; an empty mapping gives a fresh state.

        ValueError when written by another format: better loud than a wrong count.
        """
        if not data:
            return cls()
        if data.get("format") != FORMAT:
            raise ValueError(f"rule state of format {data.get('format')!r}, expected {FORMAT}")
        kinds = {ObservationKind(kind): KindState.from_json(item) for kind, item in data["kinds"].items()}
        return cls(
            int(data["last_sequence"]),
            float(data["last_at"]),
            int(data["frames"]),
            kinds,
            IdentityPace.from_json(data["identity"]),
            dict(data["work_at"]),
            float(data.get("calm_since", -1.0)),
            int(data.get("things_doubts", 0)),
        )
