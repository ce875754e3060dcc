"""Alerts of the wall: nothing unless chosen, at most one in ten seconds, no names; moves of its keyboard."""

from typing import Any

import pytest

from tests.node import run_script

_PRINT = "\nconsole.log(JSON.stringify(result));"
_RULES = """
import { mock } from "node:test";
mock.timers.enable({ apis: ["setTimeout"] });
import { AlertGroups, cleaned, inWords, isWanted } from "@static/js/proctor/alert_rules.js";
const result = {};
"""
_KEYS = """
import { neighbour, pauseOrResume } from "@static/js/proctor/wall_keys.js";
const result = {};
"""


def ask(script: str, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = run_script(_RULES + script + _PRINT, given)
    return found


@pytest.mark.parametrize(
    ("kept", "changed"),
    [
        ({}, {}),
        (None, {}),
        ({"sound": True, "volume": 250, "least": "high"}, {"sound": True, "volume": 100, "least": "high"}),
        ({"sound": "yes", "volume": "loud", "least": "worst", "desktop": 1, "unknown": True}, {}),
        ({"volume": -3, "lost": True, "talk": False}, {"volume": 0, "lost": True, "talk": False}),
    ],
)
def test_nothing_is_on_unless_it_was_chosen(kept: Any, changed: dict[str, Any]) -> None:
    nothing = {"sound": False, "volume": 50, "desktop": False, "title": False}
    nothing |= {"least": "medium", "lost": False, "talk": True}
    assert ask("result.settings = cleaned(given.kept);", kept=kept)["settings"] == nothing | changed


@pytest.mark.parametrize(
    ("least", "wanted"),
    [("high", [False, False, True]), ("medium", [False, True, True]), ("info", [True, True, True])],
)
def test_incidents_from_the_chosen_severity(least: str, wanted: list[bool]) -> None:
    script = """
    const incident = (severity) => ({ what: "incident", severity, kind: "no_face" });
    const settings = cleaned({ least: given.least });
    result.wanted = ["low", "medium", "high"].map((each) => isWanted(incident(each), settings));
    result.others = [isWanted({ what: "lost" }, cleaned({})), isWanted({ what: "talk" }, cleaned({}))];
    """
    assert ask(script, least=least) == {"wanted": wanted, "others": [False, True]}


def test_at_most_one_alert_in_ten_seconds() -> None:
    found = ask(
        """
        let now = 1000;
        const groups = [];
        const gate = new AlertGroups((group) => groups.push([now, ...group]), () => now);
        const pass = (ms) => { now += ms; mock.timers.tick(ms); };
        gate.take("a");
        pass(1000);
        gate.take("b");
        pass(2000);
        gate.take("c");
        pass(6999);
        result.before = groups.length;
        pass(1);
        pass(30000);
        gate.take("d");
        result.groups = groups;
        """
    )
    assert found == {"before": 1, "groups": [[1000, "a"], [11000, "b", "c"], [41000, "d"]]}


def test_groups_are_told_without_names() -> None:
    found = ask(
        """
        const incident = (severity, kind) => ({ what: "incident", severity, kind, name: "Ada Ash" });
        const lost = { what: "lost" };
        result.words = [
          inWords([incident("high", "several_faces")]),
          inWords([incident("low", "no_face"), incident("medium", "phone"), lost, lost]),
          inWords([{ what: "talk" }]),
        ];
        """
    )
    assert found["words"] == [
        "Incident, high: several faces",
        "2 incidents, the worst medium; 2 connections lost",
        "1 candidate wants to talk",
    ]


@pytest.mark.parametrize(
    ("key", "place", "expected"),
    [
        ("ArrowRight", 0, 1),
        ("ArrowLeft", 0, None),
        ("ArrowRight", 9, None),
        ("ArrowDown", 1, 5),
        ("ArrowUp", 5, 1),
        ("ArrowUp", 1, None),
        ("ArrowDown", 7, 9),
        ("ArrowDown", 8, None),
        ("Home", 7, 0),
        ("End", 2, 9),
        ("x", 2, None),
    ],
)
def test_arrows_among_ten_tiles_in_four_columns(key: str, place: int, expected: int | None) -> None:
    script = "result.place = neighbour(given.key, given.place, 10, 4);"
    assert run_script(_KEYS + script + _PRINT, {"key": key, "place": place}) == {"place": expected}


def test_one_letter_pauses_and_resumes() -> None:
    script = "result.acts = ['in_progress', 'paused', 'submitted'].map(pauseOrResume);"
    assert run_script(_KEYS + script + _PRINT, {}) == {"acts": ["pause", "resume", None]}
