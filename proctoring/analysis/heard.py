"""What is remembered of a session's recordings: numbers and rule state, in the cache; no recording.

Works with the in-memory cache of one process and with Redis. One recording of a session is handled at a time
(`begin`), whichever process takes it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.cache import cache

from proctoring.incidents.known_voices import KnownVoices
from proctoring.incidents.voice_rules import VoiceState

_MEMORY_TTL_S = 12 * 60 * 60
_AFTER_END_TTL_S = 30 * 60
_BUSY_TTL_S = 120
_LOOK_AGAIN_S = 0.1
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """`taken`: numbers of the recordings that were taken, as ranges with both ends; `rules`: their memory.

    `is_ended`: the session has ended since the last recording that was judged.
    """

    taken: Ranges = ()
    rules: VoiceState = field(default_factory=VoiceState)
    voices: KnownVoices = field(default_factory=KnownVoices)
    is_ended: bool = False

    @property
    def last_sequence(self) -> int:
        """The newest number; -1 before the first."""
        return self.taken[-1][1] if self.taken else -1

    @property
    def missing(self) -> int:
        """How many numbers below the newest have not come; they may still come late."""
        between = zip(self.taken, self.taken[1:], strict=False)
        return sum(after[0] - before[1] - 1 for before, after in between)

    def has(self, sequence: int) -> bool:
        """Whether that recording was taken before."""
        return any(first <= sequence <= last for first, last in self.taken)

    def with_taken(self, sequence: int) -> "Heard":
        """The memory after one more."""
        return replace(self, taken=_joined(sorted([*self.taken, (sequence, sequence)])))


def begin(session_id: int, *, wait_s: float) -> bool:
    """Claims the session for one recording, after at most `wait_s`; False while another one is handled."""
    until = time.monotonic() + wait_s
    while not cache.add(_busy_key(session_id), 1, _BUSY_TTL_S):
        if time.monotonic() >= until:
            return False
        time.sleep(_LOOK_AGAIN_S)
    return True


def done(session_id: int) -> None:
    """Ends the claim of `begin`."""
    cache.delete(_busy_key(session_id))


def load(session_id: int) -> Heard:
    """The session's memory; a fresh one when there is none."""
    data: dict[str, Any] | None = cache.get(_key(session_id))
    if not data:
        return Heard()
    taken = tuple((int(first), int(last)) for first, last in data["taken"])
    if "voices" not in data:  # written by a version that kept vectors among the rules; gone within a day
        return Heard(taken)
    voices = KnownVoices.from_data(data["voices"])
    return Heard(taken, VoiceState.from_data(data["rules"]), voices, data["is_ended"])


def save(session_id: int, memory: Heard) -> None:
    """Stores the memory (some kilobytes)."""
    _store(session_id, memory, _MEMORY_TTL_S)


def end(session_id: int) -> None:
    """The session has ended: what is left knows numbers and times for recordings that come late, no voice."""
    memory = load(session_id)
    _store(session_id, Heard(memory.taken, memory.rules.closed(), is_ended=True), _AFTER_END_TTL_S)


def forget(session_id: int) -> None:
    """Drops everything: the consent was withdrawn."""
    cache.delete(_key(session_id))


def _store(session_id: int, memory: Heard, seconds: int) -> None:
    data = {
        "taken": memory.taken,
        "rules": memory.rules.to_data(),
        "voices": memory.voices.to_data(),
        "is_ended": memory.is_ended,
    }
    cache.set(_key(session_id), data, seconds)


def _joined(ranges: Sequence[tuple[int, int]]) -> Ranges:
    """Sorted ranges with neighbours made one."""
    found: list[tuple[int, int]] = []
    for first, last in ranges:
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def _key(session_id: int) -> str:
    return f"heard:{session_id}"


def _busy_key(session_id: int) -> str:
    return f"heard:{session_id}:busy"
