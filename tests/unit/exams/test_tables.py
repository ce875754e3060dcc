"""Tables as files: hostile texts, byte order mark, empty tables, long cells, nothing lost."""

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from exams.tables import Format, neutral, write

HOSTILE = [
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\u00a0=1",
    "＝1+1",
    '=HYPERLINK("http://example.org","x")',
]


def read(form: Format, headers: list[str], rows: list[list[Any]]) -> bytes:
    file, number = write(form, headers, rows)
    assert number == len(rows)
    with file:
        return file.read()


def sheet(data: bytes) -> list[list[Any]]:
    return [list(row) for row in load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("text", HOSTILE)
def test_formulas_are_neutral_in_tables_for_spreadsheets(text: str) -> None:
    for form in (Format.CSV, Format.CSV_FOR_SPREADSHEETS):
        [_, [cell]] = list(
            csv.reader(io.StringIO(read(form, ["A"], [[text]]).decode("utf-8-sig"), newline=""))
        )
        assert cell == f"'{text}"
    book = load_workbook(io.BytesIO(read(Format.XLSX, ["A"], [[text]])))
    cell = book.active["A2"]
    assert cell.data_type == "s" and str(cell.value).startswith("'")
    assert json.loads(read(Format.JSON, ["A"], [[text]])) == [{"A": text}]


@pytest.mark.parametrize("text", ["Wien", "a=b", "1 - 2", "", "2.5", "'quoted'"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


def test_numbers_below_zero_stay_numbers() -> None:
    rows = [[Decimal("-1.50"), -2, None, True, False]]
    assert read(Format.CSV, list("abcde"), rows).decode().splitlines()[1] == "-1.50,-2,,yes,no"
    assert sheet(read(Format.XLSX, list("abcde"), rows))[1] == [-1.5, -2, None, "yes", "no"]
    assert json.loads(read(Format.JSON, list("abcde"), rows))[0] == {
        "a": -1.5,
        "b": -2,
        "c": None,
        "d": True,
        "e": False,
    }


def test_the_byte_order_mark_is_a_choice() -> None:
    assert read(Format.CSV_FOR_SPREADSHEETS, ["Größe"], []).startswith(b"\xef\xbb\xbfGr\xc3\xb6")
    assert read(Format.CSV, ["Größe"], []).startswith(b"Gr\xc3\xb6")


def test_empty_tables() -> None:
    assert json.loads(read(Format.JSON, ["A"], [])) == []
    assert sheet(read(Format.XLSX, ["A"], [])) == [["A"]]
    assert read(Format.CSV, ["A", "B"], []) == b"A,B\r\n"


def test_times_carry_their_offset() -> None:
    at = datetime(2026, 11, 21, 9, 30, 15, 99, tzinfo=UTC)
    for form in (Format.CSV, Format.JSON):
        assert b"2026-11-21T09:30:15+00:00" in read(form, ["at"], [[at]])


def test_a_text_too_long_for_a_sheet_is_cut_there_only() -> None:
    text = "x" * 40_000
    cell = sheet(read(Format.XLSX, ["A"], [[text]]))[1][0]
    assert len(cell) == 32_767 and cell.endswith("[cut here; whole in CSV and JSON]")
    assert text in read(Format.CSV, ["A"], [[text]]).decode()


def test_characters_a_sheet_cannot_hold_are_left_out() -> None:
    assert sheet(read(Format.XLSX, ["A"], [["a\x00b\x0bc\nd"]]))[1][0] == "abc\nd"


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(texts, st.integers(-1000, 1000)), max_size=8))
def test_csv_and_json_lose_nothing(rows: list[tuple[str, int]]) -> None:
    given_rows = [list(row) for row in rows]
    back = list(csv.reader(io.StringIO(read(Format.CSV, ["A", "B"], given_rows).decode(), newline="")))
    assert back[1:] == [[neutral(text), str(number)] for text, number in rows]
    found = json.loads(read(Format.JSON, ["A", "B"], given_rows))
    assert [(each["A"], each["B"]) for each in found] == rows
