"""Valid files with something broken in them, and files that were made to do harm."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

_NUMBERS = [struct.pack(form, value) for form in ("<I", ">I") for value in (0, 0x7FFFFFFF, 0xFFFFFFFF)]
_TOKENS = [
    *(
        b"\x00",
        b"\xff" * 8,
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\r",
        b"'" * 40,
        b'"',
        b"=" * 9,
        b"{" * 40,
        b"~%9e9%",
    ),
    *(b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>", b"<a>" * 120, b"&b;", b"]]>", b"<![CDATA["),
    *(
        b"../" * 9,
        b"1e999999",
        b"NaN",
        b"-" * 5000,
        b"9" * 5000,
        "\u202e\ud7ff\U0010ffff".encode(),
        b"$$\\frac",
    ),
    *(
        b"[" * 5000,
        b'{"a":' * 3000,
        b"<p style=x onload=y>",
        b"</assessmentItem>",
        b"javascript:",
        b"ANSWER: Z",
    ),
]


@st.composite
def mutated(draw: Any, seeds: Sequence[bytes]) -> bytes:
    """One of the seeds after a few edits: bytes changed, cut out, doubled, put in, or taken from another."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(0, 64))
        match draw(st.sampled_from(("flip", "cut", "double", "token", "number", "splice", "end", "random"))):
            case "flip" if data:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del data[at : at + length]
            case "double":
                data[at:at] = data[at : at + length] * draw(st.integers(1, 50))
            case "token":
                data[at:at] = draw(st.sampled_from(_TOKENS))
            case "number":
                data[at : at + 4] = draw(st.sampled_from(_NUMBERS))
            case "splice":
                other = draw(st.sampled_from(seeds))
                begin = draw(st.integers(0, len(other)))
                data[at : at + length] = other[begin : begin + 200]
            case "end":
                del data[at:]
            case "random":
                data[at:at] = draw(st.binary(max_size=32))
    return bytes(data)


@st.composite
def mutated_zips(draw: Any, members: dict[str, bytes]) -> bytes:
    """An archive of these members with one of them broken inside, or the archive itself."""
    chosen = draw(st.sampled_from(sorted(members)))
    whole = zipped(members | {chosen: draw(mutated([members[chosen]]))})
    return whole if draw(st.integers(0, 3)) else draw(mutated([whole]))


def zipped(members: dict[str, bytes]) -> bytes:
    """An archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _png(width: int, height: int, body: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("photo.jpg")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def _bomb() -> bytes:
    """100 MB of zeros under the names that our readers look for."""
    parts = ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "imsmanifest.xml", "a.jpg")
    return zipped(dict.fromkeys(parts, bytes(25_000_000)))


def _sheet(xml: bytes) -> bytes:
    book = b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>'
    return zipped(
        {"xl/workbook.xml": book, "xl/worksheets/sheet1.xml": xml, "[Content_Types].xml": b"<Types/>"}
    )


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
_BILLION = f'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY l0 "lol">{_LAUGHS}]><quiz>&l11;</quiz>'.encode()


def hostile_files() -> dict[str, bytes]:
    """The classics, by name; every reader of strangers' files gets each of them."""
    return {
        "nothing": b"",
        "NUL": bytes(100_000),
        "a picture of 65535 by 65535": _png(65535, 65535, zlib.compress(bytes(100_000))),
        "a picture that unpacks to 60 MB": _png(4000, 2000, zlib.compress(bytes(60_000_000), 1)),
        "a picture and an archive at once": _png(64, 64, zlib.compress(bytes(64 * 193)))
        + zipped({"a.xml": b"<a/>"}),
        "an archive of 100 MB of zeros": _bomb(),
        "an archive that points out of itself": zipped(
            {"../../etc/cron.d/x": b"x", "imsmanifest.xml": b"<a/>"}
        ),
        "an archive with a link": _link(),
        "an archive of 30,000 files": zipped({f"{n}.jpg": b"" for n in range(30_000)}),
        "XML that grows to 10^11 words": _BILLION,
        "a workbook that grows": _sheet(_BILLION),
        "a million columns": b",".join(b"a" for _ in range(1_000_000)),
        "a million rows": b"a@example.org\n" * 300_000,
        "one line of 4 MB": b"x" * 4_000_000,
        "brackets in brackets": b"[" * 200_000,
        "a number of a million digits": b'{"format": ' + b"9" * 1_000_000 + b"}",
        "braces of GIFT": b"::a:: b {" + b"=~" * 100_000 + b"}",
        "tags in tags": b"<div>" * 100_000,
        "HTML in a picture": b"\xff\xd8\xff\xe0<script>alert(1)</script>\xff\xd9",
    }
