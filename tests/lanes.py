"""Which tests begin first where processes share them (`-n N --dist worksteal`), and in which process.

Each process is given an equal part of the list, begins at its head, and has its tail taken away by others
that have nothing left. At the heads stand tests that take long, and tests of real processes: those of one
lane run one after the other in one process, which makes their servers once for each file.
"""

from collections.abc import Sequence

import pytest

LANES: tuple[tuple[str, ...], ...] = (
    ("tests/integration/test_same_code_on_servers.py", "tests/faults/"),
    (
        "tests/e2e/test_axe.py::test_every_page[others",
        "tests/e2e/test_axe.py::test_every_page[admin/proctoring/",
        "tests/e2e/test_faults_in_browser.py",
        "tests/e2e/test_cameras.py",
        "tests/e2e/test_server_killed.py",
        "tests/integration/",
    ),
    (
        "tests/e2e/test_axe_scenes.py",
        "tests/e2e/test_axe.py",
        "tests/e2e/test_review_by_keyboard.py",
        "tests/e2e/test_whole_line.py",
        "tests/e2e/proctor/test_wall.py",
    ),
)
"""By how their names begin; a test stands in the first lane that knows it, in the order of the lane."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Nothing changes for one process, nor where others come before browser tests in the same one."""
    worker = getattr(config, "workerinput", None)
    names = [item.nodeid for item in items]
    kinds = {name.startswith("tests/e2e/") for name in names if not name.startswith(LANES[0][0])}
    if worker and len(kinds) == 1:
        items[:] = [items[place] for place in in_lanes(names, int(worker["workercount"]))]


def in_lanes(names: Sequence[str], processes: int) -> list[int]:
    """The order in which `names` have to stand for so many processes, as places in the list."""
    lanes: list[list[tuple[int, int, int]]] = [[] for _ in range(processes)]
    others = []
    for place, name in enumerate(names):
        lane, rank = _lane_of(name)
        if lane < 0:
            others.append(place)
        else:
            lanes[lane % processes].append((lane, rank, place))
    heads, sizes, spilled = [], [], []
    for number, lane_of_process in enumerate(lanes):
        sizes.append((len(names) - sum(sizes)) // (processes - number))  # as the scheduler shares them out
        sorted_lane = [place for *_, place in sorted(lane_of_process)]
        heads.append(sorted_lane[: sizes[-1]])
        spilled += sorted_lane[sizes[-1] :]
    others = spilled + others
    order: list[int] = []
    for head, size in zip(heads, sizes, strict=True):
        room = size - len(head)
        order += head + others[:room]
        others = others[room:]
    return order


def _lane_of(name: str) -> tuple[int, int]:
    for lane, beginnings in enumerate(LANES):
        for rank, beginning in enumerate(beginnings):
            if name.startswith(beginning):
                return lane, rank
    return -1, -1
