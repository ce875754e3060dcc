"""Keys and files of Safe Exam Browser, by the rules of its developer documentation."""

import gzip
import hashlib
import plistlib
import random
from typing import Any

import pytest

from exams import safe_browser
from proctor_site.kernel.errors import InvalidInput

_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict>'
_TAIL = b"</dict></plist>"

_AS_PUBLISHED = [
    "additionalResources",
    "allowBrowsingBackForward",
    "allowedDisplayBuiltin",
    "allowedDisplaysMaxNumber",
    "allowFlashFullscreen",
    "allowiOSBetaVersionNumber",
    "allowPDFPlugIn",
    "allowWlan",
    "allowWLAN",
    "blacklistURLFilter",
    "browserUserAgentiOS",
    "browserUserAgentMac",
    "browserUserAgentWinDesktopMode",
    "enableF1",
    "enableF10",
    "enableF2",
    "examKeySalt",
    "exitKey1",
    "hashedAdminPassword",
    "insideSebEnableEaseOfAccess",
    "killExplorerShell",
    "oskBehavior",
    "pinEmbeddedCertificates",
    "sebConfigPurpose",
    "startURL",
    "startURLAllowDeepLink",
    "URLFilterEnable",
    "URLFilterEnableContentFilter",
    "URLFilterMessage",
    "urlFilterRegex",
    "URLFilterRules",
    "urlFilterTrustedContent",
    "whitelistURLFilter",
    "zoomMode",
]
"""Keys in the order of the documentation's example and rules; plain sorting gives another one."""


def test_keys_are_in_the_published_order_at_every_depth() -> None:
    names = list(_AS_PUBLISHED)
    random.Random(8).shuffle(names)
    inner = dict.fromkeys(names, 0)
    text = safe_browser.seb_json(inner | {"proxies": [dict(inner)]})
    level = ",".join(f'"{name}":0' for name in _AS_PUBLISHED)
    at = level.index(',"sebConfigPurpose"')
    assert text == f'{{{level[:at]},"proxies":[{{{level}}}]{level[at:]}}}'


@pytest.mark.parametrize(
    ("element", "written"),
    [
        (b"<key>s</key><string>ws:\\localhost/\xc3\xb6</string>", '{"s":"ws:\\localhost/ö"}'),
        (b"<key>d</key><data>\n  YmxhaGJs\n  YWg=\n</data>", '{"d":"YmxhaGJsYWg="}'),
        (b"<key>t</key><date>1940-10-09T22:13:56Z</date>", '{"t":"1940-10-09T22:13:56+00:00"}'),
        (
            b"<key>b</key><true/><key>a</key><array><false/><integer>7</integer></array>",
            '{"a":[false,7],"b":true}',
        ),
        (b"<key>e</key><dict/><key>f</key><dict><key>g</key><dict/></dict><key>h</key><array/>", '{"h":[]}'),
        (
            b"<key>originatorVersion</key><string>SEB_Win_2.1.1</string><key>r</key><real>0.25</real>",
            '{"r":0.25}',
        ),
    ],
)
def test_each_type_is_written_as_documented(element: bytes, written: str) -> None:
    settings = safe_browser.read_file(_HEAD + element + _TAIL)
    assert safe_browser.seb_json(settings) == written
    assert safe_browser.config_key(settings) == hashlib.sha256(written.encode()).hexdigest()


def test_a_request_is_hashed_with_its_address_without_the_fragment() -> None:
    key, url = "ab" * 32, "https://exam.example.org/i/a/attempts/1/exam/?part=2"
    sent = hashlib.sha256(f"{url}{key}".encode()).hexdigest()
    assert safe_browser.is_sent_for(sent.upper(), url + "#question-3", ["00" * 32, key])
    assert not safe_browser.is_sent_for(sent, url + "&more=1", [key])
    assert not safe_browser.is_sent_for(sent, url, [])
    assert not safe_browser.is_sent_for("ö", url, [key])


@pytest.mark.parametrize(
    ("origin", "address"),
    [
        ("https://Exam.Example.org:443", "https://exam.example.org/a/?q=%20"),
        ("http://localhost:8000", "http://localhost:8000/a/?q=%20"),
        ("http://[::1]:80", "http://[::1]/a/?q=%20"),
    ],
)
def test_the_address_is_the_one_that_browsers_have(origin: str, address: str) -> None:
    assert safe_browser.address_of(origin, "/a/?q=%20") == address


def test_launch_links_keep_the_kind_of_connection() -> None:
    assert safe_browser.launch_address("https://a.example/x.seb") == "sebs://a.example/x.seb"
    assert safe_browser.launch_address("http://localhost:8000/x.seb") == "seb://localhost:8000/x.seb"


def test_files_are_read_plain_or_in_their_containers() -> None:
    settings: dict[str, Any] = {
        "startURL": "https://a.example/",
        "n": 3,
        "salt": b"\x00\x01",
        "l": [{"a": True}],
    }
    plain = safe_browser.write_file(settings)
    packed = gzip.compress(b"plnd" + gzip.compress(plain))
    for data in (plain, gzip.compress(plain), packed):
        assert safe_browser.read_file(data) == settings
    assert safe_browser.write_file(dict(reversed(settings.items()))) == plain


def _deep() -> bytes:
    value: Any = {"a": 1}
    for _ in range(40):
        value = {"a": value}
    return plistlib.dumps(value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x00" * 1_000_001, "too large"),
        (gzip.compress(b"<" * 5_000_001), "when it is unpacked"),
        (gzip.compress(b"pswd\x03\x01"), "encrypted"),
        (b"pkhs0000", "encrypted"),
        (b"\x1f\x8bnonsense", "damaged"),
        (b"nonsense", "no configuration"),
        (_HEAD + b"<key>u</key><uid/>" + _TAIL, "no configuration"),
        (plistlib.dumps([1]), "no settings"),
        (_HEAD + _TAIL, "no settings"),
        (_deep(), "no configuration"),
        (
            b'<!DOCTYPE p [<!ENTITY a "b">]><plist><dict><key>a</key><string>&a;</string></dict></plist>',
            "no configu",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_plain_configuration_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        safe_browser.read_file(data)
    assert refused.value.field == "own_file"


def test_exam_keys_are_cleaned_or_refused_by_number() -> None:
    assert safe_browser.clean_exam_keys([" " + "AB" * 32, "", "ab" * 32]) == ["ab" * 32]
    with pytest.raises(InvalidInput, match="Key 2"):
        safe_browser.clean_exam_keys(["ab" * 32, "xyz"])
