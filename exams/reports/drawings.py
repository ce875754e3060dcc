"""Places of the parts of the plots: numbers only, the templates write the SVG (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from exams.reports.answer_statistics import Fifth

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 24, 14, 44
BINS = 10
_PLOT_WIDTH, _PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with what it stands for: `label` on the axis, `value` as shown beside it and in the table."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: str
    middle: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across with its number on the left."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart. `line_x`: a line up at that place (the pass mark), None for none."""

    bars: list[Bar]
    ticks: list[Tick]
    line_x: float | None = None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    floor: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Dot:
    """One question among all: its number, and the figures as said in words."""

    x: float
    y: float
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Dots:
    """Facility from left (hard) to right (easy), discrimination upwards."""

    dots: list[Dot]
    ticks: list[Tick]
    columns: list[tuple[float, str]]
    zero_y: float
    width: int = WIDTH
    height: int = 320
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    floor: int = 320 - BOTTOM


def histogram(results: Sequence[float], *, pass_mark: float) -> Bars:
    """How many attempts have a result in each tenth of the scale; results below 0 are in the first."""
    counts = [0] * BINS
    for result in results:
        counts[min(BINS - 1, max(0, int(result * BINS / 100)))] += 1
    step = 100 // BINS
    labels = [f"{place * step} to {(place + 1) * step} %" for place in range(BINS)]
    bars = _bars(counts, labels, [str(count) for count in counts], most=max(counts, default=0))
    line = round(LEFT + pass_mark / 100 * _PLOT_WIDTH, 1)
    return Bars(bars, _count_ticks(max(counts, default=0)), line)


def fifths(groups: Sequence[Fifth]) -> Bars:
    """The mean share of the points in each fifth of the candidates, weakest on the left."""
    names = ["weakest fifth", "second", "middle", "fourth", "strongest fifth"]
    shares = [max(0.0, each.share or 0.0) for each in groups]
    values = ["none" if each.share is None else f"{each.share:.0f} %" for each in groups]
    bars = _bars(shares, names[: len(groups)], values, most=100)
    return Bars(bars, [Tick(_y(each, 100), f"{each} %") for each in (0, 25, 50, 75, 100)])


def scatter(points: Sequence[tuple[int, str, float, float]]) -> Dots:
    """One dot for each (number, title, facility, discrimination); those outside of the plot at its edge."""
    floor = 320 - BOTTOM
    lowest = -100 if any(index < -25 for *_, index in points) else -25

    def y(index: float) -> float:
        return round(floor - (max(lowest, min(100, index)) - lowest) / (100 - lowest) * (floor - TOP), 1)

    def x(facility: float) -> float:
        return round(LEFT + max(0.0, min(100.0, facility)) / 100 * _PLOT_WIDTH, 1)

    dots = [
        Dot(
            x(facility),
            y(index),
            number,
            f"{number}. {title}: facility {facility:.0f} %, discrimination {index:.0f} %",
        )
        for number, title, facility, index in points
    ]
    marks = [each for each in (-100, -50, 0, 25, 50, 75, 100) if each >= lowest]
    ticks = [Tick(y(each), f"{each}") for each in marks]
    return Dots(dots, ticks, [(x(each), f"{each} %") for each in (0, 25, 50, 75, 100)], y(0))


def _bars(
    amounts: Sequence[float], labels: Sequence[str], values: Sequence[str], *, most: float
) -> list[Bar]:
    step = _PLOT_WIDTH / max(1, len(amounts))
    made = []
    for place, (amount, label, value) in enumerate(zip(amounts, labels, values, strict=True)):
        top = _y(amount, most)
        x, floor = LEFT + place * step + step * 0.08, HEIGHT - BOTTOM
        middle = round(LEFT + (place + 0.5) * step, 1)
        made.append(Bar(round(x, 1), top, round(step * 0.84, 1), round(floor - top, 1), label, value, middle))
    return made


def _y(amount: float, most: float) -> float:
    return round(HEIGHT - BOTTOM - (amount / most if most else 0) * _PLOT_HEIGHT, 1)


def _count_ticks(most: int) -> list[Tick]:
    """Round numbers up to the highest bar, about four of them."""
    sizes = (size * 10**power for power in range(9) for size in (1, 2, 5))
    step = next(size for size in sizes if most / size <= 5)
    return [Tick(_y(each, most), f"{each:,}") for each in range(0, most + 1, step)]
