"""What the exam page says of the question on the screen: begun, ended, sent again until the server has it."""

from typing import Any

from tests.node import run_script

_LOG = """
import { ViewLog } from "@static/js/candidate/question_views.js";
let now = 1_000_000;
let mono = 0;
const pass = (ms) => { now += ms; mono += ms; };
const log = new ViewLog({ wall: () => now, mono: () => mono });
const told = () => log.batch().views.map(({ item, at, seconds }) => [item, at, seconds ?? null]);
const result = {};
"""


def ask(script: str) -> dict[str, Any]:
    found: dict[str, Any] = run_script(_LOG + script + "\nconsole.log(JSON.stringify(result));", {})
    return found


def test_a_look_is_told_as_it_begins_and_again_as_it_ends() -> None:
    found = ask(
        """
        log.show(7); pass(4000);
        result.begun = told();
        result.same = log.show(7);
        log.show(9); pass(1000);
        result.both = told();
        log.show(null);
        result.ended = told();
        """
    )
    assert found["begun"] == [[7, 1_000_000, None]]
    assert found["same"] is False
    assert found["both"] == [[7, 1_000_000, 4.0], [9, 1_004_000, None]]
    assert found["ended"][1] == [9, 1_004_000, 1.0]


def test_only_what_the_server_has_as_it_is_now_is_forgotten() -> None:
    found = ask(
        """
        log.show(7);
        const numbers = log.batch().views.map(({ n }) => n);
        pass(2000); log.show(null);
        log.remove(numbers);
        result.left = told();
        log.remove(log.batch().views.map(({ n }) => n));
        result.empty = log.isEmpty;
        """
    )
    assert found == {"left": [[7, 1_000_000, 2.0]], "empty": True}


def test_a_clock_that_is_set_changes_no_moment() -> None:
    found = ask("log.show(7); pass(3000); now += 3_600_000; result.batch = log.batch();")
    [view] = found["batch"]["views"]
    assert found["batch"]["now"] - view["at"] == 3000
