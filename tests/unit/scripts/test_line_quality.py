"""What the exam's page says of its line and its battery: lost signs of life, battery once a minute."""

from typing import Any

import pytest

from tests.node import run_script

_LINE = """
import { LineQuality } from "@static/js/candidate/line_quality.js";
import { Battery } from "@static/js/candidate/battery.js";
const result = {};
"""


def ask(script: str, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = run_script(_LINE + script + "\nconsole.log(JSON.stringify(result));", given)
    return found


@pytest.mark.parametrize(
    ("beats", "expected"),
    [
        ([], None),
        ([40, 40], None),
        ([40, 40, 40], 0),
        ([40, None, 40, 40], 25),
        ([40, 5_001, 40, "down"], 50),
        (["down"] * 30 + [40] * 12, 50),
        ([40] * 30 + ["down"], 4),
    ],
)
def test_loss_is_the_share_of_beats_without_answer_in_time(beats: list[Any], expected: int | None) -> None:
    script = """
    const line = new LineQuality();
    given.beats.forEach((answer, number) => {
      const at = number * 10000;
      line.beat(at, answer !== "down");
      if (typeof answer === "number") line.answer(at, at + answer);
    });
    result.loss = line.loss(given.beats.length * 10000);
    """
    assert ask(script, beats=beats)["loss"] == expected


def test_what_is_still_under_way_says_nothing() -> None:
    found = ask(
        """
        const line = new LineQuality();
        for (const at of [0, 10000, 20000]) { line.beat(at, true); line.answer(at, at + 50); }
        line.beat(30000, true);
        result.loss = [line.loss(34000), line.loss(36000)];
        """
    )
    assert found["loss"] == [0, 25]


def test_the_battery_is_told_once_a_minute_and_not_finer_than_needed() -> None:
    found = ask(
        """
        const source = { getBattery: async () => ({ level: 0.437, charging: false }) };
        const battery = new Battery(source);
        result.early = battery.news(0);
        await null;
        await null;
        result.told = [0, 1000, 59999, 60000].map((at) => battery.news(at));
        const refused = new Battery({ getBattery: () => Promise.reject(new Error("no")) });
        await null;
        result.without = [new Battery({}).news(0), refused.news(0)];
        """
    )
    told = {"level": 45, "charging": False}
    assert found == {"early": None, "told": [told, None, None, told], "without": [None, None]}
