"""The lanes of the desk's timeline, each from the rows that are in hand (no query)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from exams.delivery.question_views import Seen
from proctoring.coverage import Coverage, Minute
from proctoring.desk.scene import Item, Lane, Span, runs_of
from proctoring.models import Incident
from proctoring.review.risk import risk_curve
from proctoring.timeline import Moment, Timeline

Saved = tuple[datetime, int, str]
"""When an answer was saved, to which question: its place on the paper and its name."""
_NOT_WATCHED = {
    "watched": "pictures were looked at",
    "shed": "pictures came, nobody was free to look at them",
    "offline": "no sign of the page",
    "paused": "paused",
    "unwatched": "no picture came",
}
_ACTS = ("move", "warning", "talk", "call")


def lanes_of(
    timeline: Timeline,
    incidents: Sequence[Incident],
    items: Sequence[Item],
    seen: Sequence[Seen],
    saved: Sequence[Saved],
    coverage: Coverage,
) -> list[Lane]:
    """All lanes in the order in which they are drawn."""
    return [
        Lane("state", "State", _states(timeline), "not known"),
        Lane("incidents", "Incidents", incident_spans(incidents)),
        Lane("camera", "Camera kept", _of_items(items, "camera")),
        Lane("screen", "Screen kept", _of_items(items, "screen")),
        Lane("sound", "Sound kept", _of_items(items, "sound")),
        Lane("question", "Question shown", question_spans(seen), "not known"),
        Lane("answers", "Answers saved", answer_spans(saved)),
        Lane("page", "Browser", _of_moments(timeline.moments, ("page",))),
        Lane("acts", "Acts and talk", _of_moments(timeline.moments, _ACTS)),
        Lane("lost", "Lost time", _of_moments(timeline.moments, ("lost",))),
        Lane("coverage", "Coverage", coverage_spans(coverage), "not counted", is_counted=False),
        Lane("risk", "Worth a look", risk_spans(incidents, timeline.begin, timeline.end), is_counted=False),
    ]


def incident_spans(incidents: Iterable[Incident]) -> list[Span]:
    """Incidents in order of time, numbered from 1."""
    return [
        Span(
            each.started_at,
            each.ended_at or max(each.last_seen_at, each.started_at),
            each.severity,
            f"Incident {number}: {each.get_kind_display()}, {each.severity}, "
            f"{each.get_review_state_display()}",
            f"incident-{each.pk}",
        )
        for number, each in enumerate(incidents, 1)
    ]


def question_spans(seen: Iterable[Seen]) -> list[Span]:
    """Questions on the screen; two looks so that neighbours are told apart."""
    return [
        Span(each.begin, each.end, f"question-{each.position % 2}", f"Question {each.position}: {each.title}")
        for each in seen
    ]


def answer_spans(saved: Iterable[Saved]) -> list[Span]:
    """One mark for each question and minute, however often it was saved in it."""
    counts: dict[tuple[datetime, int], tuple[datetime, str, int]] = {}
    for at, position, title in saved:
        key = (at.replace(second=0, microsecond=0), position)
        first, _, count = counts.get(key, (at, "", 0))
        counts[key] = (first, title, count + 1)
    return [
        Span(first, None, "answer", f"Answer to question {position} saved, {_times(count)}: {title}")
        for (_, position), (first, title, count) in counts.items()
    ]


def coverage_spans(coverage: Coverage) -> list[Span]:
    """What was watched, minute by minute, neighbours of the same sort together."""
    found = (
        (each.at, each.at + timedelta(seconds=60), look, _NOT_WATCHED[look])
        for each in coverage.minutes
        for look in [look_of(each)]
    )
    return runs_of(found)


def look_of(minute: Minute) -> str:
    """What a minute was above all."""
    if minute.is_watched:
        return "watched"
    if minute.shed:
        return "shed"
    if minute.paused_s >= minute.seconds / 2 and minute.paused_s > 0:
        return "paused"
    return "offline" if minute.offline_s > minute.seconds / 2 else "unwatched"


def risk_spans(incidents: Sequence[Incident], begin: datetime, end: datetime) -> list[Span]:
    """The curve as steps; nothing where it is flat."""
    curve = risk_curve(incidents, begin, end)
    ends = [at for at, _ in curve[1:]]
    return [
        Span(at, until, "risk", f"Worth a look: {value:.0f} of 100", level=value / 100)
        for (at, value), until in zip(curve, ends, strict=False)
        if value >= 1
    ]


def _states(timeline: Timeline) -> list[Span]:
    return [Span(each.begin, each.end, each.state, each.state.replace("_", " ")) for each in timeline.spans]


def _of_items(items: Iterable[Item], track: str) -> list[Span]:
    return [
        Span(
            each.begin,
            each.begin + timedelta(seconds=each.seconds) if each.seconds else None,
            "film" if each.seconds else "picture",
            each.alt,
            f"item-{each.pk}",
        )
        for each in items
        if each.track == track
    ]


def _of_moments(moments: Iterable[Moment], kinds: Sequence[str]) -> list[Span]:
    return [
        Span(each.at, each.until, each.kind, f"{each.words}. {each.detail}".rstrip(". ") + ".")
        for each in moments
        if each.kind in kinds
    ]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def happenings_of(
    seen: Iterable[Seen], saved: Iterable[Saved], moments: Iterable[Moment]
) -> list[tuple[datetime, str]]:
    """What the page and its candidate did, in order, for the words of films."""
    found = [(each.begin, f"question {each.position} came on the screen") for each in seen]
    found += [(at, f"answer to question {position} saved") for at, position, _ in saved]
    found += [(each.at, _small(each.words)) for each in moments if each.kind == "page"]
    return sorted(found)


def shown_at(seen: Sequence[Seen], name: Callable[[Seen], str]) -> Callable[[datetime], str]:
    """A function that words the question on the screen at a moment; "" where it is not known."""

    def at(moment: datetime) -> str:
        here = [each for each in seen if each.begin <= moment < each.end]
        return name(here[-1]) if here else ""

    return at


def _small(words: str) -> str:
    return words[:1].lower() + words[1:].rstrip(".")
