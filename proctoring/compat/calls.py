"""One call of a replaced system's client: its key, its body in any of the forms they send, its answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from accounts.models import Institution, User
from proctor_site.kernel.errors import InvalidInput, TooLarge
from proctoring.models import CompatKey
from proctoring.vision.upload import ImageError, ImageLimits, from_data_url

_BASE64 = 1.4
_FORM_BYTES = 65_536
_MOST_TEXT = 300
MOST_JOB_DATA = 20_000
"""Characters of `job_data` as JSON: what a caller knows of its own session."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of an answer that is not a plain 200."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """What a handler gets. `secret`: the key as it was shown. `most_bytes` of its body; None: as many as two
    pictures need. Reading the body may raise InvalidInput or TooLarge."""

    key: CompatKey
    request: HttpRequest
    secret: str = field(default="", repr=False)
    most_bytes: int | None = None

    @property
    def institution(self) -> Institution:
        """The key's institution; its scope is open."""
        return self.key.institution

    @property
    def actor(self) -> User:
        """Whom services and the audit log name."""
        return self.key.account

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        """JSON, form or nothing, by what came and not by what it calls itself alone."""
        most = self.most_bytes or settings.COMPAT_PICTURE_MAX_BYTES * 2 * _BASE64 + _FORM_BYTES
        announced = self.request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > most:
            raise TooLarge(f"At most {most:.0f} bytes are accepted.")
        kind = self.request.content_type or ""
        if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
            return self._form()
        data = self.request.read(int(most) + 1)
        if len(data) > most:
            raise TooLarge(f"At most {most:.0f} bytes are accepted.")
        # sendBeacon sends text/plain, or nothing at all, when a page goes.
        return read_json(data, strict=kind != "text/plain")

    def _form(self) -> Mapping[str, Any]:
        try:
            return {**self.request.POST.dict(), **self.request.FILES.dict()}
        except (SuspiciousOperation, MultiPartParserError, ValueError) as error:
            raise InvalidInput("The form in the body cannot be read.") from error

    def text(self, name: str, *, most: int = _MOST_TEXT, required: bool = False) -> str:
        """A text of the body, without what no database can hold; "" when it is not there."""
        return clean_text(self.fields.get(name), name, most=most, required=required)

    def flag(self, name: str) -> bool:
        """Whether the body says yes, in JSON or in a form."""
        return str(self.fields.get(name)).lower() in ("true", "yes", "1", "on")

    def picture(self, *names: str) -> bytes | None:
        """The picture under the first of these names that came: data URL, base64 or file. None: none did.

        Raises TooLarge and InvalidInput (`not_base64`); whether it is a picture is not looked at here.
        """
        given = next((self.fields[name] for name in names if self.fields.get(name)), None)
        return None if given is None else picture_bytes(given, names[0])


def picture_bytes(given: object, name: str) -> bytes:
    """The bytes of a data URL, base64 or uploaded file, within the limit. Raises InvalidInput, TooLarge."""
    most = settings.COMPAT_PICTURE_MAX_BYTES
    read = getattr(given, "read", None)
    if read is not None:
        if getattr(given, "size", 0) > most:
            raise TooLarge(f"At most {most} bytes are accepted.", field=name)
        return bytes(read())
    if isinstance(given, bytes):
        if len(given) > most:
            raise TooLarge(f"At most {most} bytes are accepted.", field=name)
        return given
    if not isinstance(given, str):
        raise InvalidInput(f"{name} must be a data URL, base64 or a file.", field=name, code="not_base64")
    try:
        return from_data_url(given, ImageLimits(max_bytes=most))
    except ImageError as error:
        raise InvalidInput(f"{name}: {error.message}.", field=name, code="not_base64") from error


def clean_text(value: object, name: str, *, most: int = _MOST_TEXT, required: bool = False) -> str:
    """A text or number as text. Raises InvalidInput for other types, for too much, and where none came."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        if required:
            raise InvalidInput(f"{name} is required", field=name, code="required")
        return ""
    if not isinstance(value, str):
        raise InvalidInput(f"{name} must be a text", field=name)
    words = value.strip()
    if len(words) > most or "\x00" in words or not _is_whole(words):
        raise InvalidInput(f"{name} must be a text of at most {most} characters", field=name)
    if required and not words:
        raise InvalidInput(f"{name} is required", field=name, code="required")
    return words


def job_data_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """`job_data`: what the caller's system knows of the session; kept as it is, within limits."""
    given = fields.get("job_data")
    if given in (None, ""):
        return {}
    if isinstance(given, str):
        given = read_json(given.encode("utf-8", "replace"), strict=False)
    if not isinstance(given, dict):
        raise InvalidInput("job_data must be an object", field="job_data")
    text = json.dumps(given, ensure_ascii=False)
    if len(text) > MOST_JOB_DATA or "\\u0000" in text or not _is_whole(text):
        raise InvalidInput(
            f"job_data must be at most {MOST_JOB_DATA} characters of plain JSON", field="job_data"
        )
    return given


def read_json(data: bytes, *, strict: bool) -> dict[str, Any]:
    """A JSON object; an empty body is an empty one, and so is anything else unless `strict`."""
    if not data.strip():
        return {}
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:  # RecursionError: thousands of nested brackets
        if not strict:
            return {}
        raise InvalidInput("The body is not valid JSON") from error
    if not isinstance(value, dict):
        if not strict:
            return {}
        raise InvalidInput("The body must be a JSON object")
    return value


def read_json_list(text: str) -> list[Any]:
    """A JSON list that came as a field of a form. Raises InvalidInput."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The list is not valid JSON") from error
    if not isinstance(value, list):
        raise InvalidInput("A JSON list is needed")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
