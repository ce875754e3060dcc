"""Where the playhead of the desk goes and what it shows."""

from typing import Any

from tests.node import run_script

_IMPORT = 'import * as m from "@static/js/review/desk/moments.js";\n'


def ask(expression: str, **given: Any) -> Any:
    return run_script(f"{_IMPORT}console.log(JSON.stringify({expression} ?? null));", given)


ITEMS = [
    {"id": 1, "at": 100, "seconds": 0},
    {"id": 2, "at": 110, "seconds": 20},
    {"id": 3, "at": 300, "seconds": 0},
]
INCIDENTS = [{"id": 7, "begin": 100, "end": 104}, {"id": 8, "begin": 300, "end": 400}]


def test_a_track_shows_what_covers_a_moment_or_is_near() -> None:
    found = ask(
        "given.at.map((at) => m.nearest(given.items, at)?.id ?? null)",
        items=ITEMS,
        at=[101, 125, 144, 200, 290],
    )
    assert found == [1, 2, 2, None, 3]


def test_playing_goes_over_gaps_and_ends() -> None:
    found = ask(
        "((s) => [s, m.playOn(s, 120, 2), m.playOn(s, 129, 3), m.playOn(s, 302, 2)])"
        "(m.stretchesOf(given.items))",
        items=ITEMS,
    )
    assert found == [[[99, 103], [109, 130], [299, 303]], 122, 299, None]


def test_a_loop_lasts_ten_to_twenty_seconds() -> None:
    assert ask("given.all.map(m.loopAround)", all=INCIDENTS) == [[95, 109], [295, 315]]


def test_steps_lead_from_incident_to_incident() -> None:
    found = ask(
        "[m.stepIncident(given.all, null, 200, 1), m.stepIncident(given.all, null, 200, -1), "
        "m.stepIncident(given.all, 8, 0, 1), m.nextOpen(given.all, 8, (id) => id === 7)]"
        ".map((one) => one?.id ?? null)",
        all=INCIDENTS,
    )
    assert found == [8, 7, None, 7]


def test_time_is_told_since_the_start() -> None:
    assert ask("[m.sinceStart(3725, 0), m.sinceStart(0, 8)]") == [
        "1:02:05 after the start",
        "0:08 before the start",
    ]
