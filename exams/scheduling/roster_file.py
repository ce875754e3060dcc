"""Reads the cells of a roster file: CSV in the encodings and separators that spreadsheets write, or XLSX."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from openpyxl import load_workbook

from proctor_site.kernel.errors import InvalidInput, TooLarge

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 50
LONGEST_CELL = 500
MOST_UNPACKED = 60_000_000
"""Bytes of an XLSX file when unpacked; a roster of 20,000 rows needs about 10 million."""
MOST_PARTS = 500
_TOLD_EVERY = 500
_ZIP = b"PK\x03\x04"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

Rows = list[tuple[int, list[str]]]
"""Line numbers as the spreadsheet shows them, and the cells as text without outer spaces."""


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin as those of an XLSX workbook do."""
    return data.startswith(_ZIP)


def check_size(data: bytes) -> None:
    """Raises TooLarge with field "file" for too many bytes."""
    if len(data) > MOST_BYTES:
        raise TooLarge(f"The file is larger than {MOST_BYTES // 1_000_000} MB.", field="file")


def read_rows(data: bytes, told: Callable[[int], None] | None = None) -> Rows:
    """The rows of a roster that are not empty; `told` hears how many lines are read, now and then.

    Raises TooLarge (bytes, rows, columns, unpacked size) and InvalidInput (no such file type, damaged), both
    with field "file".
    """
    check_size(data)
    if not data.strip(b"\x00\r\n\t "):
        raise InvalidInput("The file is empty.", field="file", code="empty")
    found = _xlsx_rows(data) if is_workbook(data) else _csv_rows(data)
    rows = [(line, cells) for line, cells in _bounded(found, told) if any(cells)]
    if not rows:
        raise InvalidInput("The file has no row with anything in it.", field="file", code="empty")
    return rows


def _bounded(
    rows: Iterable[tuple[int, Sequence[Any]]], told: Callable[[int], None] | None
) -> Iterator[tuple[int, list[str]]]:
    for line, padded in rows:
        if told is not None and line % _TOLD_EVERY == 0:
            told(line)
        cells = _without_empty_end(padded)
        if line > MOST_ROWS + 1:
            raise TooLarge(f"The file has more than {MOST_ROWS:,} rows. Split it.", field="file")
        if len(cells) > MOST_COLUMNS:
            raise TooLarge(f"Row {line} has more than {MOST_COLUMNS} columns.", field="file")
        yield line, [_text(cell, line) for cell in cells]


def _text(cell: Any, line: int) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # spreadsheets store 15 as 15.0
    text = " ".join(str(cell).split())
    if len(text) > LONGEST_CELL:
        raise TooLarge(f"Row {line} has a cell of more than {LONGEST_CELL} characters.", field="file")
    # Our own export puts an apostrophe before what a spreadsheet would take for a formula.
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _csv_rows(data: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    text = _decoded(data)
    lines = text.splitlines()
    skipped = 0
    first = next((line for line in lines if line.strip()), "")
    separator = _separator(first)
    if first.lower().startswith("sep=") and len(first) >= 5:  # Excel's own hint
        separator, skipped = first[4], lines.index(first) + 1
    reader = csv.reader(io.StringIO("\n".join(lines[skipped:])), delimiter=separator)
    try:
        yield from ((reader.line_num + skipped, cells) for cells in reader)
    except csv.Error as error:
        raise InvalidInput(
            f"Row {reader.line_num + skipped} cannot be read: {error}.", field="file", code="damaged"
        ) from error


def _decoded(data: bytes) -> str:
    encodings = [name for mark, name in _BOMS if data.startswith(mark)] or _guesses(data)
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(
        "The letters of this file cannot be read. Save it as CSV in UTF-8, or as an XLSX workbook.",
        field="file",
        code="encoding",
    )


def _guesses(data: bytes) -> list[str]:
    head = data[:200]
    if head[1::2].count(0) > len(head) // 4:
        return ["utf-16-le"]
    if head[::2].count(0) > len(head) // 4:
        return ["utf-16-be"]
    return ["utf-8", "cp1252"]


def _separator(first: str) -> str:
    outside = "".join(part for part in first.split('"')[::2])
    return max((",", ";", "\t"), key=outside.count)


def _xlsx_rows(data: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    _check_package(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet: Any = book.worksheets[0]
        # Its own word on its size is not trusted: it may be missing, or claim a million rows.
        sheet.reset_dimensions()
        bounds = {"max_row": MOST_ROWS + 2, "max_col": MOST_COLUMNS + 1, "values_only": True}
        yield from enumerate(sheet.iter_rows(min_row=1, **bounds), start=1)
        book.close()
    except TooLarge:
        raise
    except Exception as error:  # noqa: BLE001  (openpyxl lets through what a damaged part happens to raise)
        raise InvalidInput(
            "This workbook cannot be read. Save it again as XLSX, or as CSV.", field="file", code="damaged"
        ) from error


def _without_empty_end(cells: Sequence[Any]) -> list[Any]:
    kept = list(cells)
    while kept and kept[-1] in (None, ""):
        kept.pop()
    return kept


def _check_package(data: bytes) -> None:
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError) as error:
        raise InvalidInput("This workbook is damaged.", field="file", code="damaged") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise TooLarge("This workbook unpacks to far more than a roster needs.", field="file")
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise InvalidInput("This is no XLSX workbook and no CSV file.", field="file", code="unknown_type")
