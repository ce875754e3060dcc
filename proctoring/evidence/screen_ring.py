"""The last pictures of each session's screen, in the cache: never on disk; bounded in number, size, age."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.core.cache import cache

from proctoring.evidence.windows import AvailableFrame, choose

RING_S = 120.0
MOST_PICTURES = 16
MOST_BYTES = 2_500_000
BEFORE_S = 5.0
LEAST_SPACING_S = 1.5
MOST_KEPT = 12
"""Pictures of the screen that are kept of one incident."""
_MOST_NUMBERS = 64
_TTL_S = 150
_MEMORY_TTL_S = 12 * 60 * 60
_BUSY_TTL_S = 15


@dataclass(frozen=True, slots=True)
class Note:
    """One picture of the ring. `captured_at`: seconds since the epoch."""

    sequence: int
    captured_at: float
    size: int


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a session's screen.

    `films`: the page remembers a film as well. `numbers`: the newest that were taken, so that none is taken
    twice. `taken`, `unchanged`, `dropped`: how many pictures came, were left out because nothing had changed,
    or were lost in the browser.
    """

    last_sequence: int = -1
    numbers: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()
    films: bool = False
    taken: int = 0
    unchanged: int = 0
    dropped: int = 0

    def has(self, sequence: int) -> bool:
        """Whether the number was taken, or is so old that nobody knows any more."""
        full = len(self.numbers) >= _MOST_NUMBERS
        return sequence in self.numbers or (full and sequence < min(self.numbers))


def begin(session_id: int) -> bool:
    """Claims the session for one picture; False while another one is being taken."""
    return bool(cache.add(f"screens:{session_id}:busy", 1, _BUSY_TTL_S))


def done(session_id: int) -> None:
    """Ends the claim of `begin`."""
    cache.delete(f"screens:{session_id}:busy")


def load(session_id: int) -> Memory:
    """The session's memory; a fresh one when there is none."""
    data: Mapping[str, Any] | None = cache.get(_key(session_id))
    if not data:
        return Memory()
    notes = tuple(Note(*each) for each in data["notes"])
    return Memory(**{**data, "numbers": tuple(data["numbers"]), "notes": notes})


def add(session_id: int, memory: Memory, note: Note, jpeg: bytes, *, now: float) -> Memory:
    """Takes a picture into the ring and drops what is too old or too much, bytes included."""
    ordered = sorted((*memory.notes, note), key=lambda each: each.captured_at)
    kept: list[Note] = []
    size = 0
    for each in reversed(ordered):
        size += each.size
        # The newest stays whatever its age: it shows a screen that has not changed since.
        if kept and (len(kept) >= MOST_PICTURES or size > MOST_BYTES or now - each.captured_at > RING_S):
            break
        kept.append(each)
    kept.reverse()
    gone = [_picture_key(session_id, each.sequence) for each in memory.notes if each not in kept]
    if gone:  # the in-memory cache drops expired entries only when they are asked for
        cache.delete_many(gone)
    if note in kept:
        cache.set(_picture_key(session_id, note.sequence), jpeg, _TTL_S)
    numbers = (*memory.numbers, note.sequence)[-_MOST_NUMBERS:]
    return replace(
        memory,
        last_sequence=max(memory.last_sequence, note.sequence),
        numbers=numbers,
        notes=tuple(kept),
        taken=memory.taken + 1,
    )


def save(session_id: int, memory: Memory) -> None:
    """Stores the memory (about a kilobyte)."""
    data = asdict(memory) | {"notes": [(n.sequence, n.captured_at, n.size) for n in memory.notes]}
    cache.set(_key(session_id), data, _MEMORY_TTL_S)


def around(memory: Memory, started_at: float, until: float) -> tuple[Note, ...]:
    """The pictures that show an incident which has just opened, in order of time.

    By the camera's rule of windows; besides, the last one before: a screen that did not change sent no other.
    """
    frames = [AvailableFrame(each.captured_at, each.sequence) for each in memory.notes]
    before = [each for each in memory.notes if each.captured_at < started_at - BEFORE_S]
    wanted = set(
        choose(
            frames,
            started_at,
            max(started_at, until),
            before_seconds=BEFORE_S,
            least_spacing=LEAST_SPACING_S,
            most=MOST_KEPT,
        )
    )
    if before:
        wanted.add(before[-1].sequence)
    return tuple(each for each in memory.notes if each.sequence in wanted)


def pictures(session_id: int, notes: Collection[Note]) -> dict[int, bytes]:
    """JPEG bytes by number; those that have just expired are missing."""
    keys = {_picture_key(session_id, each.sequence): each.sequence for each in notes}
    return {keys[key]: value for key, value in cache.get_many(keys).items()}


def newest(session_id: int) -> tuple[Note, bytes] | None:
    """The newest picture that can still be had."""
    notes = load(session_id).notes
    found = pictures(session_id, notes[-1:])
    return (notes[-1], found[notes[-1].sequence]) if found else None


def forget(session_id: int) -> None:
    """Drops the pictures: the session has ended, or its consent was withdrawn. Numbers stay known."""
    memory = load(session_id)
    cache.delete_many([_picture_key(session_id, each.sequence) for each in memory.notes])
    if memory.notes:
        save(session_id, replace(memory, notes=()))


def _key(session_id: int) -> str:
    return f"screens:{session_id}"


def _picture_key(session_id: int, sequence: int) -> str:
    return f"screens:{session_id}:{sequence}"
