"""The verdict texts and list rows of the Dyte contract. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

FACES, OTHER_FACE, VOICES, REFERENCE = (
    "Multiple Faces Detected",
    "Different Faces Detected",
    "Different Voices Detected",
    "REF_IMAGE",
)
_MARK = "<>"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: when (ISO 8601), in which meeting, of whom, where the proof is, what was seen."""

    ts: str
    meeting_id: str
    participant_id: str
    url: str
    verdict: str

    def to_json(self) -> list[str]:
        """The five values in that contract's order."""
        return [self.ts, self.meeting_id, self.participant_id, self.url, self.verdict]


def verdict_text(name: str, anomaly: str, participant_id: str) -> str:
    """`Participant Name: .. <> Anomaly: .. <> Participant ID: ..`, which clients split at its marks."""
    if anomaly == REFERENCE:
        return REFERENCE
    parts = (
        f"Participant Name: {_plain(name)}",
        f"Anomaly: {anomaly}",
        f"Participant ID: {_plain(participant_id)}",
    )
    return f" {_MARK} ".join(parts)


def newest_first(rows: Iterable[Row]) -> list[list[str]]:
    """The list that clients get."""
    return [row.to_json() for row in sorted(rows, key=lambda row: row.ts, reverse=True)]


def _plain(words: str) -> str:
    """Without what would make one more part of it."""
    return words.replace(_MARK, " ").strip()
