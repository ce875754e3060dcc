"""Which questions stand in an exam, by token: put there, given points, taken out."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import RowNumber, StrictSerializer, checked, page_shape, query_in
from exams.api.office.exams import own_section
from exams.api.office.rows import own_row
from exams.bank import structure
from exams.models import Exam, Question, SectionQuestion
from proctor_site.kernel.errors import NotFound

_TAG = "exams"


class PointsSerializer(StrictSerializer):
    """What a question is worth."""

    points = serializers.DecimalField(max_digits=6, decimal_places=2)


class NewPlaceSerializer(StrictSerializer):
    """A question of the bank for the end of a section."""

    section = RowNumber()
    question = RowNumber()
    points = serializers.DecimalField(max_digits=6, decimal_places=2, default=Decimal(1))


class PlaceSerializer(serializers.Serializer[Any]):
    """A question in an exam."""

    id = serializers.IntegerField(help_text="Of the place, not of the question.")
    section = serializers.IntegerField(source="section_id")
    question = serializers.IntegerField(source="question_id")
    title = serializers.CharField(source="question.title")
    kind = serializers.CharField(source="question.kind")
    position = serializers.IntegerField(help_text="In its section, pools counted too.")
    points = serializers.DecimalField(max_digits=6, decimal_places=2)


class Places(TokenView):
    """The questions of an exam."""

    scopes = {"GET": "exams:read", "POST": "exams:write"}

    @operation("exam_questions", tag=_TAG, answer=page_shape(PlaceSerializer), is_paged=True)
    def get(self, request: Request, exam_id: int) -> Response:
        """All questions as they were put there; sort by section and position. What pools draw is not here."""
        query_in(request)
        rows = SectionQuestion.objects.filter(section__exam=own_row(Exam, exam_id))
        rows = rows.select_related("question")
        return page_of(request, rows, lambda found: PlaceSerializer(found, many=True).data)

    @operation("exam_question_add", tag=_TAG, status=201, body=NewPlaceSerializer, answer=PlaceSerializer)
    def post(self, request: Request, exam_id: int) -> Response:
        """Puts a question of the bank at the end of a section; there already: its place as it is."""
        exam = own_row(Exam, exam_id)
        return self.once(lambda: self._add(exam))

    def _add(self, exam: Exam) -> Response:
        given = checked(NewPlaceSerializer, self.request.data)
        section = own_section(exam, given["section"], field="section")
        question = own_row(Question, given["question"], field="question")
        structure.add_questions(section, [question], points=given["points"], actor=self.actor)
        place = SectionQuestion.objects.select_related("question").get(section=section, question=question)
        return Response(PlaceSerializer(place).data, status=201)


class OnePlace(TokenView):
    """One question in an exam."""

    scopes = {"PATCH": "exams:write", "DELETE": "exams:write"}

    @operation("exam_question_change", tag=_TAG, body=PointsSerializer, answer=PlaceSerializer)
    def patch(self, request: Request, exam_id: int, place_id: int) -> Response:
        """Gives it other points. Papers that are drawn already keep theirs."""
        exam = own_row(Exam, exam_id)
        place = _own_place(exam, place_id)
        given = checked(PointsSerializer, request.data)
        structure.set_points(exam, {place: given["points"]}, actor=self.actor)
        return Response(PlaceSerializer(place).data)

    @operation(
        "exam_question_remove",
        tag=_TAG,
        status=204,
        answer=OpenApiResponse(description="Removed; the question stays in the bank."),
    )
    def delete(self, request: Request, exam_id: int, place_id: int) -> Response:
        """Takes a question out of the exam. Papers that are drawn already stay."""
        structure.remove(_own_place(own_row(Exam, exam_id), place_id), actor=self.actor)
        return Response(status=204)


def _own_place(exam: Exam, place_id: int) -> SectionQuestion:
    rows = SectionQuestion.objects.select_related("question", "section__exam__institution")
    found = rows.filter(pk=place_id, section__exam=exam).first()
    if found is None:
        raise NotFound("There is no such question in this exam.")
    return found
