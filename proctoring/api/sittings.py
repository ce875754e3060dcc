"""A sitting as its proctors see it: candidates in order of need, and events after an id."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.tenancy import within
from exams.api.base import READING_REFUSALS, REFUSALS, person
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput
from proctoring import supervision_wall
from proctoring.api.base import WatcherView
from proctoring.api.shapes import EventsSerializer
from proctoring.api.wall_shapes import WallSerializer
from proctoring.evidence import custody
from proctoring.live import replay
from proctoring.live.messages import iso


class SittingCandidates(WatcherView):
    """Candidates of a sitting."""

    @extend_schema(operation_id="sitting_candidates", responses={200: WallSerializer, **READING_REFUSALS})
    def get(self, request: Request, sitting_id: int) -> Response:
        """Everybody enrolled, those in need first, and the id from which live events go on."""
        sitting = self.watched_sitting(request, sitting_id)
        with within(sitting.institution):
            # First the id, then the rows: what happens between the two comes again as an event.
            last = replay.last_id(sitting)
            rows = supervision_wall.rows_of(sitting)
        return Response({"server_time": iso(clock.now()), "last_event_id": last, "candidates": rows})


class SittingEvents(WatcherView):
    """Events of a sitting."""

    @extend_schema(
        operation_id="sitting_events",
        parameters=[OpenApiParameter("after", int, description="Id of the last event that was seen.")],
        responses={200: EventsSerializer, **REFUSALS},
    )
    def get(self, request: Request, sitting_id: int) -> Response:
        """Events after an id, oldest first; some before it come again: ids may commit out of order."""
        sitting = self.watched_sitting(request, sitting_id)
        text = request.query_params.get("after", "0")
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise InvalidInput("after must be the id of an event.", field="after")
        user, slug = person(request), sitting.institution.slug
        with within(sitting.institution):
            last = replay.last_id(sitting)
            found = replay.for_proctors(sitting, int(text))
        events = [{**each, "payload": custody.with_links(each["payload"], user, slug)} for each in found]
        return Response({"events": events, "last_event_id": last})
