"""Results by token: what marking has given so far, and what of it is released to candidates."""

from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import audit
from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import page_shape, query_in
from accounts.models import User
from exams import states
from exams.api.office.rows import own_row
from exams.marking.overview import ResultLine, ResultTable
from exams.marking.queries import ended_attempts
from exams.models import Attempt, PaperItem, Sitting
from proctor_site.kernel.errors import Conflict

_TAG = "results"
_NOTED_EVERY_S = 3_600


class ReleasedSerializer(serializers.Serializer[Any]):
    """What was released to the candidate, as a copy of that moment."""

    released_at = serializers.DateTimeField(source="release.released_at")
    points = serializers.DecimalField(max_digits=8, decimal_places=2)
    possible = serializers.DecimalField(max_digits=8, decimal_places=2)
    percentage = serializers.DecimalField(max_digits=6, decimal_places=2)
    passed = serializers.BooleanField(allow_null=True)
    grade = serializers.CharField(allow_blank=True)


class ResultSerializer(serializers.Serializer[Any]):
    """The result of one ended attempt as it is marked now; final is what people released."""

    attempt = serializers.IntegerField(source="attempt.pk")
    enrolment = serializers.IntegerField(source="attempt.enrolment_id")
    candidate = serializers.IntegerField(source="attempt.enrolment.candidate_id")
    name = serializers.CharField(source="attempt.enrolment.candidate.name")
    email = serializers.EmailField(source="attempt.enrolment.candidate.email")
    state = serializers.ChoiceField(choices=states.STATES, source="attempt.state")
    points = serializers.DecimalField(max_digits=8, decimal_places=2, source="result.points")
    possible = serializers.DecimalField(max_digits=8, decimal_places=2, source="result.possible")
    percentage = serializers.DecimalField(max_digits=6, decimal_places=2, source="result.percentage")
    passed = serializers.BooleanField(
        allow_null=True, source="result.passed", help_text="Null while questions wait for a person."
    )
    grade = serializers.CharField(allow_blank=True, source="result.grade")
    unmarked = serializers.IntegerField(source="result.unmarked", help_text="Questions that wait.")
    is_marked = serializers.SerializerMethodField(
        help_text="False for what was never handed in: it counts once a person accepts it."
    )
    has_late_answers = serializers.BooleanField(source="is_late")
    released = ReleasedSerializer(allow_null=True)
    is_changed_since_release = serializers.BooleanField(source="is_outdated")

    def get_is_marked(self, line: ResultLine) -> bool:
        return line.attempt.state in states.MARKED


class QuestionMarkSerializer(serializers.Serializer[Any]):
    """The mark of one question of the paper."""

    position = serializers.IntegerField()
    question = serializers.IntegerField(source="version.question_id")
    version = serializers.IntegerField(source="version.number")
    points = serializers.SerializerMethodField(help_text="Null while nobody has marked it.")
    possible = serializers.SerializerMethodField(help_text="0: left out for everybody.")
    comment = serializers.SerializerMethodField()

    def get_points(self, item: PaperItem) -> str | None:
        mark = getattr(item, "mark", None)
        return None if mark is None or mark.points is None else str(mark.points)

    def get_possible(self, item: PaperItem) -> str:
        mark = getattr(item, "mark", None)
        return str(item.points if mark is None or mark.possible is None else mark.possible)

    def get_comment(self, item: PaperItem) -> str:
        mark = getattr(item, "mark", None)
        return "" if mark is None else str(mark.comment)


class AttemptResultSerializer(ResultSerializer):
    """The result of one attempt with the mark of each question."""

    marks = QuestionMarkSerializer(many=True)


class SittingResults(TokenView):
    """The results of a sitting."""

    scopes = {"GET": "results:read"}

    @operation("sitting_results", tag=_TAG, answer=page_shape(ResultSerializer), is_paged=True)
    def get(self, request: Request, sitting_id: int) -> Response:
        """Results of all attempts that were started and have ended."""
        query_in(request)
        sitting = own_row(Sitting, sitting_id, "exam")
        _note_reading(sitting, self.actor)

        def show(found: Sequence[Attempt]) -> Any:
            lines = ResultTable(sitting, [], {}).lines_of([each.pk for each in found])
            return ResultSerializer(lines, many=True).data

        return page_of(request, ended_attempts(sitting), show)


class AttemptResult(TokenView):
    """One result."""

    scopes = {"GET": "results:read"}

    @operation("attempt_result", tag=_TAG, answer=AttemptResultSerializer)
    def get(self, request: Request, attempt_id: int) -> Response:
        """The result of one attempt with its marks; 409 until it has ended, and once it was deleted."""
        query_in(request)
        attempt = own_row(Attempt, attempt_id, "enrolment__sitting__exam")
        if attempt.is_emptied:
            raise Conflict("Answers and marks of this attempt were deleted.", code="emptied")
        sitting = attempt.enrolment.sitting
        lines = ResultTable(sitting, [], {}).lines_of([attempt.pk]) if _has_ended(attempt) else []
        if not lines:
            raise Conflict("This attempt has no result: it was not started, or runs.", code="no_result")
        _note_reading(sitting, self.actor)
        marks = attempt.paper.select_related("mark", "version").order_by("position")
        shown = ResultSerializer(lines[0]).data
        return Response({**shown, "marks": QuestionMarkSerializer(marks, many=True).data})


def _note_reading(sitting: Sitting, reader: User) -> None:
    """Results with names leave the system: the audit log says to whom, once an hour for each sitting."""
    if cache.add(f"results-read:{reader.pk}:{sitting.pk}", 1, timeout=_NOTED_EVERY_S):
        audit.record(sitting.institution, sitting, "sitting.results_read_by_token", actor=reader)


def _has_ended(attempt: Attempt) -> bool:
    return attempt.started_at is not None and attempt.state in states.ENDED
