"""Exams by token: settings and sections. What stands in the sections: places.py and pools.py."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import StrictSerializer, checked, page_shape, query_in
from exams.api.office.rows import own_row
from exams.bank import copies, exam_settings
from exams.models import Exam, Section
from exams.models.exam import Calculator, Navigation
from proctor_site.kernel.errors import NotFound

_TAG = "exams"


class GradeStepSerializer(StrictSerializer):
    """One grade and the percentage from which it is given."""

    name = serializers.CharField(max_length=50)
    least = serializers.CharField(max_length=12, help_text="Per cent, such as 87.5.")


class ExamSettingsSerializer(StrictSerializer):
    """The settings of an exam."""

    title = serializers.CharField(max_length=200)
    instructions = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    language = serializers.CharField(
        required=False, allow_blank=True, max_length=35, help_text="BCP 47 tag; empty: the institution's."
    )
    pass_percentage = serializers.IntegerField(required=False, min_value=0, max_value=100)
    grade_steps = GradeStepSerializer(
        many=True, required=False, help_text="Best grade first, the last from 0; empty: no grades."
    )
    asks_certainty = serializers.BooleanField(required=False)
    calculator = serializers.ChoiceField(choices=Calculator.values, required=False)
    scratch_pad = serializers.BooleanField(required=False)
    highlighter = serializers.BooleanField(required=False)
    strike_out = serializers.BooleanField(required=False)
    spell_check = serializers.BooleanField(required=False)
    formula_sheet = serializers.CharField(
        required=False, allow_blank=True, max_length=50_000, help_text="Rich text; sanitised."
    )


class NewExamSerializer(ExamSettingsSerializer):
    """A new exam."""

    is_outside = serializers.BooleanField(
        required=False,
        help_text="Another system delivers it: no questions, no results; sessions are started by the API. "
        "Fixed from now on.",
    )


class ExamSerializer(NewExamSerializer):
    """An exam."""

    id = serializers.IntegerField()
    is_made_to_copy = serializers.BooleanField(
        source="is_template", help_text="Never scheduled itself; exams are made from it."
    )
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class ExamQuerySerializer(StrictSerializer):
    """Filters of exams."""

    title = serializers.CharField(required=False, max_length=200, help_text="A part of it.")
    created_after = serializers.DateTimeField(required=False)
    changed_after = serializers.DateTimeField(required=False)


class CopySerializer(StrictSerializer):
    """What the copy is called."""

    title = serializers.CharField(max_length=200)


class NewExamSectionSerializer(StrictSerializer):
    """The settings of a section."""

    title = serializers.CharField(max_length=200)
    instructions = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    navigation = serializers.ChoiceField(choices=Navigation.values, required=False)
    minutes = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=24 * 60)
    shuffle_questions = serializers.BooleanField(required=False)
    shuffle_options = serializers.BooleanField(required=False)


class ExamSectionSerializer(NewExamSectionSerializer):
    """A section of an exam."""

    id = serializers.IntegerField()
    position = serializers.IntegerField()


class Exams(TokenView):
    """All exams."""

    scopes = {"GET": "exams:read", "POST": "exams:write"}

    @operation("exams", tag=_TAG, answer=page_shape(ExamSerializer), query=ExamQuerySerializer, is_paged=True)
    def get(self, request: Request) -> Response:
        """Exams with their settings."""
        given = query_in(request, ExamQuerySerializer)
        filters = {"title": "title__icontains", "created_after": "created_at__gt"}
        filters["changed_after"] = "changed_at__gt"
        rows = Exam.objects.filter(**{filters[name]: value for name, value in given.items()})
        return page_of(request, rows, lambda found: ExamSerializer(found, many=True).data)

    @operation(
        "exam_create",
        tag=_TAG,
        status=201,
        body=NewExamSerializer,
        answer=ExamSerializer,
        examples=[
            OpenApiExample(
                "A new exam",
                value={"title": "Biology 1", "pass_percentage": 60, "calculator": "basic"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """A new exam; sections and questions follow."""
        return self.once(self._create)

    def _create(self) -> Response:
        given = checked(NewExamSerializer, self.request.data)
        exam = exam_settings.create_exam(self.institution, actor=self.actor, **given)
        return Response(ExamSerializer(exam).data, status=201)


class OneExam(TokenView):
    """One exam."""

    scopes = {"GET": "exams:read", "PATCH": "exams:write", "DELETE": "exams:write"}

    @operation("exam", tag=_TAG, answer=ExamSerializer)
    def get(self, request: Request, exam_id: int) -> Response:
        """One exam."""
        query_in(request)
        return Response(ExamSerializer(own_row(Exam, exam_id)).data)

    @operation("exam_change", tag=_TAG, body=ExamSettingsSerializer, answer=ExamSerializer)
    def patch(self, request: Request, exam_id: int) -> Response:
        """Changes what is named. Papers that are drawn already stay as they are."""
        exam = own_row(Exam, exam_id)
        given = checked(ExamSettingsSerializer, request.data, partial=True)
        exam_settings.change_exam(exam, actor=self.actor, **given)
        return Response(ExamSerializer(exam).data)

    @operation("exam_delete", tag=_TAG, status=204, answer=OpenApiResponse(description="Deleted."))
    def delete(self, request: Request, exam_id: int) -> Response:
        """Deletes an exam with its sections; questions stay in the bank. 409 `used` when it has a sitting."""
        exam_settings.delete_exam(own_row(Exam, exam_id), actor=self.actor)
        return Response(status=204)


class ExamCopies(TokenView):
    """Copies."""

    scopes = {"POST": "exams:write"}

    @operation("exam_copy", tag=_TAG, status=201, body=CopySerializer, answer=ExamSerializer)
    def post(self, request: Request, exam_id: int) -> Response:
        """A new exam with the same settings, sections, questions and pools; also from one made to copy."""
        exam = own_row(Exam, exam_id)
        return self.once(lambda: self._copy(exam))

    def _copy(self, exam: Exam) -> Response:
        given = checked(CopySerializer, self.request.data)
        made = copies.copy_exam(exam, title=given["title"], as_template=False, actor=self.actor)
        return Response(ExamSerializer(made).data, status=201)


class Sections(TokenView):
    """The sections of an exam."""

    scopes = {"GET": "exams:read", "POST": "exams:write"}

    @operation("exam_sections", tag=_TAG, answer=page_shape(ExamSectionSerializer), is_paged=True)
    def get(self, request: Request, exam_id: int) -> Response:
        """All sections, in order."""
        query_in(request)
        rows = own_row(Exam, exam_id).sections.all()
        order = ("position", "pk")
        return page_of(request, rows, lambda found: ExamSectionSerializer(found, many=True).data, order=order)

    @operation(
        "exam_section_create",
        tag=_TAG,
        status=201,
        body=NewExamSectionSerializer,
        answer=ExamSectionSerializer,
    )
    def post(self, request: Request, exam_id: int) -> Response:
        """A new section at the end."""
        exam = own_row(Exam, exam_id)
        return self.once(lambda: self._create(exam))

    def _create(self, exam: Exam) -> Response:
        given = checked(NewExamSectionSerializer, self.request.data)
        section = exam_settings.create_section(exam, actor=self.actor, **given)
        return Response(ExamSectionSerializer(section).data, status=201)


class OneSection(TokenView):
    """One section."""

    scopes = {"PATCH": "exams:write", "DELETE": "exams:write"}

    @operation("exam_section_change", tag=_TAG, body=NewExamSectionSerializer, answer=ExamSectionSerializer)
    def patch(self, request: Request, exam_id: int, section_id: int) -> Response:
        """Changes what is named."""
        section = own_section(own_row(Exam, exam_id), section_id)
        given = checked(NewExamSectionSerializer, request.data, partial=True)
        exam_settings.change_section(section, actor=self.actor, **given)
        return Response(ExamSectionSerializer(section).data)

    @operation("exam_section_delete", tag=_TAG, status=204, answer=OpenApiResponse(description="Deleted."))
    def delete(self, request: Request, exam_id: int, section_id: int) -> Response:
        """Deletes a section; its questions stay in the bank. 409 `used` once a paper was drawn from it."""
        section = own_section(own_row(Exam, exam_id), section_id)
        exam_settings.delete_section(section, actor=self.actor)
        return Response(status=204)


def own_section(exam: Exam, section_id: int, *, field: str | None = None) -> Section:
    """A section of the exam. Raises NotFound, in a body naming its field."""
    found: Section | None = exam.sections.filter(pk=section_id).first()
    if found is None:
        raise NotFound("There is no such section in this exam.", field=field)
    return found
