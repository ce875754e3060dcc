"""Captures of a session of another system: sent with the institution's token, or by one for a browser."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import operation
from accounts.api.parsers import LimitedJSONParser
from proctor_site.kernel.errors import Conflict
from proctoring.api.browser_events import MOST_BYTES, batch_in
from proctoring.api.browser_shapes import BrowserEventsAnswerSerializer, BrowserEventsSerializer
from proctoring.api.capture import PARSERS, OctetSoundParser, RawSoundParser, refuse_length
from proctoring.api.clips import clip_answer
from proctoring.api.frames import frame_answer
from proctoring.api.office.session_shapes import NewCaptureTokenSerializer
from proctoring.api.office.sessions import OneSessionView
from proctoring.api.shapes import FrameAnswerSerializer, FrameSerializer
from proctoring.api.sound_shapes import ClipAnswerSerializer, ClipSerializer, UnheardSerializer
from proctoring.ingest import tokens
from proctoring.ingest.browser_events import accept_browser_events
from proctoring.states import SESSION_LIVE

_TAG = "sessions"
_ROUTES = {
    "frames": "api_session_frames",
    "clips": "api_session_clips",
    "browser_events": "api_session_browser_events",
}


class CaptureTokens(OneSessionView):
    """A token for a browser."""

    scopes = {"POST": "sessions:write"}

    @operation("session_capture_token", tag=_TAG, body=None, answer=NewCaptureTokenSerializer)
    def post(self, request: Request, session_id: str) -> Response:
        """A token of this one session for the candidate's browser, so that yours never gets there.

        It sends pictures, recordings and browser events to `addresses`, and can do nothing else; it is
        worthless once the session ends. 409 `ended`.
        """
        session = self.session(session_id)
        if session.state != SESSION_LIVE:
            raise Conflict("This session has ended.", code="ended")
        where = {
            name: request.build_absolute_uri(reverse(route, args=[session.public_id]))
            for name, route in _ROUTES.items()
        }
        seconds = int(tokens.LIFETIME.total_seconds())
        token = tokens.make(session)
        return Response({"token": token, "expires_in_seconds": seconds, "addresses": where})


class CaptureByToken(OneSessionView):
    """What captures by an institution's token share: they count apart, and are short."""

    is_capture = True
    scopes = {"POST": "captures:write"}
    most_bytes: int | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuses by the announced length, before anything is read."""
        super().initial(request, *args, **kwargs)
        refuse_length(request, self.most_bytes)


class SessionFrames(CaptureByToken):
    """Pictures."""

    parser_classes = PARSERS

    @operation(
        "session_frame_by_token",
        tag=_TAG,
        body={
            "image/jpeg": OpenApiTypes.BINARY,
            "multipart/form-data": FrameSerializer,
            "application/json": FrameSerializer,
        },
        answer=FrameAnswerSerializer,
    )
    def post(self, request: Request, session_id: str) -> Response:
        """Looks at one picture while the request waits; the answer says when the next one is wanted.

        Raw pictures carry `X-Sequence` and `X-Captured-At` (milliseconds) as headers. Keep one in flight.
        """
        return frame_answer(self.session(session_id), request)


class SessionClips(CaptureByToken):
    """Recordings."""

    parser_classes = [RawSoundParser, OctetSoundParser, MultiPartParser, LimitedJSONParser]

    @property
    def most_bytes(self) -> int:  # type: ignore[override]
        """The largest recording."""
        return settings.CLIP_MAX_BYTES

    @operation(
        "session_clip_by_token",
        tag=_TAG,
        body={
            "audio/webm": OpenApiTypes.BINARY,
            "multipart/form-data": ClipSerializer,
            "application/json": UnheardSerializer,
        },
        answer=ClipAnswerSerializer,
    )
    def post(self, request: Request, session_id: str) -> Response:
        """Listens to one whole recording while the request waits; JSON tells of a piece without sound."""
        return clip_answer(self.session(session_id), request)


class SessionBrowserEvents(CaptureByToken):
    """Browser events."""

    parser_classes = [LimitedJSONParser]
    most_bytes = MOST_BYTES

    @operation(
        "session_browser_events_by_token",
        tag=_TAG,
        body=BrowserEventsSerializer,
        answer=BrowserEventsAnswerSerializer,
    )
    def post(self, request: Request, session_id: str) -> Response:
        """Stores what the page of the exam noted, each number once in a session."""
        return Response(accept_browser_events(self.session(session_id), batch_in(request)).to_json())
