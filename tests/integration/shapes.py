"""A plug-in of pytest (`-p tests.integration.shapes`): notes what each test asks of database and store.

A shape is a statement without its values, lists of columns, plain comparisons and orders, together with the
sorts of value that databases take differently and the error that it met; one thing by which rows are ordered;
a place in the code that locks rows, which SQLite is not told of; or what was done with the cache, the channel
layer or the file store, and with what sort of name. `choice` reads the notes.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Generator
from functools import lru_cache, wraps
from inspect import iscoroutinefunction
from pathlib import Path
from typing import IO, Any
from zlib import crc32

import pytest
from channels.layers import InMemoryChannelLayer
from django.core.cache.backends.locmem import LocMemCache
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

FOLDER = Path(__file__).resolve().parents[2] / ".pytest_cache" / "shapes"
"""One file for each process that runs tests; in it one line for each test."""
DONE_WITH: tuple[tuple[type, tuple[str, ...]], ...] = (
    (LocMemCache, ("add", "get", "set", "touch", "incr", "delete", "get_many", "set_many", "delete_many")),
    (InMemoryChannelLayer, ("send", "receive", "group_add", "group_discard", "group_send")),
    (FileSystemStorage, ("open", "save", "delete", "exists", "size", "listdir", "get_modified_time")),
)
LOCKS = "locks rows:"
LONG = 100
"""Longer texts may be too long for their column, which PostgreSQL minds and SQLite does not."""

_asked: set[str] = set()
_skipped: set[str] = set()
_notes: list[IO[str]] = []


def pytest_sessionstart(session: pytest.Session) -> None:
    """Forgets the notes of the run before, once, and has all that tests ask from here on noted."""
    here: dict[str, Any] = getattr(session.config, "workerinput", {})
    if not here:
        for old in FOLDER.glob("*.jsonl"):
            old.unlink()
    FOLDER.mkdir(parents=True, exist_ok=True)
    _notes.append((FOLDER / f"{here.get('workerid', 'one')}.jsonl").open("a", buffering=1, encoding="utf-8"))
    note_what_is_asked()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Closes the file."""
    while _notes:
        _notes.pop().close()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Writes the line of a test when it is over, with what is made for it and what is cleared after it."""
    _asked.clear()
    _skipped.clear()
    started = time.process_time()
    answer = yield
    line = {
        "test": item.nodeid,
        "cpu": round(time.process_time() - started, 4),
        "skipped": bool(_skipped),
        "shapes": asked_so_far(),
    }
    _notes[-1].write(json.dumps(line) + "\n")
    return answer


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Notes that a test was skipped: it may wait for a server."""
    report = yield
    if report.skipped:
        _skipped.add(item.nodeid)
    return report


def asked_so_far() -> list[int]:
    """The shapes of what this process asked since the test began."""
    return sorted(frozenset().union(*map(shapes_of, _asked.copy())))  # threads of servers may be asking still


def note_what_is_asked() -> None:
    """Has everything noted that is asked in this process."""
    execute = CursorWrapper._execute_with_wrappers  # type: ignore[attr-defined]

    def noting(cursor: Any, sql: Any, params: Any, many: bool, executor: Any) -> Any:
        rows = params if many else (params,)
        asked = f"{sql}{sorts_of([value for row in rows or () for value in row or ()])}"
        try:
            answer = execute(cursor, sql, params, many, executor)
        except DatabaseError as error:
            _asked.add(f"{asked} {type(error).__name__}")
            raise
        _asked.add(asked)
        return answer

    CursorWrapper._execute_with_wrappers = noting  # type: ignore[attr-defined]
    QuerySet.select_for_update = _noted_place(QuerySet.select_for_update)  # type: ignore[method-assign]
    for kind, names in DONE_WITH:
        for name in names:
            setattr(kind, name, _noted(f"{kind.__name__}.{name}", getattr(kind, name)))


def sorts_of(values: list[Any]) -> str:
    """Which of the sorts of value that databases take differently are among them."""
    texts = [value for value in values if isinstance(value, str)]
    numbers = [value for value in values if isinstance(value, int)]
    return "".join(
        (
            " none" if None in values else "",
            " nul" if any("\x00" in text for text in texts) else "",
            " foreign" if not all(text.isascii() for text in texts) else "",
            " long" if any(len(text) > LONG for text in texts) else "",
            " large" if any(abs(number) > 2**31 for number in numbers) else "",
        )
    )


