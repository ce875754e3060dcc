"""Acts on many candidates at once, their undoing, time that is given, and messages that are withdrawn."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exams.api.base import READING_REFUSALS, REFUSALS, person
from exams.models import Sitting
from proctor_site.kernel.errors import NotFound
from proctoring import supervision, wording
from proctoring.api.act_shapes import (
    ActOnManySerializer,
    ActRunSerializer,
    GiveTimeSerializer,
    TimeGiftSerializer,
    WordingSerializer,
)
from proctoring.api.base import WatcherView, fields_in, scoped
from proctoring.api.shapes import WarningSerializer
from proctoring.live import attempt_state
from proctoring.live.messages import iso
from proctoring.models import ActRun, CandidateWarning, TimeGift
from proctoring.permissions import may_watch
from proctoring.supervision import many
from proctoring.supervision.choices import choices_for

MOST_SHOWN = 50


class ActOnMany(WatcherView):
    """Act on many."""

    @extend_schema(
        operation_id="act_on_many",
        request=ActOnManySerializer,
        responses={200: ActRunSerializer, **REFUSALS},
    )
    def post(self, request: Request, sitting_id: int) -> Response:
        """Does one thing to each of the attempts; one that cannot be acted on does not stop the others."""
        sitting = self.watched_sitting(request, sitting_id)
        said = fields_in(request)
        asked = many.Asked(
            act=str(said.get("action", "")),
            reason=said.get("reason", ""),
            reason_code=said.get("reason_code", ""),
            minutes=said.get("minutes"),
            text=said.get("text", ""),
            ready=said.get("ready_text"),
        )
        wanted = said.get("attempts")
        run = many.act_on(sitting, wanted, asked, key=said.get("key"), proctor=person(request))
        return Response(run_shape(run, many.missing(run, wanted)))


class UndoActs(WatcherView):
    """Undo."""

    @extend_schema(operation_id="act_undo", request=None, responses={200: ActRunSerializer, **REFUSALS})
    def post(self, request: Request, run_id: int) -> Response:
        """Takes back what was done, where nobody has acted since; once, however often it is asked."""
        rows = scoped(ActRun)
        run = rows.filter(pk=run_id).select_related("institution", "sitting__institution").first()
        if run is None or not may_watch(person(request), run.sitting):
            raise NotFound("There is no such act in a sitting that you watch.")
        return Response(run_shape(many.undo(run, proctor=person(request)), []))


class SittingWording(WatcherView):
    """Reasons and ready texts."""

    @extend_schema(operation_id="sitting_wording", responses={200: WordingSerializer, **READING_REFUSALS})
    def get(self, request: Request, sitting_id: int) -> Response:
        """The coded reasons and ready texts that proctors of the sitting can choose from."""
        sitting: Sitting = self.watched_sitting(request, sitting_id)
        texts = wording.ready_texts_for(sitting.exam)
        return Response({"reasons": choices_for(sitting.exam), "ready_texts": texts})


class GiveTime(WatcherView):
    """Give time."""

    @extend_schema(
        operation_id="give_time",
        request=GiveTimeSerializer,
        responses={200: TimeGiftSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Gives minutes while the attempt runs. Without a key: a repeat gives them again (see actions/)."""
        attempt = self.watched_attempt(request, attempt_id)
        said = fields_in(request)
        gift = supervision.give_time(
            attempt,
            proctor=person(request),
            minutes=said.get("minutes"),
            reason=said.get("reason", ""),
            reason_code=said.get("reason_code", ""),
        )
        return Response(_gift_shape(gift))


class TakeTimeBack(WatcherView):
    """Take time back."""

    @extend_schema(
        operation_id="take_time_back", request=None, responses={200: TimeGiftSerializer, **REFUSALS}
    )
    def post(self, request: Request, gift_id: int) -> Response:
        """Takes a whole gift back while the attempt runs and has not used it. A repeat changes nothing."""
        rows = scoped(TimeGift)
        related = ("institution", "attempt__enrolment__sitting", "attempt__enrolment__candidate")
        gift = rows.filter(pk=gift_id).select_related(*related).first()
        if gift is None or not may_watch(person(request), gift.attempt.enrolment.sitting):
            raise NotFound("There is no such gift in a sitting that you watch.")
        return Response(_gift_shape(supervision.take_time_back(gift, proctor=person(request))))


class WithdrawWarning(WatcherView):
    """Withdraw a warning."""

    @extend_schema(
        operation_id="warning_withdraw", request=None, responses={200: WarningSerializer, **REFUSALS}
    )
    def post(self, request: Request, warning_id: int) -> Response:
        """Takes a message back; where it was read already, a correction follows. A repeat changes nothing."""
        rows = scoped(CandidateWarning)
        related = ("institution", "session__attempt__enrolment__sitting")
        warning = rows.filter(pk=warning_id).select_related(*related).first()
        attempt = warning.session.attempt if warning else None
        if warning is None or attempt is None or not may_watch(person(request), attempt.enrolment.sitting):
            raise NotFound("There is no such message in a sitting that you watch.")
        done = supervision.withdraw_warning(warning, proctor=person(request))
        return Response(supervision.warning_shape(done))


def run_shape(run: ActRun, missing: list[int]) -> dict[str, Any]:
    """A run as the page and integrators read it."""
    results = many.results_of(run)
    shows = len(results) <= MOST_SHOWN
    shapes: list[dict[str, Any]] = []
    for each in results:
        shape = {
            "attempt": each.attempt_id,
            "name": str(each.attempt.enrolment.candidate),
            "ok": each.is_done,
            "code": each.code,
            "detail": each.detail,
        }
        if shows:
            shape["now"] = attempt_state.for_proctors(each.attempt)
        shapes.append(shape)
    for pk in missing:
        detail = "There is no such attempt in this sitting."
        shapes.append({"attempt": pk, "name": "", "ok": False, "code": "not_found", "detail": detail})
    done = sum(each["ok"] for each in shapes)
    return {
        "run": run.pk,
        "action": run.act,
        "can_undo": run.undoes_id is None and many.is_undoable(run.act) and done > 0,
        "done": done,
        "failed": len(shapes) - done,
        "results": shapes,
    }


def _gift_shape(gift: TimeGift) -> dict[str, Any]:
    return {
        "id": gift.pk,
        "attempt": gift.attempt_id,
        "minutes": gift.minutes,
        "reason": gift.reason,
        "taken_back": gift.taken_back_at is not None,
        "deadline_at": iso(gift.attempt.deadline_at),
    }
