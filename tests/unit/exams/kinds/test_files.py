"""Files as answers: names are cleaned, and bytes must be what the name says."""

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.kinds.file_upload.types import LONGEST_NAME, TYPES, check_file, clean_name
from exams.kinds.registry import KINDS
from proctor_site.kernel.errors import InvalidInput
from tests.factories.exams import CONTENT

UPLOAD, CONTENT_ = KINDS["file_upload"], CONTENT["file_upload"]
ID = "01234567-89ab-4cde-8fab-0123456789ab"


def archive(*names: str, mimetype: str = "") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        if mimetype:
            zipped.writestr("mimetype", mimetype)
        for name in names:
            zipped.writestr(name, "<x/>")
    return made.getvalue()


OPEN = "application/vnd.oasis.opendocument."
GOOD = {
    "pdf": b"%PDF-1.7\n1 0 obj",
    "docx": archive("[Content_Types].xml", "word/document.xml"),
    "xlsx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "pptx": archive("[Content_Types].xml", "ppt/presentation.xml"),
    "odt": archive("content.xml", mimetype=OPEN + "text"),
    "ods": archive("content.xml", mimetype=OPEN + "spreadsheet"),
    "odp": archive("content.xml", mimetype=OPEN + "presentation"),
    "rtf": b"{\\rtf1\\ansi Hello}",
    "png": b"\x89PNG\r\n\x1a\n" + bytes(20),
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(9),
    "gif": b"GIF89a" + bytes(9),
    "webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "mp3": b"ID3\x03\x00" + bytes(9),
    "m4a": b"\x00\x00\x00\x20ftypM4A ",
    "wav": b"RIFF\x00\x00\x00\x00WAVEfmt ",
    "mp4": b"\x00\x00\x00\x20ftypisom" + bytes(9),
    "zip": archive("a.txt"),
}
TEXT = "Größe: 5 µm\n\tdone\r\n".encode()


@pytest.mark.parametrize("ending", sorted(TYPES))
def test_each_type_is_known_by_its_bytes(ending: str) -> None:
    found = check_file(f"work.{ending.upper()}", GOOD.get(ending, TEXT), [ending])
    assert found is TYPES[ending]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("work.exe", b"MZ", "type_not_allowed"),
        ("work", GOOD["pdf"], "type_not_allowed"),
        ("work.pdf.html", GOOD["pdf"], "type_not_allowed"),
        ("work.svg", b"<svg/>", "type_not_allowed"),
        ("work.pdf", b"", "empty"),
        ("work.pdf", b"MZ" + b"\x90\x00" * 50, "type_differs"),
        ("work.pdf", b"<!doctype html><script>1</script>", "type_differs"),
        ("work.docx", GOOD["zip"], "type_differs"),
        ("work.docx", GOOD["xlsx"], "type_differs"),
        ("work.docx", GOOD["docx"][:40], "type_differs"),
        ("work.png", GOOD["jpg"], "type_differs"),
        ("work.txt", GOOD["png"], "type_differs"),
        ("work.txt", b"MZ\x00\x00", "type_differs"),
    ],
)
def test_what_is_something_else_is_refused(name: str, data: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_file(name, data, ["pdf", "docx", "png", "txt"])
    assert (refusal.value.code, refusal.value.field) == (code, "file")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\plan.pdf", "plan.pdf"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("..pdf", "pdf"),
        ("", "file"),
        ('a<b>"c".pdf', "a_b__c_.pdf"),
        ("x" * 300 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@given(st.text(max_size=200))
def test_clean_names_are_short_harmless_and_stay(name: str) -> None:
    clean = clean_name(name)
    assert 1 <= len(clean) <= LONGEST_NAME
    assert not set(clean) & set('/\\\0\r\n<>:"|?*')
    assert not clean.startswith(".")
    assert clean_name(clean) == clean


@pytest.mark.parametrize(
    "value",
    ["x", [1], [{}], [{"id": "x"}], [{"id": ID, "path": "/"}], [ID, ID], [ID] * 3, {"id": ID}, [None]],
)
def test_what_is_no_list_of_files_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        UPLOAD.validate_answer(CONTENT_, value)
    assert refusal.value.field == "value"


def test_files_are_named_and_linked_without_markup() -> None:
    facts = {"id": ID, "name": "<b>x</b>.pdf", "size": 1_500_000, "sha256": "a" * 64}
    assert UPLOAD.validate_answer(CONTENT_, [facts]) == [facts]
    assert UPLOAD.describe_answer(CONTENT_, [facts]) == "<b>x</b>.pdf (1.50 MB)"
    shown = UPLOAD.value_html(CONTENT_, [facts]) or ""
    assert "<b>" not in shown and f'href="/api/v1/answer-files/{ID}/"' in shown
