"""Who gets a second chance in a run of all tests, and that nothing else becomes green by it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import unsteady
from tests.contracts.project_files import ROOT
from tests.unsteady import FEW, Notes, verdict

BROWSER = "tests/e2e/test_calls.py::test_a_call"
ON_SERVERS = "tests/integration/test_same_code_on_servers.py::test_the_same_tests_pass_on_servers"
ONCE = """
from pathlib import Path

def test_steady():
    pass

def test_by_the_clock():
    before = Path(__file__).with_name("before")
    if not before.exists():
        before.touch()
        assert "no line" == "a line", "the proxy has written nothing yet"
"""


def failed(*tests: str) -> tuple[int, Notes]:
    return 1, Notes(failed=dict.fromkeys(tests, "assert 3 == 4"), passed=7, status=1)


ALONE = ("-p", "xdist.plugin")
GREEN = (0, Notes(passed=9, status=0))


def test_few_tests_by_real_clocks_may_run_once_more() -> None:
    faults = "tests/faults/test_faults.py::test_an_exam_goes_on_after[kill-web]"
    assert verdict([failed(faults), failed(BROWSER)]) == (
        "",
        {faults: "assert 3 == 4", BROWSER: "assert 3 == 4"},
    )
    assert verdict([GREEN, GREEN]) == ("", {})


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (failed(BROWSER, "tests/services/exams/test_journal.py::test_a_save"), "test_a_save"),
        (failed(ON_SERVERS), "test_the_same_tests_pass_on_servers"),
        (failed(*(f"{BROWSER}[{each}]" for each in range(FEW + 1))), "6 tests"),
        ((1, Notes({BROWSER: ""}, 7, ["process gw1 ended: Not properly terminated"], 1)), "gw1"),
        ((2, Notes({BROWSER: ""}, 7, [], 2)), "status 2"),
        ((5, Notes(status=5)), "status 5"),
        ((137, None), "status 137"),
        ((1, None), "no notes"),
        ((1, Notes(passed=7, status=0)), "no notes"),
        ((1, Notes(passed=7, status=1)), "none of its tests"),
    ],
)
def test_whatever_else_goes_wrong_fails_the_run(run: tuple[int, Notes | None], said: str) -> None:
    reason, again = verdict([GREEN, run])
    assert said in reason
    assert again == {}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one test of a browser, which fails the first time; no plug-in is loaded but ours."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    (tmp_path / "tests/e2e").mkdir(parents=True)
    (tmp_path / "tests/e2e/test_room.py").write_text(ONCE, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return tmp_path


def run_once(project: Path, *options: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *ALONE, "-p", "tests.unsteady"]
    return subprocess.run(
        [*command, "--notes", "notes/first.json", *options], cwd=project, capture_output=True, text=True
    ).returncode


def judge(project: Path, status: int) -> int:
    return unsteady.main([f"{status}:notes/first.json"], root=project, options=ALONE)


def test_what_passes_alone_is_told_and_passes(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status = run_once(project, "-n", "1")
    assert status == 1
    assert judge(project, status) == 0
    told = capfd.readouterr().out.splitlines()[-1]
    assert told.startswith(
        "unsteady: tests/e2e/test_room.py::test_by_the_clock: AssertionError: the proxy has"
    )


def test_what_fails_again_or_is_skipped_then_fails_the_run(project: Path) -> None:
    file = project / "tests/e2e/test_room.py"
    status = run_once(project, "-n", "0")
    for end in ("assert False", "import pytest; pytest.skip('no browser')"):
        file.write_text(f"def test_by_the_clock():\n    {end}\n", encoding="utf-8")
        assert judge(project, status) == 1


@pytest.mark.parametrize(
    "broken",
    [
        "import os\n\ndef test_a():\n    os._exit(1)\n",
        "import nothing_of_this_name\n",
        "def test_a():\n    raise KeyboardInterrupt\n",
    ],
)
@pytest.mark.parametrize("processes", ["0", "1"])
def test_a_crash_is_no_failed_test(project: Path, broken: str, processes: str) -> None:
    (project / "tests/e2e/test_room.py").write_text(broken, encoding="utf-8")
    status = run_once(project, "-n", processes)
    (project / "tests/e2e/test_room.py").write_text("def test_a():\n    pass\n", encoding="utf-8")
    assert status != 0
    assert judge(project, status) == 1
