"""Configurations of Safe Exam Browser and the keys that prove them (pure).

Source: developer documentation of safeexambrowser.org, "Config Key", "File Format", "Browser Exam Key".
"""

import base64
import gzip
import hashlib
import hmac
import io
import plistlib
import re
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError

from proctor_site.kernel.errors import InvalidInput

Settings = Mapping[str, Any]

LARGEST_FILE = 1_000_000
_LARGEST_UNPACKED = 5_000_000
_DEEPEST = 20
_GZIP = b"\x1f\x8b"
_PLAIN = b"plnd"
_ENCRYPTED = (b"pswd", b"pwcc", b"pkhs", b"phsk")
_KEY = re.compile(r"[0-9a-f]{64}")
_META = "originatorVersion"
"""Says which program wrote the file; the one setting that is no part of the Config Key."""


def seb_json(settings: Settings) -> str:
    """The settings as "SEB-JSON": keys in order whatever their case, no white space, nothing escaped."""
    return _written({name: value for name, value in settings.items() if name != _META}, 0)


def config_key(settings: Settings) -> str:
    """The Config Key: 64 lower-case hexadecimal digits."""
    return hashlib.sha256(seb_json(settings).encode()).hexdigest()


def request_hash(url: str, key: str) -> str:
    """What SEB sends with a request for `url`: of a Config Key or a Browser Exam Key alike."""
    return hashlib.sha256((url.partition("#")[0] + key).encode()).hexdigest()


def is_sent_for(sent: str, url: str, keys: Iterable[str]) -> bool:
    """Whether `sent` is the hash of `url` with one of `keys`. All are compared, in equal time."""
    found = [hmac.compare_digest(sent.lower().encode(), request_hash(url, key).encode()) for key in keys]
    return any(found)


def address_of(origin: str, path: str) -> str:
    """The absolute address as a browser writes it: host in lower case, no usual port.

    `origin` is how the site is reached from outside, whatever a proxy says; `path` with its query.
    """
    parts = urlsplit(origin)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}{path}"


def launch_address(address: str) -> str:
    """The same address with the scheme that the operating system hands to SEB: seb:// or sebs://."""
    scheme, _, rest = address.partition("://")
    return f"{'sebs' if scheme == 'https' else 'seb'}://{rest}"


def clean_exam_keys(lines: Iterable[str], *, most: int = 20) -> list[str]:
    """Browser Exam Keys, in lower case and each once. Raises InvalidInput (browser_exam_keys)."""
    keys = list(dict.fromkeys(line.strip().lower() for line in lines if line.strip()))
    if len(keys) > most:
        raise InvalidInput(f"Give at most {most} Browser Exam Keys.", field="browser_exam_keys")
    for number, key in enumerate(keys, start=1):
        if not _KEY.fullmatch(key):
            raise InvalidInput(
                f"Key {number} is no Browser Exam Key: it has 64 digits from 0 to 9 and a to f.",
                field="browser_exam_keys",
            )
    return keys


def write_file(settings: Settings) -> bytes:
    """The configuration as a file that every version of SEB opens: a property list in XML, not encrypted."""
    return plistlib.dumps(dict(settings), fmt=plistlib.FMT_XML, sort_keys=True)


def read_file(data: bytes) -> dict[str, Any]:
    """The settings in a .seb file that is not encrypted. Raises InvalidInput (own_file)."""
    if len(data) > LARGEST_FILE:
        raise _refused("The file is too large: a configuration has at most 1 MB.")
    for _ in range(2):  # a container of its own, and the compressed settings in it
        data = _unpacked(data)
        if data[:4] in _ENCRYPTED:
            raise _refused("The file is encrypted. Save it without a password and without a certificate.")
        data = data.removeprefix(_PLAIN)
    try:
        settings = plistlib.loads(data, fmt=plistlib.FMT_XML)
        seb_json(settings if isinstance(settings, dict) else {})
    except (plistlib.InvalidFileException, ExpatError, ValueError, TypeError, AttributeError) as error:
        raise _refused("This is no configuration of Safe Exam Browser.") from error
    if not isinstance(settings, dict) or not settings:
        raise _refused("This configuration has no settings.")
    return settings


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    try:
        unpacked = gzip.GzipFile(fileobj=io.BytesIO(data)).read(_LARGEST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _refused("The file is damaged.") from error
    if len(unpacked) > _LARGEST_UNPACKED:
        raise _refused("The file is too large when it is unpacked.")
    return unpacked


def _refused(text: str) -> InvalidInput:
    return InvalidInput(text, field="own_file")


def _written(value: Any, depth: int) -> str:  # noqa: PLR0911  (one line for each type of the format)
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{value:.15g}" if isinstance(value, float) else str(value)
        case str():
            return f'"{value}"'
        case bytes():
            return f'"{base64.b64encode(value).decode()}"'
        case datetime():
            return f'"{value.replace(tzinfo=UTC).isoformat()}"'
        case list() | tuple():
            return f"[{','.join(_written(each, depth + 1) for each in value)}]"
        case Mapping():
            inner = [(name, _written(value[name], depth + 1)) for name in sorted(value, key=_order)]
            kept = [
                f'"{name}":{text}'
                for name, text in inner
                if not (text == "{}" and isinstance(value[name], Mapping))
            ]
            return f"{{{','.join(kept)}}}"
    raise TypeError(f"no setting can be a {type(value).__name__}")


def _order(name: str) -> tuple[str, str]:
    """Whatever the case; of two that differ in nothing else, lower case first (allowWlan, allowWLAN)."""
    return name.lower(), name.swapcase()
