"""Runs tests of real processes that failed beside others once more, alone, if they are few; no other test.

`./run test` loads this as a plug-in (`-p tests.unsteady --notes FILE`), which notes what failed and how the
run ended. `python -m tests.unsteady STATUS:FILE…` then judges all the runs together: decision 0203.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
BY_REAL_CLOCKS = ("tests/e2e/", "tests/faults/", "tests/integration/")
"""Their tests drive browsers, servers and proxies, and wait for them by the clock of the wall."""
NEVER_AGAIN = ("tests/integration/test_same_code_on_servers.py",)
"""It is made of tests of other folders: running it again would give those a second chance."""
FEW = 5
"""More than these at once are no accident of the machine."""
_PASSED, _SOME_FAILED = 0, 1


@dataclass
class Notes:
    """What one run left: why each test failed, how many passed, and what else went wrong."""

    failed: dict[str, str] = field(default_factory=dict)
    passed: int = 0
    broken: list[str] = field(default_factory=list)
    status: int = -1


class Plugin:
    """Takes notes in the process that gathers the reports of all, and writes them when the run is over."""

    def __init__(self, file: Path) -> None:
        self.file, self.notes, self._passed = file, Notes(), set[str]()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)  # a run that is killed leaves no notes, not those of the run before

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test failed in its set-up, itself or when its world was cleared, or it passed."""
        if report.failed:
            self.notes.failed.setdefault(report.nodeid, why(report))
        elif report.passed and report.when == "call":
            self._passed.add(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read hides tests that nobody ran."""
        if report.failed:
            self.notes.broken.append(f"{report.nodeid} could not be collected")

    def pytest_internalerror(self, excrepr: object) -> None:
        """pytest itself broke."""
        self.notes.broken.append("an error inside pytest")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """A process of tests ended without having been asked to."""
        if error:
            self.notes.broken.append(f"process {node.gateway.id} ended: {error}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """All is known now but a crash that is still to come, which the status of the process tells."""
        self.notes.status, self.notes.passed = int(exitstatus), len(self._passed - self.notes.failed.keys())
        self.file.write_text(json.dumps(asdict(self.notes)), encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--notes FILE`: where the notes go."""
    parser.addoption("--notes", metavar="FILE", help="write what failed, and how the run ended, to FILE")


def pytest_configure(config: pytest.Config) -> None:
    """Processes of xdist have their reports noted by the one that started them."""
    file = config.getoption("notes")
    if file and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Plugin(Path(file)))


def why(report: pytest.TestReport) -> str:
    """The line that says what went wrong."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(crash.message if crash else report.longreprtext).strip() or "no word of why"
    return text.splitlines()[0 if crash else -1]


def verdict(runs: Iterable[tuple[int, Notes | None]]) -> tuple[str, dict[str, str]]:
    """Why the runs failed for good, empty if they did not; and the tests that may run once more."""
    again: dict[str, str] = {}
    for status, notes in runs:
        if status not in (_PASSED, _SOME_FAILED):
            return f"pytest ended with status {status}", {}
        if notes is None or notes.status != status:
            return "a run left no notes of how it ended", {}
        if notes.broken:
            return "; ".join(notes.broken), {}
        if bool(notes.failed) != (status == _SOME_FAILED):
            return "a run failed, and none of its tests did", {}
        again |= notes.failed
    steady = [test for test in again if not test.startswith(BY_REAL_CLOCKS) or test.startswith(NEVER_AGAIN)]
    if steady:
        return f"failed, and does not depend on a clock: {', '.join(steady)}", {}
    if len(again) > FEW:
        return f"{len(again)} tests of real processes failed, which is no accident", {}
    return "", again


def read(file: Path) -> Notes | None:
    """The notes of one run; None if it wrote none."""
    return Notes(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None


def main(arguments: list[str], *, root: Path = ROOT, options: tuple[str, ...] = ()) -> int:
    """The exit status of all the runs together, after a second one if that may help."""
    files = [(int(status), Path(name)) for status, _, name in (each.partition(":") for each in arguments)]
    reason, again = verdict((status, read(root / file)) for status, file in files)
    if reason or not again:
        if reason:
            print(f"\nThe tests failed: {reason}.")
        return 1 if reason else 0
    print(f"\nOnce more, alone, what failed beside others ({len(again)}):", flush=True)
    notes = root / files[0][1].with_name("again.json")
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "tests.unsteady", "--notes", str(notes)]
    status = subprocess.run([*command, *options, *again], cwd=root).returncode
    seen = read(notes)
    if status != _PASSED or seen is None or seen.broken or seen.passed != len(again):
        print("\nThe tests failed: alone, too.")
        return 1
    for test, said in again.items():
        print(f"unsteady: {test}: {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
