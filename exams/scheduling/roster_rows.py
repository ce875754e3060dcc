"""What the rows of a roster say: which column is which, and which row makes no sense and why (pure)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from accounts.candidate_numbers import key_of, problem_of
from proctor_site.kernel.errors import InvalidInput

LONGEST_NAME = 200
LONGEST_GROUP = 100
MOST_MINUTES = 24 * 60
FACTORS = (Decimal(1), Decimal(5))
HEADERS: dict[str, tuple[str, ...]] = {
    "email": ("email", "emailaddress", "mail", "emailadresse", "mailadresse", "courriel", "correo"),
    "name": ("name", "fullname", "candidate", "candidatename", "student", "vollername", "nom", "nombre"),
    "first_name": ("firstname", "givenname", "forename", "vorname", "prenom"),
    "last_name": ("lastname", "surname", "familyname", "nachname", "familienname", "apellido"),
    "external_id": (
        *("candidatenumber", "candidateno", "candidateid", "externalid", "idnumber"),
        *("studentnumber", "studentno", "studentid", "matriculationnumber", "matrikelnummer", "matricule"),
    ),
    "group": ("group", "groups", "class", "cohort", "course", "gruppe", "klasse", "kurs"),
    "extra_minutes": ("extraminutes", "extratime", "extratimeminutes", "minutes", "zusatzminuten"),
    "factor": ("factor", "timefactor", "extrafactor", "multiplier", "faktor", "zeitfaktor"),
}
"""Names of columns without spaces, signs, accents and capitals."""
_EMAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[^@\s,;<>\"'.]{2,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row. `problem` says why it is refused; the other fields then hold what could be read."""

    line: int
    email: str
    name: str = ""
    group: str = ""
    extra_minutes: int = 0
    factor: str = "1"
    problem: str = ""
    external_id: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, for storing."""
        return asdict(self)

    @property
    def has_extra_time(self) -> bool:
        return bool(self.extra_minutes) or Decimal(self.factor) != 1


@dataclass(frozen=True, slots=True)
class RosterTable:
    """All rows of a file, and the headers of columns that are not used."""

    rows: list[RosterRow]
    unused: list[str]


def understand(rows: Sequence[tuple[int, Sequence[str]]]) -> RosterTable:
    """The rows with their columns named, each judged by itself and for addresses that come twice.

    Without a row of headers, a file whose first row holds an address is a list of addresses. Raises
    InvalidInput (file) when there is no column of addresses, or two of one meaning.
    """
    line, head = rows[0]
    columns = _columns(head)
    if "email" not in columns:
        place = next((place for place, cell in enumerate(head) if _EMAIL.fullmatch(cell)), None)
        if place is None:
            found = ", ".join(cell for cell in head[:10] if cell)
            raise InvalidInput(
                f"Row {line} names no column “e-mail”. It has: {found}.", field="file", code="no_email_column"
            )
        return RosterTable(
            _without_repeats([_row(line, cells, {"email": place}) for line, cells in rows]), []
        )
    used = set(columns.values())
    unused = [cell for place, cell in enumerate(head) if cell and place not in used]
    return RosterTable(_without_repeats([_row(line, cells, columns) for line, cells in rows[1:]]), unused)


def _columns(head: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(head):
        bare = _bare(cell)
        for field, names in HEADERS.items():
            if bare in names:
                if field in columns:
                    raise InvalidInput(
                        f"Two columns mean the same: “{head[columns[field]]}” and “{cell}”. Remove one.",
                        field="file",
                        code="column_twice",
                    )
                columns[field] = place
    return columns


def _bare(header: str) -> str:
    plain = unicodedata.normalize("NFKD", header.casefold())
    return "".join(each for each in plain if each.isalnum() and each.isascii())


def _row(line: int, cells: Sequence[str], columns: dict[str, int]) -> RosterRow:
    def cell(field: str) -> str:
        place = columns.get(field)
        return cells[place] if place is not None and place < len(cells) else ""

    email = cell("email").removeprefix("mailto:").lower()
    name = cell("name") or " ".join(part for part in (cell("first_name"), cell("last_name")) if part)
    number = cell("external_id")
    read: dict[str, Any] = {"line": line, "email": email, "name": name, "group": cell("group")}
    read["external_id"] = number
    problem = _text_problem(email, name, cell("group")) or (problem_of(number) if number else "")
    try:
        read |= {"extra_minutes": _minutes(cell("extra_minutes")), "factor": _factor(cell("factor"))}
    except InvalidInput as refusal:
        problem = problem or refusal.message
    if problem:
        read |= {key: _CONTROL.sub("?", str(read[key])) for key in ("email", "name", "group", "external_id")}
    return RosterRow(**read, problem=problem)


def _text_problem(email: str, name: str, group: str) -> str:
    if not email:
        return "There is no e-mail address."
    if _CONTROL.search(email + name + group):
        return "There are characters that cannot be stored."
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        return "This is not an e-mail address."
    if len(name) > LONGEST_NAME:
        return f"The name has more than {LONGEST_NAME} characters."
    if len(group) > LONGEST_GROUP:
        return f"The name of the group has more than {LONGEST_GROUP} characters."
    return ""


def _minutes(text: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or int(text[:9]) > MOST_MINUTES:
        raise InvalidInput(f"Extra minutes must be a whole number from 0 to {MOST_MINUTES}.")
    return int(text)


def _factor(text: str) -> str:
    if not text:
        return "1"
    least, most = FACTORS
    try:
        factor = Decimal(text.replace(",", "."))
    except InvalidOperation:
        factor = Decimal(0)
    if not factor.is_finite() or not least <= factor <= most or factor != round(factor, 2):
        raise InvalidInput(f"The factor must be a number from {least} to {most}, such as 1.25.")
    return f"{factor.normalize():f}"


def _without_repeats(rows: list[RosterRow]) -> list[RosterRow]:
    first_at: dict[str, int] = {}
    number_at: dict[str, int] = {}
    judged: list[RosterRow] = []
    for row in rows:
        problem = row.problem or _repeated("address", first_at, row.email, row.line)
        if not problem and row.external_id:
            problem = _repeated("candidate number", number_at, key_of(row.external_id), row.line)
        judged.append(RosterRow(**row.to_json() | {"problem": problem}) if problem else row)
    return judged


def _repeated(what: str, first_at: dict[str, int], value: str, line: int) -> str:
    earlier = first_at.setdefault(value, line)
    return "" if earlier == line else f"The {what} stands in row {earlier} already."
