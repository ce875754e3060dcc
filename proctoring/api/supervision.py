"""What proctors do to attempts, and how candidates acknowledge it."""

from collections.abc import Callable

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.tenancy import institutions_in_scope
from exams.api.base import READING_REFUSALS, REFUSALS, CandidateView, person
from exams.delivery.queries import own_attempt
from exams.models import Attempt
from proctor_site.kernel.errors import NotFound
from proctoring import supervision
from proctoring.api.base import WatcherView, fields_in, text_in
from proctoring.api.shapes import (
    ReasonSerializer,
    SupervisedAttemptSerializer,
    TextSerializer,
    WarningSerializer,
    WarningsSerializer,
)
from proctoring.live import attempt_state
from proctoring.models import CandidateWarning


class Warnings(WatcherView):
    """Warnings."""

    @extend_schema(operation_id="warnings", responses={200: WarningsSerializer, **READING_REFUSALS})
    def get(self, request: Request, attempt_id: int) -> Response:
        """The candidate's own warnings that are not acknowledged yet."""
        found = supervision.open_warnings(own_attempt(person(request), attempt_id))
        return Response({"warnings": [supervision.warning_shape(each) for each in found]})

    @extend_schema(
        operation_id="warn", request=TextSerializer, responses={200: WarningSerializer, **REFUSALS}
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """A proctor's message, shown on the exam page until it is acknowledged."""
        attempt = self.watched_attempt(request, attempt_id)
        ready = fields_in(request).get("ready_text")
        text = text_in(request, "text")
        warning = supervision.warn(attempt, proctor=person(request), text=text, ready=ready)
        return Response(supervision.warning_shape(warning))


class AcknowledgeWarning(CandidateView):
    """Acknowledge a warning."""

    @extend_schema(
        operation_id="warning_acknowledge", request=None, responses={200: WarningSerializer, **REFUSALS}
    )
    def post(self, request: Request, warning_id: int) -> Response:
        """The candidate has read it. A repeat changes nothing."""
        user = person(request)
        rows = CandidateWarning.objects.filter(pk=warning_id, session__candidate=user)
        found = rows.select_related("session__attempt").first() if institutions_in_scope() else None
        if found is None:
            raise NotFound("There is no such warning for you.")
        return Response(supervision.warning_shape(supervision.acknowledge_warning(found, candidate=user)))


class _Act(WatcherView):
    """One act of a proctor on one attempt."""

    act: Callable[..., Attempt]

    def carry_out(self, request: Request, attempt_id: int) -> Response:
        attempt = self.watched_attempt(request, attempt_id)
        said = {"reason": text_in(request, "reason"), "reason_code": text_in(request, "reason_code")}
        moved = type(self).act(attempt, proctor=person(request), **said)
        answer = attempt_state.for_proctors(moved, reason=said["reason"].strip())
        return Response(answer | {"reason_code": said["reason_code"]})


def _schema(name: str) -> Callable[..., Callable[..., Response]]:
    return extend_schema(
        operation_id=f"attempt_{name}",
        request=ReasonSerializer,
        responses={200: SupervisedAttemptSerializer, **REFUSALS},
    )


class Pause(_Act):
    """Pause."""

    act = staticmethod(supervision.pause)

    @_schema("pause")
    def post(self, request: Request, attempt_id: int) -> Response:
        """Stops clock and exam page. `reason_code`, `reason` or both are required; the candidate reads it."""
        return self.carry_out(request, attempt_id)


class Resume(_Act):
    """Resume."""

    act = staticmethod(supervision.resume)

    @_schema("resume")
    def post(self, request: Request, attempt_id: int) -> Response:
        """Lets a paused attempt go on; the pause is credited."""
        return self.carry_out(request, attempt_id)


class Terminate(_Act):
    """Terminate."""

    act = staticmethod(supervision.terminate)

    @_schema("terminate")
    def post(self, request: Request, attempt_id: int) -> Response:
        """Ends the attempt before its time. `reason_code`, `reason` or both are required."""
        return self.carry_out(request, attempt_id)


class Reinstate(_Act):
    """Reinstate."""

    act = staticmethod(supervision.reinstate)

    @_schema("reinstate")
    def post(self, request: Request, attempt_id: int) -> Response:
        """Takes a termination back; the attempt is paused until it is resumed."""
        return self.carry_out(request, attempt_id)


class Admit(_Act):
    """Admit."""

    act = staticmethod(supervision.admit)

    @_schema("admit")
    def post(self, request: Request, attempt_id: int) -> Response:
        """Lets in who could not finish check-in alone, for example without a camera. With code or reason."""
        return self.carry_out(request, attempt_id)
