"""What is noted of tests, and which of them are taken to the servers."""

import os
from pathlib import Path

import pytest

from tests.integration import choice
from tests.integration.choice import Noted, chosen
from tests.integration.shapes import shape, sorts_of

FILE = "tests/integration/test_set_ups.py"


def test_other_values_and_other_columns_are_the_same_shape() -> None:
    one = 'SELECT "a"."id", "a"."name" FROM "a" WHERE "a"."id" IN (%s, %s) LIMIT 21'
    two = 'SELECT "a"."id", "a"."mark", "a"."day" FROM "a" WHERE "a"."id" IN (%s) LIMIT 5'
    assert shape(one) == shape(two)
    rows = 'INSERT INTO "a" ("name") VALUES (%s)'
    assert shape(f"{rows}, (%s), (NULL)") == shape(rows)
    assert shape('SAVEPOINT "s140_x7"') == shape('SAVEPOINT "s9_x12"')
    assert shape("LocMemCache.get seat.4f0c9a1b22 ") == shape("LocMemCache.get seat.77 ")


@pytest.mark.parametrize(
    "other",
    [
        'SELECT "a"."id" FROM "a" WHERE "a"."name" LIKE %s ORDER BY "a"."name" ASC',
        'SELECT "a"."id" FROM "a" WHERE "a"."name" = %s ORDER BY "a"."name" DESC',
        'SELECT "a"."id" FROM "a" WHERE "a"."name" = %s ORDER BY "a"."name" ASC FOR UPDATE',
        'SELECT "a"."id" FROM "a" WHERE "a"."name" = %s ORDER BY "a"."name" ASC IntegrityError',
        'SELECT "a"."id" FROM "a" WHERE "a"."name" = %s ORDER BY "a"."name" ASC none',
        'SELECT "a"."id" FROM "b" WHERE "b"."name" = %s ORDER BY "b"."name" ASC',
    ],
)
def test_what_databases_may_answer_differently_is_another_shape(other: str) -> None:
    assert shape('SELECT "a"."id" FROM "a" WHERE "a"."name" = %s ORDER BY "a"."name" ASC') != shape(other)


def test_sorts_of_value_that_databases_take_differently() -> None:
    assert sorts_of(["Ada", 3, 2.5, b"x"]) == ""
    assert sorts_of([None, "Zoë", "a\x00b", "x" * 101, 2**40]) == " none nul foreign long large"


def test_the_chosen_have_every_shape_and_are_few_and_cheap() -> None:
    notes = [
        Noted(f"{FILE}::all_but_one", 0.1, frozenset(range(9))),
        Noted(f"{FILE}::dear", 9.0, frozenset(range(10))),
        Noted(f"{FILE}::nothing_new", 0.1, frozenset({1, 2})),
        Noted(f"{FILE}::the_one", 0.1, frozenset({9})),
    ]
    assert [each.test for each in chosen(notes)] == [f"{FILE}::all_but_one", f"{FILE}::the_one"]


def test_what_is_about_servers_or_waits_for_one_is_always_chosen() -> None:
    about = Noted("tests/services/exams/test_simultaneous.py::test_two", 1.0, frozenset())
    skipped = Noted(f"{FILE}::test_skipped", 1.0, frozenset(), skipped=True)
    assert chosen([about, Noted(f"{FILE}::test_no", 1.0, frozenset()), skipped]) == [skipped, about]


def test_notes_older_than_the_code_are_no_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "FOLDER", tmp_path)
    assert choice.notes_of(["tests/api"]) == []
    lines = ('{"test": "tests/api/test_a.py::test_b", "cpu": 0.5, "skipped": false, "shapes": [1, 2]}', "")
    (tmp_path / "gw0.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert choice.notes_of(["tests/api"]) == [Noted("tests/api/test_a.py::test_b", 0.5, frozenset({1, 2}))]
    assert choice.notes_of(["tests/admin"]) == []
    newer = tmp_path / "newer.py"
    newer.write_text("", encoding="utf-8")
    monkeypatch.setattr(choice, "python_sources", lambda: [newer])
    later = (tmp_path / "gw0.jsonl").stat().st_ctime + 60
    os.utime(newer, (later, later))
    assert choice.notes_of(["tests/api"]) == []