def _noted_place(lock: Callable[..., Any]) -> Callable[..., Any]:
    """Rows are locked inside a transaction only, and not on the empty side of a join: only servers mind."""

    @wraps(lock)
    def locking(rows: Any, *args: Any, **options: Any) -> Any:
        frame = sys._getframe(1)
        while frame.f_back is not None and "/django/" in frame.f_code.co_filename:  # managers hand it on
            frame = frame.f_back
        _asked.add(f"{LOCKS} {frame.f_code.co_filename} {frame.f_code.co_qualname}")
        return lock(rows, *args, **options)

    return locking


def _noted(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, which is a coroutine still if it was one: callers look for that."""

    def note(*args: Any) -> None:
        what = args[0] if args and isinstance(args[0], str) else ""
        message = args[1].get("type", "") if len(args) > 1 and isinstance(args[1], dict) else ""
        _asked.add(f"{name} {what} {message}")

    @wraps(method)
    def noted(itself: Any, *args: Any, **options: Any) -> Any:
        note(*args)
        return method(itself, *args, **options)

    @wraps(method)
    async def noted_later(itself: Any, *args: Any, **options: Any) -> Any:
        note(*args)
        return await method(itself, *args, **options)

    return noted_later if iscoroutinefunction(method) else noted


_TABLE = r'"[^"]+"'
_NAME = rf"(?:[A-Z]\d+\.)?{_TABLE}(?:\.{_TABLE})?"
_COLUMN = rf"{_NAME}(?: AS {_TABLE})?"
_VALUES = r"\((?:\?|NULL)(?:, (?:\?|NULL))*\)"
_ORDER = re.compile(rf"{_NAME} (?:ASC|DESC)(?: NULLS (?:FIRST|LAST))?")
_LESS_OF_STATEMENTS = (
    (re.compile(r"'(?:[^']|'')*'|%s|\b\d+(?:\.\d+)?\b"), "?"),
    (re.compile(r'"s\d+_x\d+"'), "savepoint"),
    (re.compile(rf"{_VALUES}(?:, {_VALUES})*"), "(?)"),
    (re.compile(rf"(?<=SELECT )(?:DISTINCT )?{_COLUMN}(?:, {_COLUMN})*(?=,| FROM)"), "*"),
    (re.compile(rf"{_TABLE} = (?:\?|NULL)(?=,| WHERE)"), "="),
    (re.compile(rf"{_NAME} (?:(?:=|<|>|<=|>=) \?(?=[ ),]|$)|IN \(\?\)|IS (?:NOT )?NULL)"), "="),
    (_ORDER, "="),
    (re.compile(r"=(?:(?: AND |, )=)+"), "="),
    (re.compile(r"\(=\)"), "="),
    (re.compile(r"=(?:(?: AND |, )=)+"), "="),
)
"""Values, lists of columns, comparisons with one value, and orders, which are shapes of their own."""
_ONE_TABLE = re.compile(rf"^(SELECT \* FROM|UPDATE) {_TABLE}(?= |$)")
"""Which table it is says nothing where all else is plain: a statement of its own puts rows into each."""
_LESS_OF_NAMES = re.compile(r"[0-9a-f-]{6,}|\d+|(?<=\.)[A-Za-z0-9_-]{12,}|[^ ]*/")
_ENDING = re.compile(r"\.[a-z0-9]{1,5}(?= )")
_KINDS = tuple(kind.__name__ for kind, _ in DONE_WITH)


@lru_cache(200_000)
def shapes_of(asked: str) -> frozenset[int]:
    """Numbers for what was asked, the same for other values of the same sorts."""
    if asked.startswith("PRAGMA"):
        return frozenset()
    if asked.startswith(FileSystemStorage.__name__):  # names of files are made at random
        what, _, name = asked.partition(" ")
        return _numbers({what + "".join(_ENDING.findall(name)[-1:])})
    if asked.startswith(LOCKS):
        return _numbers({asked})
    if asked.startswith(_KINDS):
        return _numbers({_LESS_OF_NAMES.sub("?", asked)})
    orders = set(_ORDER.findall(asked))
    for pattern, instead in _LESS_OF_STATEMENTS:
        asked = pattern.sub(instead, asked)
    return _numbers({_ONE_TABLE.sub(r"\1 one", asked), *orders})


def _numbers(texts: set[str]) -> frozenset[int]:
    return frozenset(crc32(each.encode()) for each in texts)
