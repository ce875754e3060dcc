"""Numbers the other voices of one session, so that rules and what is kept never see a vector (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from proctoring.audio.exchange import Embedding

SAME_VOICE = 0.5
"""Cosine from which two voices of different recordings count as the same one (decision 0096)."""
MOST = 8
"""Voices that are known again; of more, the one that was heard longest ago is forgotten."""
NOT_TOLD = 0


@dataclass(frozen=True, slots=True)
class KnownVoices:
    """`vectors`: unit vectors by number, last heard last; biometric, for the cache alone.

    A number says nothing of anybody: it counts from 1 in each session, and is never given twice there.
    """

    vectors: tuple[tuple[int, Embedding], ...] = field(default=(), repr=False)
    newest: int = 0

    def number_of(self, vector: Embedding) -> tuple["KnownVoices", int]:
        """The number of that voice, a new one where it is like none; NOT_TOLD without a vector."""
        if not vector:
            return self, NOT_TOLD
        likeness = {number: cosine(vector, known) for number, known in self.vectors}
        best = max(likeness, key=lambda number: likeness[number], default=NOT_TOLD)
        if best != NOT_TOLD and likeness[best] >= SAME_VOICE:
            vectors = dict(self.vectors)
            again = vectors.pop(best)
            return KnownVoices((*vectors.items(), (best, again)), self.newest), best
        number = self.newest + 1
        return KnownVoices((*self.vectors, (number, vector))[-MOST:], number), number

    def to_data(self) -> list[Any]:
        """Plain values for the cache."""
        return [self.newest, self.vectors]

    @classmethod
    def from_data(cls, data: Iterable[Any]) -> "KnownVoices":
        """Inverse of :meth:`to_data`."""
        newest, vectors = data
        return cls(tuple((int(number), tuple(vector)) for number, vector in vectors), int(newest))


def cosine(one: Embedding, other: Embedding) -> float:
    """Of two unit vectors; 0 for vectors of different models."""
    return sum(a * b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else 0.0
