"""What is to be seen or heard in evidence, in words, from what is stored: nothing is looked at anew."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from proctoring.evidence import sounds
from proctoring.models import EvidenceItem, Incident
from proctoring.models.evidence import EvidenceKind

Clock = Callable[[datetime], str]
Happening = tuple[datetime, str]
MOST_TOLD = 12
_FILMS = (EvidenceKind.SCREEN_CLIP, EvidenceKind.LIVE_VIDEO)


def alt_of(item: EvidenceItem, incident: Incident | None, name: str, clock: Clock) -> str:
    """Names whose it is, the kind, the moment, and what the rule claims."""
    what = f"{item.get_kind_display()}, {name}, {clock(item.captured_at)}"
    if incident is None:
        return what
    offset = round((item.captured_at - incident.started_at).total_seconds())
    where = f"{-offset} s before" if offset < 0 else f"{offset} s after" if offset else "as"
    return f"{what}, {where} “{incident.get_kind_display()}” began. The rule says: {incident.explanation}"


def text_of(item: EvidenceItem, happenings: Sequence[Happening], question: str, clock: Clock) -> str:
    """What is known of the piece besides: what is heard, what changed meanwhile, which question was shown."""
    parts = []
    if spoken := sounds.text_of(item.about).strip():
        parts.append(spoken.rstrip(".") + ".")
    elif item.kind in _FILMS:
        parts.append(_film_words(item, happenings, clock))
    if question:
        parts.append(f"On the screen: {question}.")
    return " ".join(parts)


def happenings_in(happenings: Sequence[Happening], begin: datetime, end: datetime) -> Sequence[Happening]:
    """Those of the stretch; `happenings` are in order of time."""
    first = bisect_left(happenings, (begin, ""))
    return happenings[first : bisect_left(happenings, (end, "\U0010ffff"))]


def _film_words(item: EvidenceItem, happenings: Sequence[Happening], clock: Clock) -> str:
    seconds = length_of(item)
    found = happenings_in(happenings, item.captured_at, item.captured_at + timedelta(seconds=seconds))
    length = f"{seconds:.0f} s without sound"
    if not found:
        return f"{length}; nothing else was noted meanwhile."
    told = "; ".join(f"{clock(at)} {words}" for at, words in found[:MOST_TOLD])
    more = f"; and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    return f"{length}. Meanwhile: {told}{more}."


def length_of(item: EvidenceItem) -> float:
    """Seconds of a recording or film; 0 for pictures."""
    seconds = item.about.get("seconds") if isinstance(item.about, dict) else None
    return float(seconds) if isinstance(seconds, int | float) and seconds > 0 else 0.0
