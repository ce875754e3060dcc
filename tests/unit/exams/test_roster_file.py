"""Roster files as people have them: encodings, separators, workbooks; and those that are refused."""

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook

from exams.scheduling import roster_file
from exams.scheduling.roster_file import read_rows
from exams.scheduling.roster_rows import RosterRow, understand
from exams.tables import Format, as_bytes
from proctor_site.kernel.errors import InvalidInput, Refusal, TooLarge

TEXT = "E-Mail Address;Vorname;Nachname;Gruppe;Extra minutes;Time-Factor;Seat\r\n"
TEXT += "ana@x.org;Ána;Müller;3b;15;1,25;7\r\n"
ANA = RosterRow(2, "ana@x.org", "Ána Müller", "3b", 15, "1.25")


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_encodings_and_separators(encoding: str, separator: str) -> None:
    text = TEXT.replace("1,25", "1.25").replace(";", separator)
    table = understand(read_rows(text.encode(encoding)))
    assert (table.rows, table.unused) == ([ANA], ["Seat"])


def test_what_spreadsheets_add(tmp_path: Any) -> None:
    assert understand(read_rows(b"sep=;\r\n" + TEXT.encode())).rows[0].name == "Ána Müller"
    quoted = 'name,email\r\n"Roe, ""R"" Ria\nMaria",MAILTO:ria@x.org\r\n\r\n,\r\n'
    [row] = understand(read_rows(quoted.encode())).rows
    assert (row.name, row.problem) == ('Roe, "R" Ria Maria', "")
    rows = [["Email", "Name", "Extra time", "Factor"], [], [" Bo@X.org ", "Bo", 15.0, 1.5, None]]
    [row] = understand(read_rows(workbook(*rows))).rows
    assert row == RosterRow(3, "bo@x.org", "Bo", "", 15, "1.5")


def test_a_plain_list_of_addresses_needs_no_header() -> None:
    rows = understand(read_rows(b"a@x.org\nb@x.org\n\na@x.org")).rows
    assert [(row.line, row.email, row.problem) for row in rows] == [
        (1, "a@x.org", ""),
        (2, "b@x.org", ""),
        (4, "a@x.org", "The address stands in row 1 already."),
    ]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (",,,", ""),
        (",Bo,,", "no e-mail"),
        ("bo(at)x.org,,,", "not an e-mail"),
        ("a@x.org b@x.org,,,", "not an e-mail"),
        (f"{'a' * 250}@x.org,,,", "not an e-mail"),
        ("bo@x.org,B\x00o,,", "cannot be stored"),
        (f"bo@x.org,{'B' * 201},,", "name has more"),
        ("bo@x.org,,-5,", "Extra minutes"),
        ("bo@x.org,,1441,", "Extra minutes"),
        ("bo@x.org,,1.5,", "Extra minutes"),
        ("bo@x.org,,²,", "Extra minutes"),
        ("bo@x.org,,,0.9", "factor"),
        ("bo@x.org,,,5.01", "factor"),
        ("bo@x.org,,,1.255", "factor"),
        ("bo@x.org,,,NaN", "factor"),
        ("bo@x.org,,,1e9999", "factor"),
    ],
)
def test_a_row_that_makes_no_sense_says_why(cells: str, words: str) -> None:
    rows = understand(read_rows(f"email,name,extra minutes,factor\n{cells}".encode())).rows
    assert [words in row.problem and bool(row.problem) for row in rows] == ([True] if words else [])
    assert all("\x00" not in str(row.to_json()) for row in rows)


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"<a/>" + b" " * 70_000_000)
    return file.getvalue()


def other_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("../../evil.txt", b"x")
    return file.getvalue()


def entities() -> bytes:
    """A workbook whose sheet declares entities that grow without end."""
    good = zipfile.ZipFile(io.BytesIO(workbook(["email"], ["a@x.org"])))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name in good.namelist():
            body = good.read(name)
            if name.endswith("sheet1.xml"):
                body = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>' + body.replace(
                    b"<row", b"&c;<row"
                )
            package.writestr(name, body)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"", InvalidInput, "empty"),
        (b"\n\n,,\n", InvalidInput, "empty"),
        (b"name,seat\nBo,7", InvalidInput, "no_email_column"),
        (b"email,mail\na@x.org,b@x.org", InvalidInput, "column_twice"),
        (b"email\n\x81\x8d\xff", InvalidInput, "encoding"),
        (b"PK\x03\x04 and then nothing", InvalidInput, "damaged"),
        (other_zip(), InvalidInput, "unknown_type"),
        (entities(), InvalidInput, "damaged"),
        (bomb(), TooLarge, "too_large"),
        (b"email\n" + b"x" * 501, TooLarge, "too_large"),
        (b"," * 60, InvalidInput, "empty"),
        (b"a," * 60, TooLarge, "too_large"),
        (b"a@x.org\n" * 20_002, TooLarge, "too_large"),
        (b"x" * (roster_file.MOST_BYTES + 1), TooLarge, "too_large"),
    ],
)
def test_files_that_are_refused_whole(data: bytes, kind: type[Refusal], code: str) -> None:
    with pytest.raises(kind) as refusal:
        understand(read_rows(data))
    assert (refusal.value.field, refusal.value.code) == ("file", code)


def test_a_sheet_that_claims_a_million_rows_is_stopped() -> None:
    book = Workbook()
    book.active["A1"], book.active["A1048576"] = "email", "a@x.org"
    file = io.BytesIO()
    book.save(file)
    with pytest.raises(TooLarge):
        read_rows(file.getvalue())


def test_exports_are_no_formulas_and_come_back_as_they_were() -> None:
    rows = [("=cmd|'/c calc'!A1", "@x", "+1", "-2", 15, "plain")]
    headers = ("E-mail", "Name", "Group", "Extra minutes", "Factor", "State")
    for form in (Format.CSV_FOR_SPREADSHEETS, Format.XLSX):
        [_, (_, cells)] = read_rows(as_bytes(form, headers, rows))
        assert cells == ["=cmd|'/c calc'!A1", "@x", "+1", "-2", "15", "plain"]
    text = as_bytes(Format.CSV, headers, rows).decode()
    assert text.splitlines()[1].startswith("'=cmd") and ",'@x,'+1,'-2,15" in text
    sheet = zipfile.ZipFile(io.BytesIO(as_bytes(Format.XLSX, headers, rows))).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
