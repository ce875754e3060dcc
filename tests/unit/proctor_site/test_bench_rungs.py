"""What a rung of the capacity bench says, which rung is next, and the tables of several."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.load import cores, meter, rungs
from tests.load.hosts import proxy_configuration
from tests.load.ladder import next_size
from tests.load.rungs import Rung


def rung(candidates: int, *broken: str, cpu: float = 20.0) -> Rung:
    late = {"save": 40, "alert": None}
    return Rung(
        candidates=candidates, broken=broken, cpu={"web": cpu / 2, "looks at pictures": cpu / 2},
        megabytes={"web": 200.0 + candidates, "looks at pictures": 300.0}, frames=1.0, recordings=1.0,
        kbit_up=250.0, database_kb=12.0, busy=cpu * candidates / 1000, load=0.1, p50=late, p95=late,
        alerts=candidates // 10, rows=30.0, evidence_kb=9.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tried", "busy", "expected"),
    [
        pytest.param({8: True}, {8: 0.2}, 30, id="to where the cores are full"),
        pytest.param({2: True}, {2: 0.01}, 12, id="but no more than six times as many"),
        pytest.param({8: True, 36: True}, {8: 0.2, 36: 0.95}, 40, id="upwards, although it is nearly full"),
        pytest.param({8: True, 36: False}, {8: 0.2, 36: 1.0}, 22, id="between the two"),
        pytest.param({8: True, 36: False, 22: True, 29: True, 32: False}, {}, None, id="near enough"),
        pytest.param({8: False}, {8: 1.0}, 6, id="downwards"),
        pytest.param({8: False, 1: False}, {8: 1.0, 1: 1.0}, None, id="not even one"),
    ],
)
def test_the_next_rung(tried: dict[int, bool], busy: dict[int, float], expected: int | None) -> None:
    assert next_size(tried, busy) == expected


def test_a_larger_hall_that_happened_to_hold_counts_for_nothing() -> None:
    found = rungs.largest([rung(8), rung(20, "save: late"), rung(22), rung(12)])
    assert found is not None and found.candidates == 12
    assert rungs.largest([rung(8, "save: late")]) is None


@pytest.mark.parametrize(
    ("frames", "recordings", "load", "words"),
    [
        pytest.param(0.97, 0.9, 0.5, [], id="everything"),
        pytest.param(0.9, 0.9, 0.5, ["0.90 pictures"], id="cameras were slowed down"),
        pytest.param(0.97, 0.5, 0.5, ["0.50 recordings"], id="recordings wait"),
        pytest.param(0.97, 0.9, 0.9, ["90 % of a core"], id="the load was the slowest"),
    ],
)
def test_what_breaks_a_rung(frames: float, recordings: float, load: float, words: list[str]) -> None:
    found = rungs.broken([], frames, recordings, load)
    assert len(found) == len(words) and all(part in each for part, each in zip(words, found, strict=True))


def test_a_promise_that_broke_is_told_with_what_was_found() -> None:
    promise = {"name": "An answer is saved (p95)", "found": "812 ms of 40"}
    assert rungs.broken([promise], 1.0, 1.0, 0.1) == ("An answer is saved (p95): 812 ms of 40",)


def test_growth_and_roles_as_tables() -> None:
    table = rungs.growth_table(rung(10), rung(40, cpu=25.0))
    assert "| of each candidate | at 10 | at 40 | growth |" in table
    assert "| CPU ms a second: all | 20.0 | 25.0 | x1.25 |" in table
    assert "one more candidate: 1.0" in table
    assert "| web | 12.5 | 60 | 240 |" in rungs.role_table(rung(40, cpu=25.0))
    assert "save 40 / 40, alert - / -" in str(rung(10))


def test_cpu_of_each_is_told_by_kind() -> None:
    before, after = meter.Reading({"web": 1.0}, {}), meter.Reading({"web": 3.0, meter.LISTENING: 0.5}, {})
    assert meter.spent(before, after, 10.0, 4) == {"web": 50.0, meter.LISTENING: 12.5}


def test_what_is_begun_meanwhile_keeps_to_its_cores() -> None:
    mine = cores.here()
    with cores.kept_to(mine[-1:]):
        command = [sys.executable, "-c", "import os; print(*os.sched_getaffinity(0))"]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [str(mine[-1])] and sorted(os.sched_getaffinity(0)) == mine


def test_the_shipped_proxy_before_two_hosts(tmp_path: Path) -> None:
    text = proxy_configuration(tmp_path, 8100, {"web": [8101, 8103], "capture": [8102, 8104]})
    assert "upstream proctor_web { server 127.0.0.1:8101; server 127.0.0.1:8103; keepalive" in text
    assert "upstream proctor_capture { server 127.0.0.1:8102; server 127.0.0.1:8104; keepalive" in text
    assert "listen 127.0.0.1:8100;" in text and "ssl" not in text and "return 301" not in text
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    (tmp_path / "nginx.conf").write_text(text)
    done = subprocess.run(["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
