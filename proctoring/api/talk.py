"""Messages between a candidate and the proctors, and the raised hand: one address for both sides."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.shapes import ProblemSerializer
from accounts.tenancy import within
from exams.api.base import READING_REFUSALS, REFUSALS, person
from exams.delivery.queries import own_attempt
from exams.models import Attempt
from proctor_site.kernel.errors import InvalidInput, NotAllowed, NotFound
from proctoring.api.base import WatcherView, fields_in
from proctoring.api.talk_shapes import (
    ConversationSerializer,
    HandSerializer,
    HandStateSerializer,
    MessageSerializer,
    SeenSerializer,
    WriteMessageSerializer,
)
from proctoring.live.messages import iso
from proctoring.models.talk import Side
from proctoring.talk import queries, services

_WRITING: dict[int, Any] = {**REFUSALS, 429: ProblemSerializer}


class _TalkView(WatcherView):
    """An operation of the candidate and of the proctors who watch; everybody else gets 404."""

    def spoken_in(self, request: Request, attempt_id: int) -> tuple[Attempt, Side]:
        """The attempt, and on which side the person speaks in it. Raises NotFound."""
        user = person(request)
        try:
            attempt = own_attempt(user, attempt_id)
        except NotFound:
            attempt = self.watched_attempt(request, attempt_id)
        with within(attempt.institution):
            return attempt, services.side_of(attempt, user)


class Messages(_TalkView):
    """Messages."""

    @extend_schema(
        operation_id="messages",
        parameters=[OpenApiParameter("after", int, description="Id of the newest message that is known.")],
        responses={200: ConversationSerializer, **READING_REFUSALS, 400: ProblemSerializer},
    )
    def get(self, request: Request, attempt_id: int) -> Response:
        """What was written, oldest first, and how things stand; also after the end."""
        attempt, side = self.spoken_in(request, attempt_id)
        text = request.query_params.get("after", "0")
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise InvalidInput("after must be the id of a message.", field="after")
        with within(attempt.institution):
            return Response(queries.conversation(attempt, side=side, after=int(text)))

    @extend_schema(
        operation_id="message_send",
        request=WriteMessageSerializer,
        responses={200: MessageSerializer, **_WRITING},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Writes a message, from check-in until the end. Sent again with its client id, it stays one."""
        attempt, side = self.spoken_in(request, attempt_id)
        body = fields_in(request)
        with within(attempt.institution):
            message = services.say(
                attempt,
                author=person(request),
                text=body.get("text"),
                client_id=body.get("client_id"),
                item=body.get("item"),
            )
            return Response(queries.shape(message, side))


class MessagesRead(_TalkView):
    """Messages were seen."""

    @extend_schema(
        operation_id="messages_read",
        request=SeenSerializer,
        responses={200: ConversationSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """This side has seen the other's messages up to an id. A repeat changes nothing."""
        attempt, side = self.spoken_in(request, attempt_id)
        up_to = fields_in(request).get("up_to")
        with within(attempt.institution):
            services.mark_read(attempt, reader=person(request), up_to=up_to)
            return Response(queries.conversation(attempt, side=side, after=int(up_to or 0)))


class Hand(_TalkView):
    """The raised hand."""

    @extend_schema(
        operation_id="hand", request=HandSerializer, responses={200: HandStateSerializer, **_WRITING}
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """The candidate raises it; either side lowers it. A repeat changes nothing."""
        attempt, side = self.spoken_in(request, attempt_id)
        up = fields_in(request).get("up")
        if not isinstance(up, bool):
            raise InvalidInput("up is true or false.", field="up")
        user = person(request)
        with within(attempt.institution):
            if not up:
                services.lower_hand(attempt, person=user)
            elif side is Side.CANDIDATE:
                services.raise_hand(attempt, candidate=user)
            else:
                raise NotAllowed("Only the candidate raises a hand.", code="not_yours")
            return Response({"hand_since": iso(queries.hand_since(attempt))})
