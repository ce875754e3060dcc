"""Who may send captures of a session, and in which forms a picture may come."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api.parsers import LimitedJSONParser
from accounts.models import User
from proctor_site.kernel.errors import InvalidInput, NotFound, TooLarge
from proctoring.api.base import fields_in
from proctoring.ingest import limits, tokens
from proctoring.models import MonitoringSession
from proctoring.permissions import is_own
from proctoring.vision.upload import ImageError, ImageLimits, from_data_url

_BASE64_AND_FORM = 1.4
_FORM_BYTES = 4_096


class CaptureToken(BaseAuthentication):
    """`Authorization: Bearer <session token>`: speaks for one session, not for a person."""

    def authenticate(self, request: Request) -> tuple[None, Any] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return (None, tokens.read(token.strip()))

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="captures"'


class CaptureTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI file names the session token."""

    target_class = CaptureToken
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A session token, see `consent`.",
        }


class CaptureView(APIView):
    """An operation on one monitoring session, by token or by the candidate's own sign-in (then with CSRF)."""

    authentication_classes = [CaptureToken, SessionAuthentication]
    permission_classes = [AllowAny]  # `session_for` decides
    most_bytes: int | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuses by the announced length, before anything is read."""
        super().initial(request, *args, **kwargs)
        refuse_length(request, self.most_bytes)

    def session_for(self, request: Request, public_id: Any) -> MonitoringSession:
        """The session, if this caller may send for it; else NotFound. Nobody at all: NotAuthenticated."""
        if request.auth is None and not isinstance(request.user, User):
            raise NotAuthenticated
        session = (
            MonitoringSession._base_manager.filter(public_id=public_id)
            .select_related("institution", "candidate", "attempt__enrolment__sitting__exam")
            .first()
        )
        if session is None or not self._may_send(request, session):
            raise NotFound("There is no such session of yours.")
        return session

    @staticmethod
    def _may_send(request: Request, session: MonitoringSession) -> bool:
        if request.auth is not None:
            return request.auth == session.public_id
        return session.attempt is not None and is_own(request.user, session.attempt)


def refuse_length(request: Request, most_bytes: int | None) -> None:
    """Raises TooLarge when the request announces more than a capture has, in whatever form it comes."""
    most = (most_bytes or settings.FRAME_MAX_BYTES) * _BASE64_AND_FORM + _FORM_BYTES
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdigit() and int(announced) > most:
        raise TooLarge(f"At most {most:.0f} bytes are accepted.", field="frame")


class RawImageParser(BaseParser):
    """The bytes of a picture, as they are."""

    media_type = "image/*"
    field = "frame"
    noun = "picture"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """`{field: bytes}`. Raises TooLarge before more than the limit is in memory."""
        view = (parser_context or {}).get("view")
        most = getattr(view, "most_bytes", None) or settings.FRAME_MAX_BYTES
        data = stream.read(most + 1)
        if len(data) > most:
            raise TooLarge(
                f"This {self.noun} is too large; at most {most} bytes are accepted.", field=self.field
            )
        return {self.field: data}


class OctetParser(RawImageParser):
    """The same for clients that do not say what they send."""

    media_type = "application/octet-stream"


class RawSoundParser(RawImageParser):
    """The bytes of a recording, as they are."""

    media_type = "audio/*"
    field = "clip"
    noun = "recording"


class OctetSoundParser(RawSoundParser):
    """The same for clients that do not say what they send."""

    media_type = "application/octet-stream"


PARSERS = [RawImageParser, OctetParser, MultiPartParser, LimitedJSONParser]


def picture_in(request: Request) -> bytes:
    """The picture in a body of any form. Raises InvalidInput or TooLarge, field "frame"."""
    given: Any = fields_in(request).get("frame")
    if isinstance(given, bytes):
        return given
    if isinstance(given, str):
        try:
            return from_data_url(given, ImageLimits(max_bytes=settings.FRAME_MAX_BYTES))
        except ImageError as error:
            raise limits.bad_picture(error) from error
    if hasattr(given, "read"):
        limits.check_size(given.size)
        return bytes(given.read())
    raise InvalidInput("There is no picture in the request.", field="frame", code="required")


def recording_in(request: Request) -> bytes:
    """The recording in a raw body or a form. Raises InvalidInput or TooLarge, field "clip"."""
    given: Any = fields_in(request).get("clip")
    if hasattr(given, "read"):
        if given.size > settings.CLIP_MAX_BYTES:
            raise TooLarge(f"At most {settings.CLIP_MAX_BYTES} bytes are accepted.", field="clip")
        return bytes(given.read())
    if isinstance(given, bytes) and given:
        return given
    raise InvalidInput("There is no recording in the request.", field="clip", code="required")


def number_in(request: Request, name: str, header: str, *, required: bool) -> float | None:
    """A number from the body, or from a header where the body is the picture itself. Raises InvalidInput."""
    value: Any = request.headers.get(header)
    if value is None:
        value = fields_in(request).get(name)
    if value is None or value == "":
        if required:
            raise InvalidInput(f"{name} is missing.", field=name, code="required")
        return None
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 20 or not text.lstrip("-").replace(".", "", 1).isdecimal() or not text.isascii():
            raise InvalidInput(f"{name} must be a number.", field=name)
        value = float(text) if "." in text else int(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e15:
        raise InvalidInput(f"{name} must be a number.", field=name)
    return value
