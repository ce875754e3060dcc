"""Who looks first at whom: read, changed, handed over."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.tenancy import institutions_in_scope, within
from exams.api.base import READING_REFUSALS, REFUSALS, person
from exams.models import Sitting
from proctor_site.kernel.errors import InvalidInput, NotFound
from proctoring.api.base import WatcherView, fields_in
from proctoring.api.rota_shapes import AnswerSerializer, AssignSerializer, HandOverSerializer, RotaSerializer
from proctoring.models import HandOver
from proctoring.permissions import may_watch
from proctoring.rota import queries, services


class Assignments(WatcherView):
    """Who looks first at whom."""

    @extend_schema(operation_id="sitting_assignments", responses={200: RotaSerializer, **READING_REFUSALS})
    def get(self, request: Request, sitting_id: int) -> Response:
        """Every proctor with their candidates, and whom nobody watches."""
        sitting = self.watched_sitting(request, sitting_id)
        with within(sitting.institution):
            return Response(_shape(sitting))

    @extend_schema(
        operation_id="sitting_assign", request=AssignSerializer, responses={200: RotaSerializer, **REFUSALS}
    )
    def post(self, request: Request, sitting_id: int) -> Response:
        """Takes whom nobody has, leaves own ones, offers them; exam officers also give to anybody."""
        sitting, user = self.watched_sitting(request, sitting_id), person(request)
        body = fields_in(request)
        chosen, to = body.get("enrolments"), body.get("to")
        with within(sitting.institution):
            if body.get("do") == "take":
                services.take(sitting, chosen, actor=user)
            elif body.get("do") == "leave":
                services.leave(sitting, actor=user, enrolments=chosen)
            elif body.get("do") == "give":
                services.give(sitting, chosen, to=to, actor=user)
            elif body.get("do") == "offer":
                services.offer(sitting, chosen, to=to, note=body.get("note", ""), actor=user)
            else:
                raise InvalidInput("do is take, leave, give or offer.", field="do")
            return Response(_shape(sitting))


class AnswerHandOver(WatcherView):
    """Answer a hand-over."""

    @extend_schema(
        operation_id="hand_over_answer",
        request=AnswerSerializer,
        responses={200: HandOverSerializer, **REFUSALS},
    )
    def post(self, request: Request, hand_over_id: int) -> Response:
        """Who it was offered to accepts or declines; who offered it withdraws. A repeat changes nothing."""
        user = person(request)
        rows = HandOver.objects if institutions_in_scope() else None
        found = (
            rows.filter(pk=hand_over_id).select_related("sitting__institution", "giver", "taker").first()
            if rows is not None
            else None
        )
        if found is None or not may_watch(user, found.sitting):
            raise NotFound("There is no such hand-over in a sitting that you watch.")
        verb = fields_in(request).get("answer")
        with within(found.sitting.institution):
            answered = services.answer(found, verb=verb if isinstance(verb, str) else "", actor=user)
            return Response(queries.offer_shape(answered))


def _shape(sitting: Sitting) -> dict[str, Any]:
    rota = queries.rota_of(sitting)
    return {
        "proctors": [
            {
                "proctor": queries.person(desk.proctor),
                "is_assigned": desk.is_assigned,
                "pages": desk.pages,
                "candidates": [each.enrolment for each in desk.candidates],
                "live": desk.live,
            }
            for desk in rota.desks
        ],
        "nobodys": [each.enrolment for each in rota.nobodys],
        "never_live": [each.enrolment for each in rota.never_live],
        "hand_overs": [queries.offer_shape(each) for each in queries.open_offers(sitting)],
    }
