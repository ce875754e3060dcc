"""The last seconds of each session: frames and rule state in the cache, never on disk.

Works with the in-memory cache of one process and with Redis. Only one frame of a session is handled at a
time (`begin`), so reading, changing and writing the memory needs no lock of its own.
"""

import logging
from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass, field, replace
from typing import Any

from django.core.cache import cache

from proctoring.analysis.head_memory import HeadMemory
from proctoring.evidence.windows import AvailableFrame
from proctoring.incidents.rules import RuleState
from proctoring.observations import FrameReport, ObservationKind
from proctoring.vision.looking_back import Past

log = logging.getLogger(__name__)

RECENT_S = 12.0
"""How long an unflagged frame can still be had: the seconds before an incident, and its persistence."""
_FRAME_TTL_S = 20
_MEMORY_TTL_S = 12 * 60 * 60
_BUSY_TTL_S = 15


@dataclass(frozen=True, slots=True)
class FrameNote:
    """What is remembered of a recent frame besides its bytes. `strengths`: how clearly it shows each kind."""

    sequence: int
    captured_at: float
    strengths: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Observed:
    """What the detectors said since it was last written (`ingest.observing`). `notes`: a line for each frame.

    `began_at`: of the first, seconds since the epoch. `digest`: of the rules. `is_fresh`: they began anew.
    """

    began_at: float = 0.0
    digest: str = ""
    is_fresh: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """What the server remembers of a session between two frames.

    `last_sequence`: of the newest frame accepted, analysed or not; -1 before the first. `written`: when each
    kind's open incident was last written to the database, seconds since the epoch. `past`: for looking back.
    `last_look`: what the newest report left for the next frame (`vision.last_look`).
    `head`: what the next looks at the head are compared with. `observed`: what waits to be written.
    """

    last_sequence: int = -1
    rules: RuleState = field(default_factory=RuleState)
    frames: tuple[FrameNote, ...] = ()
    written: Mapping[str, float] = field(default_factory=dict)
    past: Past = field(default_factory=Past)
    last_look: bytes = b""
    head: HeadMemory = field(default_factory=HeadMemory)
    observed: Observed = field(default_factory=Observed)


def begin(session_id: int) -> bool:
    """Claims the session for one frame; False while another one is being handled."""
    return bool(cache.add(_busy_key(session_id), 1, _BUSY_TTL_S))


def done(session_id: int) -> None:
    """Ends the claim of `begin`."""
    cache.delete(_busy_key(session_id))


def load(session_id: int) -> Memory:
    """The session's memory; a fresh one when there is none (first frame, cache emptied)."""
    data = cache.get(_memory_key(session_id))
    if not data:
        return Memory()
    try:
        rules = RuleState.from_json(data["rules"])
    except ValueError:
        log.exception("session %s: the rule state is of another release; counting starts anew", session_id)
        rules = RuleState()
    frames = tuple(FrameNote(*note) for note in data["frames"])
    past, head = Past.from_data(data.get("past", {})), HeadMemory.from_json(data.get("head", {}))
    left = data.get("last_look", b"")
    observed = Observed(*data["observed"]) if "observed" in data else Observed()
    return Memory(data["last_sequence"], rules, frames, data["written"], past, left, head, observed)


def save(session_id: int, memory: Memory) -> None:
    """Stores the memory (a few kilobytes)."""
    data: dict[str, Any] = {
        "last_sequence": memory.last_sequence,
        "rules": memory.rules.to_json(),
        "frames": [(note.sequence, note.captured_at, dict(note.strengths)) for note in memory.frames],
        "written": dict(memory.written),
        "past": memory.past.to_data(),
        "last_look": memory.last_look,
        "head": memory.head.to_json(),
        "observed": astuple(memory.observed),
    }
    cache.set(_memory_key(session_id), data, _MEMORY_TTL_S)


def keep_frame(session_id: int, memory: Memory, report: FrameReport, image: bytes) -> Memory:
    """Adds a frame to the last seconds and drops those that are too old, bytes included."""
    strengths = {
        each.kind.value: each.confidence for each in report.observations if each.present and each.informative
    }
    note = FrameNote(report.sequence, report.captured_at, strengths)
    young = [each for each in memory.frames if report.captured_at - each.captured_at <= RECENT_S]
    old = [each for each in memory.frames if each not in young]
    if old:  # the in-memory cache drops expired entries only when they are asked for
        cache.delete_many([_frame_key(session_id, each.sequence) for each in old])
    cache.set(_frame_key(session_id, report.sequence), image, _FRAME_TTL_S)
    return replace(memory, frames=(*young, note))


def forget(session_id: int) -> None:
    """Drops everything: the session has ended, or its consent was withdrawn."""
    notes = load(session_id).frames
    keys = [_frame_key(session_id, each.sequence) for each in notes]
    cache.delete_many([_memory_key(session_id), *keys])


class RecentFrames:
    """The recent frames of one session, as `incidents.services.record` asks for them."""

    def __init__(self, session_id: int, memory: Memory) -> None:
        self._session_id = session_id
        self._notes = memory.frames

    def available(self, kind: ObservationKind) -> list[AvailableFrame]:
        """Frames that can still be had, with how clearly each shows `kind`."""
        return [
            AvailableFrame(note.captured_at, note.sequence, note.strengths.get(kind.value, 0.0))
            for note in self._notes
        ]

    def pictures(self, sequences: Collection[int]) -> dict[int, bytes]:
        """JPEG bytes by sequence number; those that have just expired are missing."""
        keys = {_frame_key(self._session_id, each): each for each in sequences}
        return {keys[key]: value for key, value in cache.get_many(keys).items()}


def _memory_key(session_id: int) -> str:
    return f"recent:{session_id}"


def _frame_key(session_id: int, sequence: int) -> str:
    return f"recent:{session_id}:{sequence}"


def _busy_key(session_id: int) -> str:
    return f"recent:{session_id}:busy"
