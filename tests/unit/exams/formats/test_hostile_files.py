"""Broken and hostile files are refused with a reason, before anything in them can do harm."""

import io
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from exams.bank.formats import package
from exams.bank.formats.base import ParsedQuestion, Refused, Unreadable
from exams.bank.formats.registry import FORMATS, recognised

FILES = Path(__file__).parent / "files"
ITEM = (FILES / "qti22_text.xml").read_text()
MANIFEST = """<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>
<resource identifier="a" type="imsqti_item_xmlv2p2" href="a.xml"><file href="a.xml"/></resource>
</resources></manifest>"""
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def packed(members: dict[str, str | bytes], change: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    """A zip file with these members, the last one changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (name, data) in enumerate(members.items(), start=1):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if change is not None and place == len(members):
                change(info)
            archive.writestr(info, data)
    return out.getvalue()


def reason(data: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        list(recognised(data).parse(data))
    assert refusal.value.field == "file"
    return refusal.value.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>', "never read"),
        (f'<!DOCTYPE quiz [<!ENTITY l0 "lol">{LAUGHS}]><quiz>&l9;</quiz>', "never read"),
        ('<!DOCTYPE quiz SYSTEM "http://127.0.0.1:1/x.dtd"><quiz/>', "never read"),
        ('<!DOCTYPE quiz [<!ENTITY % p SYSTEM "http://127.0.0.1:1/">%p;]><quiz/>', "never read"),
        ('<?xml version="1.0"?><quiz><question type="essay">', "not well-formed"),
        ('<?xml version="1.0" encoding="utf-99"?><quiz/>', "encoding"),
        ("<quiz>" + "<a>" * 500 + "</a>" * 500 + "</quiz>", "100 deep"),
        ("<quiz>&nosuch;</quiz>", "not well-formed"),
    ],
)
def test_hostile_xml(text: str, words: str) -> None:
    assert words in reason(text.encode())


def test_hostile_xml_inside_a_package_spoils_only_its_item() -> None:
    bad = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><assessmentItem>&x;</assessmentItem>'
    manifest = MANIFEST.replace(
        "</resources>", MANIFEST.split("\n")[1].replace("a.xml", "b.xml") + "</resources>"
    )
    good, refused = FORMATS["qti21"].parse(packed({"imsmanifest.xml": manifest, "a.xml": ITEM, "b.xml": bad}))
    assert isinstance(good, ParsedQuestion) and isinstance(refused, Refused)
    assert (refused.where, "never read" in refused.reason) == ("b.xml", True)


def _link(info: zipfile.ZipInfo) -> None:
    info.external_attr = (stat.S_IFLNK | 0o777) << 16


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../evil.xml", "points out of it"),
        ("a/../../evil.xml", "points out of it"),
        ("/etc/passwd", "points out of it"),
        ("C:/evil.xml", "points out of it"),
        ("..\\evil.xml", "not allowed"),
        ("x" * 300, "not allowed"),
    ],
)
def test_paths_out_of_the_package(name: str, words: str) -> None:
    assert words in reason(packed({"imsmanifest.xml": MANIFEST, name: "x"}))


def test_links_doubles_and_nul_in_names() -> None:
    assert "a link" in reason(packed({"imsmanifest.xml": MANIFEST, "a.xml": "/etc/passwd"}, _link))
    twice = packed({"imsmanifest.xml": MANIFEST, "a.xml": ITEM, "b.xml": "other"}).replace(b"b.xml", b"a.xml")
    assert "twice" in reason(twice)
    nul = packed({"imsmanifest.xml": MANIFEST, "a.xml_evil": ITEM}).replace(b"a.xml_evil", b"a.xml\x00evil")
    assert "not allowed" in reason(nul)


def test_zip_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed({"imsmanifest.xml": MANIFEST, "a.xml": b"\0" * 20_000_000})
    started = time.thread_time()
    assert "times its size" in reason(bomb)
    assert time.thread_time() - started < 1, "the bomb was unpacked"
    monkeypatch.setattr(package, "MOST_BYTES", 100)
    assert "larger than" in reason(packed({"imsmanifest.xml": MANIFEST, "a.xml": ITEM}))
    monkeypatch.setattr(package, "MOST_MEMBERS", 1)
    assert "more than 1 files" in reason(packed({"imsmanifest.xml": MANIFEST, "a.xml": ITEM}))


def test_a_size_that_lies_is_found() -> None:
    whole = packed({"imsmanifest.xml": MANIFEST, "a.xml": ITEM})
    place = whole.rindex(b"PK\x01\x02") + 24
    lying = whole[:place] + struct.pack("<I", 10) + whole[place + 4 :]
    assert "damaged" in reason(lying)


@pytest.mark.parametrize("cut", [10, 100, -30])
def test_truncated_packages(cut: int) -> None:
    assert "no whole zip file" in reason(packed({"imsmanifest.xml": MANIFEST, "a.xml": ITEM})[:cut])


def test_packages_that_are_something_else() -> None:
    assert "no imsmanifest.xml" in reason(packed({"word/document.xml": "<w/>"}))
    [missing] = FORMATS["qti30"].parse(packed({"imsmanifest.xml": MANIFEST}))
    assert isinstance(missing, Refused) and "does not hold it" in missing.reason


def test_a_file_outside_the_package_is_not_read() -> None:
    item = ITEM.replace("<p>Made", '<p><img src="../../etc/passwd" alt="x"/>Made')
    [found] = FORMATS["qti21"].parse(packed({"imsmanifest.xml": MANIFEST, "a.xml": item}))
    assert isinstance(found, ParsedQuestion) and found.media == {}
    assert "is not in the package" in found.losses[0]


@pytest.mark.parametrize(
    "text",
    [
        "::T" + ":" * 50_000,
        "{" * 50_000,
        "Q {" + "=a " * 20_000 + "}",
        "[" * 50_000 + "{}",
        "%" * 50_000 + "{=%}",
    ],
)
def test_long_junk_takes_no_long_time(text: str) -> None:
    started = time.thread_time()
    list(FORMATS["gift"].parse(text.encode()))
    assert time.thread_time() - started < 2


def test_items_with_none_or_several_interactions_are_refused() -> None:
    none = ITEM.replace("textEntryInteraction", "b")
    several = ITEM.replace("<p>Made", '<p><uploadInteraction responseIdentifier="RESPONSE"/>Made')
    for text, words in ((none, "no interactions"), (several, "2 interactions")):
        [found] = FORMATS["qti21"].parse(text.encode())
        assert isinstance(found, Refused) and words in found.reason
