"""Chooses from the notes of the run before: few tests that ask on servers whatever any of all asked."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from tests.contracts.project_files import ROOT, python_sources
from tests.integration.shapes import FOLDER

STARTING_S = 0.02
"""What every test costs besides what it was seen to use: so cheap ones are not chosen by the hundred."""
SPEAKS_OF_SERVERS = re.compile(r"\.vendor\b|Barrier|ThreadPool|threading\.Thread")
"""Tests in such a file are about what differs, or about several at once: they run whatever was noted."""


@dataclass(frozen=True)
class Noted:
    """What was noted of one test."""

    test: str
    cpu: float
    shapes: frozenset[int]
    skipped: bool = False

    @property
    def file(self) -> str:
        """Where it stands."""
        return self.test.partition("::")[0]


def notes_of(folders: Iterable[str]) -> list[Noted]:
    """The notes of the tests in `folders`; none if something was changed since they were written."""
    files = sorted(FOLDER.glob("*.jsonl"))
    newest = max(path.stat().st_mtime for path in python_sources())
    if not files or min(path.stat().st_ctime for path in files) < newest:
        return []
    within = tuple(f"{folder}/" for folder in folders)
    lines = (json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines())
    notes = [Noted(line["test"], line["cpu"], frozenset(line["shapes"]), line["skipped"]) for line in lines]
    return sorted((each for each in notes if each.test.startswith(within)), key=lambda each: each.test)


def chosen(notes: list[Noted]) -> list[Noted]:
    """Few and cheap tests that have every shape of all; always what speaks of servers or was skipped here."""
    files = {name for name in {each.file for each in notes} if _speaks_of_servers(name)}
    always = {each.test for each in notes if each.skipped or each.file in files}
    taken = [each for each in notes if each.test in always]
    seen = {shape for each in taken for shape in each.shapes}
    heap = [(-_worth(each, seen), number) for number, each in enumerate(notes) if each.test not in always]
    heapify(heap)
    while heap:
        worth, number = heappop(heap)
        now = -_worth(notes[number], seen)
        if now == 0:
            continue
        if now > worth:  # others were taken since it was reckoned
            heappush(heap, (now, number))
            continue
        taken.append(notes[number])
        seen |= notes[number].shapes
    return sorted(taken, key=lambda each: each.test)


def _worth(each: Noted, seen: set[int]) -> float:
    return len(each.shapes - seen) / (each.cpu + STARTING_S)


def _speaks_of_servers(name: str) -> bool:
    return bool(SPEAKS_OF_SERVERS.search((ROOT / name).read_text(encoding="utf-8")))
