"""Places of the timeline's parts in a drawing: numbers only, the template writes the SVG (pure)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from proctoring.timeline import Moment, Timeline

WIDTH, LEFT, RIGHT = 1000, 90, 30
STATE_Y, INCIDENT_Y, MARK_Y, LOST_Y, AXIS_Y, HEIGHT = 14, 48, 84, 118, 148, 176
LEAST_BAR = 6.0
_STEPS_S = (10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
_MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle or mark. `look` names its style; `is_current`: the incident that is looked at."""

    x: float
    width: float
    look: str
    title: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment on the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the template draws, in units of a 1000 wide picture."""

    states: list[Bar]
    incidents: list[Bar]
    marks: list[Bar]
    lost: list[Bar]
    ticks: list[Tick]
    width: int = WIDTH
    height: int = HEIGHT


def draw(timeline: Timeline, *, zone: str, current: int | None = None) -> Drawing:
    """The drawing of a timeline; times on the axis are in `zone`."""
    length = max((timeline.end - timeline.begin).total_seconds(), 1.0)

    def x(moment: datetime) -> float:
        share = (moment - timeline.begin).total_seconds() / length
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def bars(kind: str) -> list[Bar]:
        return [_bar(each, x, current) for each in timeline.moments if each.kind == kind]

    states = [
        Bar(
            x(span.begin),
            round(max(x(span.end) - x(span.begin), 1.0), 1),
            span.state,
            span.state.replace("_", " "),
        )
        for span in timeline.spans
    ]
    ticks = [Tick(x(at), label) for at, label in ticks_of(timeline.begin, timeline.end, zone)]
    return Drawing(states, bars("incident"), bars("warning"), bars("lost"), ticks)


def _bar(moment: Moment, x: Callable[[datetime], float], current: int | None) -> Bar:
    begin = x(moment.at)
    width = max(x(moment.until) - begin, LEAST_BAR) if moment.until else LEAST_BAR
    is_current = moment.incident is not None and moment.incident == current
    return Bar(begin, round(width, 1), moment.severity or moment.kind, moment.words, is_current)


def ticks_of(begin: datetime, end: datetime, zone: str) -> Iterable[tuple[datetime, str]]:
    """Round moments on the axis with their labels, at most `_MOST_TICKS`."""
    length = (end - begin).total_seconds()
    step = next((each for each in _STEPS_S if length / each <= _MOST_TICKS), _STEPS_S[-1])
    local = begin.astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (local - midnight).total_seconds()
    moment = midnight + timedelta(seconds=(passed // step + 1) * step)
    look = "%H:%M" if step >= 60 else "%H:%M:%S"
    while moment <= end:
        yield moment, f"{moment:{look}}"
        moment += timedelta(seconds=step)
