"""The calls of an attempt as pages list them, each with its recording behind links of one viewer."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from proctoring.evidence.sound_exhibits import Sound, played_by
from proctoring.models import Call


@dataclass(frozen=True, slots=True)
class HeardCall:
    """One call; `sound` None: there is no recording, or the viewer may not hear it."""

    call: Call
    sound: Sound | None


def heard_calls(calls: Iterable[Call], viewer: User, slug: str, *, may_hear: bool = True) -> list[HeardCall]:
    """The calls in the order given. No query where the recordings were fetched along."""
    rows = list(calls)
    sounds = recordings_of(rows, viewer, slug) if may_hear else {}
    return [HeardCall(each, sounds.get(each.pk)) for each in rows]


def recordings_of(calls: Iterable[Call], viewer: User, slug: str) -> dict[int, Sound]:
    """The recordings by the number of their call, with fresh links."""
    items = [item for call in calls for item in call.recordings.all() if item.erased_at is None]
    numbers = [item.call_id or 0 for item in items]
    return dict(zip(numbers, played_by(items, viewer, slug), strict=True))


def version_of(calls: Iterable[HeardCall]) -> str:
    """A word that changes when something of the calls does, links apart: no player stops for nothing."""
    return " ".join(
        f"{each.call.pk}{each.call.state}{each.call.recording_gap}{each.sound.pk if each.sound else ''}"
        f"{'c' if each.call.recording_closed_at else ''}"
        for each in calls
    )
