"""Plots over time: gaps stay gaps, and the table says the same as the picture."""

from dataclasses import replace
from datetime import timedelta

from proctoring.reports.plots import plots_of
from tests.unit.reports.facts import BEGIN, coverage_facts, minutes, report_facts


def test_nothing_measured_nothing_drawn() -> None:
    assert plots_of(report_facts()) == []


def test_only_what_was_measured_is_drawn() -> None:
    report = report_facts(coverage=coverage_facts(minutes(60, light=120.0), 1.0))
    assert [each.key for each in plots_of(report)] == ["coverage", "analysed", "light"]


def test_a_gap_is_a_gap() -> None:
    measured = minutes(60, sound_db=-30.0)
    measured[20:30] = [replace(each, sound_db=None) for each in measured[20:30]]
    report = report_facts(coverage=coverage_facts(measured, 1.0))
    sound = next(each for each in plots_of(report) if each.key == "sound")
    assert len(sound.lines) == 2
    assert sound.words == "from -30 dB to -30 dB, mean -30 dB; not measured at 10 of 60 moments"


def test_the_table_covers_the_span_in_few_rows() -> None:
    report = report_facts(
        end=BEGIN + timedelta(hours=3), coverage=coverage_facts(minutes(180, light=100.0), 1.0)
    )
    light = next(each for each in plots_of(report) if each.key == "light")
    assert len(light.rows) <= 24
    assert (light.rows[0].begin, light.rows[-1].end) == (report.begin, report.end)
    assert light.rows[0].value == "100"


def test_every_point_lies_within_the_picture() -> None:
    risk = [(BEGIN + timedelta(minutes=each), value) for each, value in enumerate((-5.0, 50.0, 140.0))]
    [plot] = plots_of(report_facts(risk=risk))
    points = [point.split() for point in plot.lines[0][1:].split("L")]
    assert all(plot.left <= float(x) <= plot.right and plot.top <= float(y) <= plot.floor for x, y in points)
