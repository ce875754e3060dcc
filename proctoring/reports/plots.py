"""Places of the parts of a report's plots over time: numbers only, the template writes the SVG (pure)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from proctoring.coverage import Minute
from proctoring.reports.facts import AttemptReport
from proctoring.timeline_drawing import Tick, ticks_of

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 1000, 150, 90, 30, 12, 30
_FLOOR = HEIGHT - BOTTOM
_MOST_ROWS = 24
"""Rows of the table beside a plot: a long attempt is told in longer steps."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across with its number on the left."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table that says the same as the plot."""

    begin: datetime
    end: datetime
    value: str


@dataclass(frozen=True, slots=True)
class Plot:
    """One figure over time. `lines`: paths of an SVG, one a stretch without gap; `areas`: the same closed."""

    name: str
    key: str
    about: str
    unit: str
    lines: list[str]
    areas: list[str]
    marks: list[Mark]
    ticks: list[Tick]
    rows: list[Row]
    words: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    floor: int = _FLOOR


@dataclass(frozen=True, slots=True)
class _Series:
    key: str
    name: str
    about: str
    unit: str
    low: float
    high: float
    value: Callable[[Minute], float | None]


_SERIES = (
    _Series(
        "coverage", "Coverage", "Seconds of each minute that were seen and connected.", "s", 0, 60,
        lambda minute: max(0.0, minute.seconds - minute.offline_s) if minute.is_watched else 0.0,
    ),
    _Series("analysed", "Pictures looked at", "Pictures a minute that a program looked at.", "", 0, 0,
            lambda minute: float(minute.analysed)),
    _Series("light", "Light", "Mean brightness of the pictures, 0 dark to 255 bright.", "", 0, 255,
            lambda minute: minute.light),
    _Series("faces", "Faces", "The most faces that were in view at once.", "", 0, 0,
            lambda minute: None if minute.faces is None else float(minute.faces)),
    _Series("sound", "Sound level", "Mean loudness of the recordings, in dB below full scale.", "dB", -80, 0,
            lambda minute: minute.sound_db),
)  # fmt: skip


def plots_of(report: AttemptReport) -> list[Plot]:
    """A plot of every figure that was measured at least once, and the risk curve; in a fixed order."""
    begin, end = report.begin, report.end or report.made_at
    plots = []
    for series in _SERIES if report.coverage.totals.captured else ():
        points = [(each.at, series.value(each)) for each in report.coverage.minutes]
        if any(value is not None for _, value in points):
            plots.append(_plot(series, points, begin, end, report.zone))
    if report.risk:
        plots.append(_risk(report, begin, end))
    return plots


def _risk(report: AttemptReport, begin: datetime, end: datetime) -> Plot:
    about = (
        "How much incidents ask for a look at each moment, 0 to 100, by severity and time; "
        "no probability, and no mark of a person."
    )
    series = _Series("risk", "Where to look", about, "", 0, 100, lambda minute: None)
    return _plot(series, list(report.risk), begin, end, report.zone, step=False)


def _plot(
    series: _Series,
    points: Sequence[tuple[datetime, float | None]],
    begin: datetime,
    end: datetime,
    zone: str,
    *,
    step: bool = True,
) -> Plot:
    known = [value for _, value in points if value is not None]
    high = series.high if series.high > series.low else max(1.0, *known)
    length = max((end - begin).total_seconds(), 1.0)

    def x(at: datetime) -> float:
        share = min(1.0, max(0.0, (at - begin).total_seconds() / length))
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        share = (min(high, max(series.low, value)) - series.low) / (high - series.low)
        return round(_FLOOR - share * (_FLOOR - TOP), 1)

    width = timedelta(seconds=60) if step else timedelta()
    lines, areas = [], []
    for stretch in _stretches(points):
        places = [place for at, value in stretch for place in _places(x(at), x(at + width), y(value), step)]
        path = "M" + "L".join(f"{px} {py}" for px, py in places)
        lines.append(path)
        areas.append(f"{path}L{places[-1][0]} {_FLOOR}L{places[0][0]} {_FLOOR}Z")
    middle = (high + series.low) / 2
    marks = [Mark(y(each), _number(each, series.unit)) for each in (series.low, middle, high)]
    ticks = [Tick(x(at), label) for at, label in ticks_of(begin, end, zone)]
    rows = _rows(points, begin, end, series.unit)
    return Plot(
        series.name, series.key, series.about, series.unit, lines, areas, marks, ticks, rows,
        _words(known, len(points), series.unit),
    )  # fmt: skip


def _places(begin: float, end: float, y: float, step: bool) -> list[tuple[float, float]]:
    return [(begin, y), (end, y)] if step else [(begin, y)]


def _stretches(points: Sequence[tuple[datetime, float | None]]) -> list[list[tuple[datetime, float]]]:
    """Runs of known values: a gap is drawn as a gap."""
    stretches: list[list[tuple[datetime, float]]] = []
    is_open = False
    for at, value in points:
        if value is None:
            is_open = False
            continue
        if not is_open:
            stretches.append([])
            is_open = True
        stretches[-1].append((at, value))
    return stretches


def _rows(
    points: Sequence[tuple[datetime, float | None]], begin: datetime, end: datetime, unit: str
) -> list[Row]:
    length = max((end - begin).total_seconds(), 60.0)
    step = next(
        (each for each in (60, 300, 600, 900, 1800, 3600, 7200, 14400) if length / each <= _MOST_ROWS), 86_400
    )
    rows, at = [], begin
    while at < end:
        until = min(at + timedelta(seconds=step), end)
        values = [value for moment, value in points if at <= moment < until and value is not None]
        rows.append(Row(at, until, _range(values, unit)))
        at += timedelta(seconds=step)
    return rows


def _range(values: Sequence[float], unit: str) -> str:
    if not values:
        return "not measured"
    low, high = _number(min(values), unit), _number(max(values), unit)
    return low if low == high else f"{low} to {high}"


def _words(known: Sequence[float], minutes: int, unit: str) -> str:
    if not known:
        return "not measured"
    mean = _number(sum(known) / len(known), unit)
    gaps = minutes - len(known)
    missing = f"; not measured at {gaps} of {minutes} moments" if gaps else ""
    return f"from {_number(min(known), unit)} to {_number(max(known), unit)}, mean {mean}{missing}"


def _number(value: float, unit: str) -> str:
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    shown = text if text not in ("-0", "") else "0"
    return f"{shown} {unit}" if unit else shown
