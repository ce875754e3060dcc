"""Whose picture is whose: columns, files found by path or name, and rows that make no sense."""

import pytest

from proctor_site.kernel.errors import InvalidInput, TooLarge
from proctoring.identity import photo_table
from proctoring.identity.photo_table import by_name, table_in, understand, unnamed

NAMES = ["pics/Ana.JPG", "pics/ben.png", "a/twin.jpg", "b/twin.jpg", "list.csv", "__MACOSX/pics/._Ana.JPG"]
HEAD = (1, ["E-Mail", "Name", "Photo"])


def problems(*rows: list[str]) -> list[str]:
    cells = [HEAD, *((line, row) for line, row in enumerate(rows, start=2))]
    return [row.problem for row in understand(cells, NAMES)]


def test_files_are_found_by_path_or_by_a_name_that_only_one_has() -> None:
    cells = [
        HEAD,
        (2, ["Ana@Example.org", "Ana", "ana.jpg"]),
        (3, ["ben@example.org", "", "pics/ben.png"]),
        (4, ["mailto:cai@example.org", "", "b/twin.jpg"]),
    ]
    rows = understand(cells, NAMES)
    assert [(row.email, row.path) for row in rows] == [
        ("ana@example.org", "pics/Ana.JPG"),
        ("ben@example.org", "pics/ben.png"),
        ("cai@example.org", "b/twin.jpg"),
    ]
    assert unnamed(rows, NAMES) == ["a/twin.jpg"]


def test_each_row_that_makes_no_sense_says_why() -> None:
    found = problems(
        ["", "", "ana.jpg"],
        ["a@example.org", ""],
        ["b@example.org", "", "twin.jpg"],
        ["c@example.org", "", "nobody.jpg"],
        ["d@example.org", "", "ana.jpg"],
        ["d@example.org", "", "ben.png"],
        ["e@example.org", "", "pics/ana.jpg"],
    )
    assert found[:2] == ["There is no e-mail address and no candidate number.", "There is no file name."]
    assert "several have that name" in found[2] and "no such file" in found[3]
    assert found[4:] == [
        "",
        "Row 6 names this address already.",
        "Row 6 names this file already: two people cannot share a photo.",
    ]


def test_rows_may_name_candidates_by_number_address_or_both() -> None:
    head = (1, ["Candidate number", "E-mail", "File"])
    cells = [
        head,
        (2, ["S-1", "", "ana.jpg"]),
        (3, ["S-2", "ben@example.org", "ben.png"]),
        (4, ["s-1", "", "a/twin.jpg"]),
        (5, ["", "", "b/twin.jpg"]),
    ]
    rows = understand(cells, NAMES)
    assert [(row.number, row.email, row.path) for row in rows] == [
        ("S-1", "", "pics/Ana.JPG"),
        ("S-2", "ben@example.org", "pics/ben.png"),
        ("s-1", "", ""),
        ("", "", ""),
    ]
    assert rows[2].problem == "Row 2 names this number already."
    assert rows[3].problem == "There is no e-mail address and no candidate number."


def test_a_table_needs_its_two_columns_once() -> None:
    with pytest.raises(InvalidInput, match="“file”") as caught:
        understand([(1, ["E-Mail", "Name"]), (2, ["a@example.org", "A"])], NAMES)
    assert caught.value.field == "file"
    with pytest.raises(InvalidInput, match="mean the same"):
        understand([(1, ["mail", "file", "picture"]), (2, ["a@example.org", "a", "b"])], NAMES)
    with pytest.raises(InvalidInput, match="no photo"):
        understand([HEAD], NAMES)


def test_without_a_table_pictures_are_named_by_address_or_number() -> None:
    assert table_in(NAMES) == "list.csv"
    assert table_in(["a.jpg", "__MACOSX/._list.csv"]) is None
    with pytest.raises(InvalidInput, match="several tables"):
        table_in(["a.csv", "b.xlsx"])
    rows = by_name(["x/Ana@Example.org.jpg", "S-1.png", "bén.png", ".DS_Store"])
    assert [(row.email, row.number, row.path) for row in rows] == [
        ("", "S-1", "S-1.png"),
        ("", "", ""),
        ("ana@example.org", "", "x/Ana@Example.org.jpg"),
    ]
    assert "neither by an address" in rows[1].problem


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_table, "MOST_ROWS", 1)
    with pytest.raises(TooLarge):
        by_name(["a@example.org.jpg", "b@example.org.jpg"])
