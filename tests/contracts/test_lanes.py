"""Long tests and tests of real processes begin first, each kind in one process; every test runs once."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.project_files import ROOT, files, name_of
from tests.lanes import LANES, in_lanes

FAULTS = [f"tests/faults/test_faults.py::test_{each}" for each in "abc"]
NGINX = [f"tests/integration/test_behind_nginx.py::test_{each}" for each in "ab"]
UNITS = [f"tests/unit/test_a.py::test_{each}" for each in range(11)]


def parts(names: list[str], processes: int) -> list[list[str]]:
    """What the scheduler gives to each process."""
    order, left = [names[place] for place in in_lanes(names, processes)], len(names)
    assert sorted(order) == sorted(names)
    given = []
    for number in range(processes):
        size = left // (processes - number)
        given.append(order[len(names) - left :][:size])
        left -= size
    return given


def test_each_lane_begins_in_a_process_of_its_own() -> None:
    one, two, three = parts([*UNITS[:3], *FAULTS, *UNITS[3:6], *NGINX, *UNITS[6:]], 3)
    assert one[:3] == FAULTS
    assert two[:2] == NGINX
    assert [*one[3:], *two[2:], *three] == UNITS


@pytest.mark.parametrize("processes", [1, 2, 3, 4, 20])
def test_every_test_stands_once_however_many_share_them(processes: int) -> None:
    parts([*UNITS, *FAULTS, *NGINX, *[f"tests/e2e/test_axe.py::test_{each}" for each in range(9)]], processes)


def test_a_lane_that_is_longer_than_its_part_goes_on_elsewhere() -> None:
    one, two = parts([*FAULTS, UNITS[0]], 2)
    assert (one, two) == (FAULTS[:2], [FAULTS[2], UNITS[0]])


def test_what_the_lanes_name_is_there() -> None:
    known = [name_of(path) for path in files("tests", ends=(".py",))]
    named = [each.partition("::")[0] for lane in LANES for each in lane]
    assert [each for each in named if not any(name.startswith(each) for name in known)] == []


def test_processes_begin_as_the_lanes_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("faults", "unit"):
        (tmp_path / "tests" / folder).mkdir(parents=True)
    body = "import pytest\n\n@pytest.mark.parametrize('each', range(4))\ndef test_it(each):\n    pass\n"
    (tmp_path / "tests/faults/test_z.py").write_text(body, encoding="utf-8")
    (tmp_path / "tests/unit/test_a.py").write_text(body, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    command = [sys.executable, "-m", "pytest", "-v", "-p", "xdist.plugin", "-p", "tests.lanes"]
    done = subprocess.run(
        [*command, "-n", "2", "--dist", "worksteal", "tests"], cwd=tmp_path, capture_output=True, text=True
    )
    assert "8 passed" in done.stdout, done.stdout + done.stderr
    ran = [line.split()[-1] for line in done.stdout.splitlines() if line.startswith("[gw0]")]
    assert ran[0] == "tests/faults/test_z.py::test_it[0]", done.stdout
