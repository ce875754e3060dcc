"""What the page of an exam noted of the browser: the other way beside the socket, also as the page closes."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.parsers import LimitedJSONParser
from exams.api.base import REFUSALS
from proctor_site.kernel.errors import InvalidInput
from proctoring.api.base import fields_in
from proctoring.api.browser_shapes import BrowserEventsAnswerSerializer, BrowserEventsSerializer
from proctoring.api.origins import CaptureFromListedOrigins
from proctoring.ingest.browser_events import accept_browser_events

MOST_BYTES = 64_000


class SendBrowserEvents(CaptureFromListedOrigins):
    """Send browser events."""

    parser_classes = [LimitedJSONParser, MultiPartParser]
    most_bytes = MOST_BYTES

    @extend_schema(
        operation_id="session_browser_events",
        request={
            "application/json": BrowserEventsSerializer,
            "multipart/form-data": BrowserEventsSerializer,
        },
        responses={200: BrowserEventsAnswerSerializer, **REFUSALS},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        """Stores the events, each number once in a session; they may come late, twice and in any order.

        A page that is closing may send a form (a beacon, with the CSRF token in it) whose `events` is the
        list as JSON. What is not noted for this candidate is accepted and forgotten.
        """
        session = self.session_for(request, public_id)
        return Response(accept_browser_events(session, batch_in(request)).to_json())


def batch_in(request: Request) -> Mapping[str, Any]:
    """The events in a body of either form. Raises InvalidInput, field "events"."""
    given = fields_in(request)
    events, now = given.get("events"), given.get("now")
    if not isinstance(events, str):
        return {"events": events, "now": now}
    if len(events) > MOST_BYTES:
        raise InvalidInput(f"At most {MOST_BYTES} characters are taken.", field="events")
    try:
        read = {"events": json.loads(events), "now": json.loads(now) if isinstance(now, str) else now}
    except (ValueError, RecursionError) as error:
        raise InvalidInput("events must be a list as JSON.", field="events") from error
    return read
