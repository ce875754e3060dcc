"""What is noted of tests, and which of them are taken to the servers."""

import os
from pathlib import Path

import pytest
from django.db.models import QuerySet

from accounts.models import User
from tests.integration import choice, shapes
from tests.integration.choice import Noted, chosen
from tests.integration.shapes import shapes_of, sorts_of

FILE = "tests/integration/test_set_ups.py"


def test_other_values_and_other_columns_are_the_same_shapes_of() -> None:
    one = 'SELECT "a"."id", "a"."name" FROM "a" WHERE "a"."id" IN (%s, %s) LIMIT 21'
    two = 'SELECT "a"."id", "a"."mark", "a"."day" FROM "a" WHERE "a"."id" IN (%s) LIMIT 5'
    assert shapes_of(one) == shapes_of(two)
    rows = 'INSERT INTO "a" ("name") VALUES (%s)'
    assert shapes_of(f"{rows}, (%s), (NULL)") == shapes_of(rows)
    set_one = 'UPDATE "a" SET "name" = %s WHERE "a"."id" = %s'
    assert shapes_of(set_one) == shapes_of(
        'UPDATE "b" SET "mark" = NULL, "day" = %s WHERE ("b"."c_id" = %s AND "b"."id" IN (%s, %s))'
    )
    assert shapes_of('SAVEPOINT "s140_x7"') == shapes_of('SAVEPOINT "s9_x12"')
    assert shapes_of("LocMemCache.get seat.4f0c9a1b22 ") == shapes_of("LocMemCache.get seat.77 ")
    assert shapes_of("FileSystemStorage.save a/U-D_AZ.jpg ") == shapes_of(
        "FileSystemStorage.save b/x-Yw.jpg "
    )


@pytest.mark.parametrize(
    "other",
    [
        'SELECT "a"."id" FROM "a" WHERE "a"."name" LIKE %s ORDER BY "a"."name" ASC',
        'SELECT "a"."id" FROM "a" WHERE "a"."name" = %s ORDER BY "a"."name" DESC',
        'SELECT "a"."id" FROM "a" WHERE "a"."name" = %s ORDER BY "a"."name" ASC FOR UPDATE',
        'SELECT "a"."id" FROM "a" WHERE "a"."name" = %s ORDER BY "a"."name" ASC IntegrityError',
        'SELECT "a"."id" FROM "a" WHERE "a"."name" = %s ORDER BY "a"."name" ASC none',
        'SELECT "a"."id" FROM "b" WHERE "b"."name" = %s ORDER BY "b"."name" ASC',
        'SELECT "a"."id" FROM "a" WHERE ("a"."name" = %s AND "a"."day" < "a"."end") ORDER BY "a"."name" ASC',
        'SELECT "a"."id" FROM "a" LEFT OUTER JOIN "b" ON ("a"."b_id" = "b"."id") WHERE "a"."name" = %s',
        'SELECT "a"."id" FROM "a" WHERE "a"."day" BETWEEN %s AND %s',
        'DELETE FROM "a" WHERE "a"."id" = %s',
    ],
)
def test_what_databases_may_answer_differently_is_another_shape(other: str) -> None:
    one = 'SELECT "a"."id" FROM "a" WHERE "a"."name" = %s ORDER BY "a"."name" ASC'
    assert shapes_of(other) - shapes_of(one)


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


@pytest.mark.django_db
def test_each_place_that_locks_rows_is_a_shape_though_sqlite_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", shapes._noted_place(QuerySet.select_for_update))
    monkeypatch.setattr(shapes, "_asked", set())

    def lock_here() -> None:
        list(User.objects.select_for_update())

    def lock_there() -> None:
        list(User.objects.all().select_for_update())

    seen = []
    for lock in (lock_here, lock_there):
        lock()
        # Where the plug-in is at work, statements are noted as well.
        here = {each for each in shapes._asked if each.startswith(shapes.LOCKS) and __file__ in each}
        seen.append(len(frozenset().union(*map(shapes.shapes_of, here))))
    assert seen == [1, 2]
