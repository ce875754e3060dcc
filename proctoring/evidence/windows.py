"""Which of the recent frames are kept to show an incident: before it, its first hit, its best, its last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BEFORE_SECONDS = 5.0
LEAST_SPACING = 0.4  # closer frames show the same
MOST_FRAMES = 24


@dataclass(frozen=True, slots=True)
class AvailableFrame:
    """A frame that can still be had: seconds since the epoch (UTC), its number, and how clearly it shows the
    incident (0..1; 0 when it does not, or when nobody knows)."""

    captured_at: float
    sequence: int
    strength: float = 0.0


def choose(
    frames: Iterable[AvailableFrame],
    started_at: float,
    until: float,
    *,
    ended: bool = True,
    kept: Sequence[int] = (),
    before_seconds: float = BEFORE_SECONDS,
    least_spacing: float = LEAST_SPACING,
    most: int = MOST_FRAMES,
) -> tuple[int, ...]:
    """Sequence numbers of the frames to keep, in order of time.

    The window reaches from ``before_seconds`` before ``started_at`` to ``until`` (the end, or now while the
    incident is open), both inclusive. Chosen first: the last frame, the strongest, the first at or
    after ``started_at`` and the earliest before it; the rest is spread evenly, no two closer than
    ``least_spacing`` seconds.

    ``kept`` names frames stored already: those still in ``frames`` are in the answer, all of them count
    towards ``most``, so that a growing incident can be stored step by step. While it is open
    (``ended=False``) two places stay free for its best and last frames. ValueError when ``most`` is below
    4 or the window is reversed.
    """
    if most < 4:
        raise ValueError("at least four frames: first hit, best, last, and one before")
    if until < started_at:
        raise ValueError("the window ends before it starts")
    stored = set(kept)
    inside = {
        frame.sequence: frame
        for frame in frames
        if frame.sequence in stored or started_at - before_seconds <= frame.captured_at <= until
    }
    window = sorted(inside.values(), key=lambda frame: (frame.captured_at, frame.sequence))
    room = (most if ended else most - 2) - len(stored)
    chosen = [frame for frame in window if frame.sequence in stored]
    for frame in _landmarks(window, started_at, is_first=not stored):
        if room > 0 and frame not in chosen:
            chosen.append(frame)
            room -= 1
    chosen += _fill_holes(window, chosen, room, least_spacing)
    return tuple(frame.sequence for frame in sorted(chosen, key=window.index))


def _landmarks(window: list[AvailableFrame], started_at: float, is_first: bool) -> list[AvailableFrame]:
    """Last, strongest, first hit and earliest frame of a window sorted by time, most wanted first.

    On a later call (``is_first`` false) the beginning is stored already and may have left the cache, so the
    oldest frame at hand is nothing special.
    """
    if not window:
        return []
    hits = [frame for frame in window if frame.captured_at >= started_at] or window[-1:]
    ends = [window[-1], max(hits, key=lambda frame: frame.strength)]
    return [*ends, hits[0], window[0]] if is_first else ends


def _fill_holes(
    window: list[AvailableFrame], chosen: list[AvailableFrame], room: int, least_spacing: float
) -> list[AvailableFrame]:
    """Up to ``room`` more frames, each the farthest in time from all taken before it."""
    if not chosen:
        return []
    distance = {
        frame: min(abs(frame.captured_at - other.captured_at) for other in chosen) for frame in window
    }
    added: list[AvailableFrame] = []
    while len(added) < room:
        farthest = max(distance, key=lambda frame: distance[frame])
        if distance[farthest] < max(least_spacing, 1e-6):
            break
        added.append(farthest)
        for frame in distance:
            distance[frame] = min(distance[frame], abs(frame.captured_at - farthest.captured_at))
    return added
