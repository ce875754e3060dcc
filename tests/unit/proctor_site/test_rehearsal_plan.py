"""When a rehearsal's incidents are to happen, and what the overload bench makes of what it sees."""

import pytest

from proctor_site.rehearsal.plan import Plan
from tests.load.bench_overload import SETTLED, _looks_a_second


@pytest.mark.parametrize("seconds", [10.0, 60.0, 600.0])
def test_incidents_are_over_before_the_end(seconds: float) -> None:
    plan = Plan(40, seconds, incident_in=2)
    begins = [plan.incident_after(place) for place in range(40) if plan.has_incident(place)]
    assert len(begins) == 20
    assert min(begins) >= 0.25 * seconds
    assert max(begins) <= max(0.5 * seconds, seconds - 15)


def test_half_of_a_hall_causes_its_alerts_one_after_the_other() -> None:
    plan = Plan(30, 60.0, incident_in=2)
    begins = sorted(plan.incident_after(place) for place in range(0, 30, 2))
    apart = [after - before for before, after in zip(begins, begins[1:], strict=False)]
    assert min(apart) > 0.5
    assert sum(Plan(30, 60.0).has_incident(place) for place in range(30)) == 3, "as ever"


def test_what_the_machine_looks_at_is_counted_once_all_are_at_work() -> None:
    lines = [
        {"words": "12 s  exam: x", "at": float(n), "looked_at": max(0, n - SETTLED) * 7} for n in range(20)
    ]
    assert _looks_a_second([{"words": "check-in: x", "at": 0.0, "looked_at": 0}, *lines]) == pytest.approx(
        7.0
    )
    assert _looks_a_second(lines[:3]) == 1.0
