"""The candidate's screen: one picture of it, or a piece of a film that was asked for."""

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.tenancy import within
from exams.api.base import REFUSALS
from proctor_site.kernel.errors import InvalidInput
from proctoring.api.base import fields_in
from proctoring.api.capture import CaptureView, OctetParser, RawImageParser, number_in
from proctoring.ingest.screen_clips import accept_film
from proctoring.ingest.screens import accept_screen


def _header(name: str, kind: Any, words: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, required=required, description=words)


_NUMBERS = [
    _header("X-Sequence", int, "Grows over the whole session.", required=True),
    _header("X-Captured-At", int, "Milliseconds since 1970."),
]


class ScreenAnswerSerializer(serializers.Serializer[Any]):
    """What became of a picture of the screen."""

    type = serializers.CharField()
    sequence = serializers.IntegerField()
    accepted = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True, help_text="Why it was not accepted.")
    last_sequence = serializers.IntegerField()
    kept = serializers.BooleanField(help_text="It shows an incident and was stored.")
    screen_seconds = serializers.IntegerField(help_text="Time to the next look.")


class FilmAnswerSerializer(serializers.Serializer[Any]):
    """What became of a piece of a film."""

    type = serializers.CharField()
    sequence = serializers.IntegerField()
    accepted = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True)


class RawScreenParser(RawImageParser):
    """The bytes of a picture of the screen, as they are."""

    media_type = "image/jpeg"
    field = "screen"


class OctetScreenParser(OctetParser):
    """The same for clients that do not say what they send."""

    field = "screen"


class RawFilmParser(RawImageParser):
    """The bytes of a film, as they are."""

    media_type = "video/*"
    field = "clip"
    noun = "film"


class SendScreen(CaptureView):
    """Send a picture of the screen."""

    parser_classes = [RawScreenParser, OctetScreenParser]

    @property
    def most_bytes(self) -> int:  # type: ignore[override]
        """The largest picture."""
        return settings.SCREEN_MAX_BYTES

    @extend_schema(
        operation_id="session_screen",
        parameters=[
            *_NUMBERS,
            _header("X-Unchanged", int, "Looks since that were left out: nothing had changed."),
            _header("X-Dropped", int, "Pictures since that were lost in the browser."),
        ],
        request={"image/jpeg": OpenApiTypes.BINARY},
        responses={200: ScreenAnswerSerializer, **REFUSALS},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        """Takes it into the last two minutes; stored where it shows an incident. No program looks at it."""
        session = self.session_for(request, public_id)
        sequence = _whole(request, "sequence", "X-Sequence", required=True)
        with within(session.institution):
            answer = accept_screen(
                session,
                _bytes_in(request, "screen"),
                sequence=sequence,
                captured_at=_seconds(request),
                unchanged=_whole(request, "unchanged", "X-Unchanged"),
                dropped=_whole(request, "dropped", "X-Dropped"),
            )
        return Response(answer.to_json())


class SendScreenClip(CaptureView):
    """Send a film of the screen."""

    parser_classes = [RawFilmParser]

    @property
    def most_bytes(self) -> int:  # type: ignore[override]
        """The largest film."""
        return settings.SCREEN_CLIP_MAX_BYTES

    @extend_schema(
        operation_id="session_screen_clip",
        parameters=[
            *_NUMBERS,
            _header("X-Seconds", float, "Its length.", required=True),
            _header("X-Ask", str, "As the event named it.", required=True),
        ],
        request={"video/webm": OpenApiTypes.BINARY},
        responses={200: FilmAnswerSerializer, **REFUSALS},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        """Keeps one piece of a film that `screen.clip_wanted` asked for."""
        session = self.session_for(request, public_id)
        sequence = _whole(request, "sequence", "X-Sequence", required=True)
        seconds = number_in(request, "seconds", "X-Seconds", required=True) or 0.0
        ask = request.headers.get("X-Ask", "")
        if not ask:
            raise InvalidInput("ask is missing.", field="ask", code="required")
        with within(session.institution):
            answer = accept_film(
                session,
                _bytes_in(request, "clip"),
                ask=ask,
                sequence=sequence,
                seconds=float(seconds),
                captured_at=_seconds(request),
            )
        return Response(answer.to_json())


def _whole(request: Request, name: str, header: str, *, required: bool = False) -> int:
    value = number_in(request, name, header, required=required)
    if value is not None and not isinstance(value, int):
        raise InvalidInput(f"{name} must be a whole number.", field=name)
    return value or 0


def _seconds(request: Request) -> float | None:
    milliseconds = number_in(request, "captured_at", "X-Captured-At", required=False)
    return None if milliseconds is None else milliseconds / 1000


def _bytes_in(request: Request, field: str) -> bytes:
    given: Any = fields_in(request).get(field)
    if not isinstance(given, bytes) or not given:
        raise InvalidInput("There is nothing in the request.", field=field, code="required")
    return given
