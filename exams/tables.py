"""Tables as files: CSV, XLSX and JSON, written row by row so that their length costs no memory."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from accounts.spreadsheets import neutral as neutral

Cell = str | int | float | Decimal | bool | datetime | None
_IN_MEMORY = 1_000_000
_LONGEST_CELL = 32_767
"""Characters a spreadsheet holds in one cell; longer texts are cut there, and whole in CSV and JSON."""
_CUT = " … [cut here; whole in CSV and JSON]"


class Format(StrEnum):
    """How a table is written. `CSV_FOR_SPREADSHEETS` begins with a byte order mark, which Excel needs."""

    CSV_FOR_SPREADSHEETS = "csv-spreadsheet"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def ending(self) -> str:
        return "csv" if self is Format.CSV_FOR_SPREADSHEETS else self.value

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self.ending]


_LABELS = {
    Format.CSV_FOR_SPREADSHEETS: "CSV for spreadsheets (UTF-8 with byte order mark)",
    Format.CSV: "CSV for programs (UTF-8)",
    Format.XLSX: "Excel workbook (XLSX)",
    Format.JSON: "JSON",
}
_CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def write(form: Format, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> tuple[IO[bytes], int]:
    """The table as an open file at its beginning (gone once it is closed), and the number of rows.

    Texts that a spreadsheet would run as a formula get an apostrophe before them, but not in JSON.
    """
    counted = _Counted(rows)
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (the caller closes it)
    if form is Format.JSON:
        _write_json(file, headers, counted)
    elif form is Format.XLSX:
        _write_xlsx(file, headers, counted)
    else:
        _write_csv(file, headers, counted, with_mark=form is Format.CSV_FOR_SPREADSHEETS)
    file.seek(0)
    return file, counted.number


def write_json_lines(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> tuple[IO[bytes], int]:
    """The same as one JSON object a line, for programs that read it piece by piece."""
    counted = _Counted(rows)
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (the caller closes it)
    for row in counted:
        values = dict(zip(headers, map(_json_value, row), strict=True))
        file.write(json.dumps(values, ensure_ascii=False, allow_nan=False).encode() + b"\n")
    file.seek(0)
    return file, counted.number


def as_bytes(form: Format, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The same for a table that is not long."""
    file, _ = write(form, headers, rows)
    with file:
        return file.read()


class _Counted:
    """Rows that are counted while they pass."""

    def __init__(self, rows: Iterable[Sequence[Cell]]) -> None:
        self._rows, self.number = rows, 0

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        for row in self._rows:
            self.number += 1
            yield row


def _plain(cell: Cell) -> str | int | float | Decimal:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return neutral(cell) if isinstance(cell, str) else cell


def _write_csv(
    file: IO[bytes], headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, with_mark: bool
) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig" if with_mark else "utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(headers)
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
    text.detach()


def _write_json(file: IO[bytes], headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    separator = b"[\n"
    for row in rows:
        values = dict(zip(headers, map(_json_value, row), strict=True))
        file.write(separator + json.dumps(values, ensure_ascii=False, allow_nan=False).encode())
        separator = b",\n"
    file.write(b"[]\n" if separator == b"[\n" else b"\n]\n")


def _json_value(cell: Cell) -> str | int | float | bool | None:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return float(cell) if isinstance(cell, Decimal) else cell


def _write_xlsx(file: IO[bytes], headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("Data")
    sheet.freeze_panes = "A2"
    sheet.append([_sheet_cell(sheet, header) for header in headers])
    for row in rows:
        sheet.append([_sheet_cell(sheet, cell) for cell in row])
    book.save(file)


def _sheet_cell(sheet: Any, value: Cell) -> Any:
    """Numbers stay numbers. A text is marked as such and neutral too, for programs that read it anew."""
    plain = _plain(value)
    if not isinstance(plain, str):
        return plain
    shown = "".join(each for each in plain if each >= " " or each in "\t\n")
    if len(shown) > _LONGEST_CELL:
        shown = shown[: _LONGEST_CELL - len(_CUT)] + _CUT
    cell = WriteOnlyCell(sheet, value=shown)
    cell.data_type = "s"
    return cell
