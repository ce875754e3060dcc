"""What an upload of photos says: whose each picture is, by address or number, and what makes no sense."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from accounts.candidate_numbers import key_of, problem_of, tidy
from exams.scheduling.roster_rows import HEADERS
from proctor_site.kernel.errors import InvalidInput, TooLarge

MOST_ROWS = 2_000
_EMAIL, _NUMBER = HEADERS["email"], HEADERS["external_id"]
_FILE = ("file", "filename", "photo", "picture", "image", "datei", "dateiname", "foto", "bild", "fichier")
_TABLES = (".csv", ".xlsx")
_IGNORED = ("__macosx/", ".ds_store", "thumbs.db")


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """One row, naming a candidate by address, number or both. `problem` says why it is refused by itself;
    `path`: the file in the zip, "" when refused."""

    line: int
    email: str
    file: str
    path: str = ""
    problem: str = ""
    number: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, for storing."""
        return asdict(self)


def table_in(names: Iterable[str]) -> str | None:
    """The path of the one table in a zip; None without one. Raises InvalidInput when there are several."""
    tables = [name for name in names if name.lower().endswith(_TABLES) and not _is_ignored(name)]
    if len(tables) > 1:
        raise InvalidInput(
            f"The zip holds several tables: {', '.join(sorted(tables)[:5])}. Leave one.",
            field="file",
            code="several_tables",
        )
    return tables[0] if tables else None


def understand(cells: Sequence[tuple[int, Sequence[str]]], names: Iterable[str]) -> list[PhotoRow]:
    """The rows of the table, each with its file in the zip. Files are found by path, or by name alone.

    Raises InvalidInput (`file`) when a column is missing, TooLarge for too many rows.
    """
    line, head = cells[0]
    places = [_column(head, words) for words in (_EMAIL, _NUMBER, _FILE)]
    if places[:2] == [None, None] or places[2] is None:
        found = ", ".join(cell for cell in head[:10] if cell)
        raise InvalidInput(
            f"Row {line} of the table must name a column “e-mail” or “candidate number”, and a column "
            f"“file”. It has: {found}.",
            field="file",
            code="no_column",
        )
    _refuse_many(len(cells) - 1)
    found_at = _places(names)
    rows = [_row(line, *_named(row, places), found_at) for line, row in cells[1:]]
    return _without_repeats(rows)


def by_name(names: Iterable[str]) -> list[PhotoRow]:
    """Rows of a zip without a table: each picture is named by address or number, as in ana@example.org.jpg or
    S-1234.jpg."""
    found_at = _places(names)
    pictures = sorted(path for path in names if not _is_ignored(path))
    _refuse_many(len(pictures))
    rows = []
    for line, path in enumerate(pictures, start=1):
        stem, dot, _ = path.rsplit("/", 1)[-1].rpartition(".")
        email, number = (stem.strip(), "") if "@" in stem else ("", tidy(stem))
        row = _row(line, email, number, path, found_at)
        if not dot or (number and problem_of(number)):
            said = (
                "There is no table, and this file is named neither by an address, as in ana@example.org.jpg,"
            )
            row = PhotoRow(line, "", path, problem=f"{said} nor by a candidate number, as in S-1234.jpg.")
        rows.append(row)
    return _without_repeats(rows)


def unnamed(rows: Iterable[PhotoRow], names: Iterable[str]) -> list[str]:
    """Files of the zip that no row names; tables and what systems add to zips are left out."""
    used = {row.path for row in rows}
    others = (name for name in names if name not in used and not name.lower().endswith(_TABLES))
    return sorted(name for name in others if not _is_ignored(name))


def _is_ignored(name: str) -> bool:
    low = name.lower()
    return low.startswith(_IGNORED[0]) or low.rsplit("/", 1)[-1] in _IGNORED[1:]


def _refuse_many(count: int) -> None:
    if count > MOST_ROWS:
        raise TooLarge(f"There are more than {MOST_ROWS:,} photos. Split the upload.", field="file")
    if count <= 0:
        raise InvalidInput("There is no photo in this upload.", field="file", code="empty")


def _column(head: Sequence[str], words: Sequence[str]) -> int | None:
    places = [place for place, cell in enumerate(head) if _bare(cell) in words]
    if len(places) > 1:
        raise InvalidInput(
            f"Two columns mean the same: “{head[places[0]]}” and “{head[places[1]]}”. Remove one.",
            field="file",
            code="column_twice",
        )
    return places[0] if places else None


def _bare(header: str) -> str:
    plain = unicodedata.normalize("NFKD", header.casefold())
    return "".join(each for each in plain if each.isalnum() and each.isascii())


def _named(row: Sequence[str], places: Sequence[int | None]) -> tuple[str, str, str]:
    email, number, file = (row[place] if place is not None and place < len(row) else "" for place in places)
    return email, number, file


def _places(names: Iterable[str]) -> dict[str, str]:
    """Path by what a table may call it: the whole path, or the bare name where only one file has it."""
    pictures = [name for name in names if not _is_ignored(name)]
    bare = Counter(_key(name.rsplit("/", 1)[-1]) for name in pictures)
    places = {_key(name.rsplit("/", 1)[-1]): name for name in pictures}
    places = {key: name for key, name in places.items() if bare[key] == 1}
    return places | {_key(name): name for name in pictures}


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip().casefold())


def _row(line: int, email: str, number: str, file: str, found_at: dict[str, str]) -> PhotoRow:
    email = email.removeprefix("mailto:").lower()
    path = found_at.get(_key(file), "") if file else ""
    problem = ""
    if not email and not number:
        problem = "There is no e-mail address and no candidate number."
    elif not file:
        problem = "There is no file name."
    elif not path:
        problem = "There is no such file in the zip, or several have that name."
    return PhotoRow(line, email, file, "" if problem else path, problem, number)


def _without_repeats(rows: list[PhotoRow]) -> list[PhotoRow]:
    first_at: dict[tuple[str, str], int] = {}
    judged: list[PhotoRow] = []
    for row in rows:
        problem = row.problem
        for what, value in (("address", row.email), ("number", key_of(row.number)), ("file", row.path)):
            if problem or not value:
                continue
            earlier = first_at.setdefault((what, value), row.line)
            if earlier != row.line:
                shared = ": two people cannot share a photo" if what == "file" else ""
                problem = f"Row {earlier} names this {what} already{shared}."
        judged.append(replace(row, path="", problem=problem) if problem else row)
    return judged
