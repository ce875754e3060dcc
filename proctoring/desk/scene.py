"""What the desk shows of an attempt, put on lanes of one timeline (pure: numbers and words, no rows)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

LANE_HEIGHT = 26
LEAST_SHARE = 0.25
"""Percent of the width: what is shorter is drawn as wide as that."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch, or with `end` None a moment. `look` names its style, `key` what a click on it leads to."""

    begin: datetime
    end: datetime | None
    look: str
    words: str
    key: str = ""
    level: float = 1.0


@dataclass(frozen=True, slots=True)
class Lane:
    """One row. `name`: its label; `code`: for styles and tests; `empty`: what it says of nothing."""

    code: str
    name: str
    spans: Sequence[Span]
    empty: str = "none"
    is_counted: bool = True

    @property
    def summary(self) -> str:
        """How much is on it, in words; nothing of a curve, whose steps nobody counts."""
        if not self.spans:
            return self.empty
        return f"{len(self.spans)}" if self.is_counted else ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A span as it is drawn: `x` and `width` in percent, `y` and `height` in pixels of the lane."""

    x: float
    width: float
    y: float
    height: float
    look: str
    words: str
    key: str


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A lane in its place: `y` of its top in pixels."""

    code: str
    name: str
    summary: str
    y: int
    bars: list[Bar]

    @property
    def middle(self) -> int:
        return self.y + LANE_HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """All lanes and the marks of time below them: `ticks`: percent, words, anchor of the words."""

    lanes: list[DrawnLane]
    ticks: list[tuple[float, str, str]]

    @property
    def lanes_height(self) -> int:
        return len(self.lanes) * LANE_HEIGHT

    @property
    def height(self) -> int:
        return self.lanes_height + 22


@dataclass(frozen=True, slots=True)
class Item:
    """One evidence file as the page plays it. `track`: camera, screen or sound; `url`: a link of minutes.

    `alt` names time, kind and what the rule claims; `text` says more, as far as something is stored.
    `seconds` 0: a picture. `renew_url` gives fresh links. `incident`: its row; None: about none.
    """

    pk: int
    kind: str
    track: str
    begin: datetime
    seconds: float
    url: str
    renew_url: str
    alt: str
    text: str
    incident: int | None = None
    marks: Sequence[tuple[float, float, str]] = ()

    def to_json(self) -> dict[str, Any]:
        """As the page's scripts read it."""
        return {
            "id": self.pk,
            "kind": self.kind,
            "track": self.track,
            "at": self.begin.timestamp(),
            "seconds": self.seconds,
            "url": self.url,
            "renew": self.renew_url,
            "alt": self.alt,
            "text": self.text,
            "incident": self.incident,
        }


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything of one attempt, from `begin` to `end`."""

    begin: datetime
    end: datetime
    lanes: list[Lane] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return max((self.end - self.begin).total_seconds(), 1.0)


def draw(scene: Scene, ticks: Iterable[tuple[datetime, str]]) -> Drawing:
    """The scene in percent of its length; what lies outside is drawn at the edge."""
    lanes = [
        DrawnLane(
            lane.code,
            lane.name,
            lane.summary,
            place * LANE_HEIGHT,
            [_bar(span, scene, place * LANE_HEIGHT) for span in lane.spans],
        )
        for place, lane in enumerate(scene.lanes)
    ]
    return Drawing(lanes, [_tick(_percent(at, scene), words) for at, words in ticks])


def _tick(x: float, words: str) -> tuple[float, str, str]:
    """At the edges the words stand inside, or they would be cut off."""
    return x, words, "start" if x < 8 else "end" if x > 92 else "middle"


def _bar(span: Span, scene: Scene, top: int) -> Bar:
    x = _percent(span.begin, scene)
    end = _percent(span.end, scene) if span.end is not None else x
    width = min(max(end - x, LEAST_SHARE), 100.0)
    height = max((LANE_HEIGHT - 8) * min(max(span.level, 0.0), 1.0), 1.0)
    return Bar(
        round(min(x, 100.0 - width), 3),
        round(width, 3),
        round(top + LANE_HEIGHT - 4 - height, 1),
        round(height, 1),
        span.look,
        span.words,
        span.key,
    )


def _percent(at: datetime, scene: Scene) -> float:
    share = (at - scene.begin).total_seconds() / scene.seconds
    return round(100 * min(max(share, 0.0), 1.0), 3)


def since_begin(at: datetime, begin: datetime) -> str:
    """Time since the start in words: "12:04 after the start", "0:08 before the start"."""
    seconds = round((at - begin).total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    clock = f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
    return f"{clock} {'before' if seconds < 0 else 'after'} the start"


def runs_of(moments: Iterable[tuple[datetime, datetime, str, str]]) -> list[Span]:
    """Neighbouring stretches of the same look as one span: `(begin, end, look, words)` in order."""
    runs: list[Span] = []
    for begin, end, look, words in moments:
        if runs and runs[-1].look == look and runs[-1].end == begin:
            runs[-1] = Span(runs[-1].begin, end, look, words)
        else:
            runs.append(Span(begin, end, look, words))
    return runs
