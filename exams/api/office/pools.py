"""Pools of an exam by token: so many questions drawn of those that fit, for each paper anew."""

from decimal import Decimal
from typing import Any

from django.db import transaction
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
from exams.bank.classification import MOST_TAGS, clean_tags, tags_named
from exams.models import Exam, QuestionCategory, Section, SectionPool
from exams.models.pool import LARGEST_POOL
from proctor_site.kernel.errors import NotFound

_TAG = "exams"


class PoolChangeSerializer(StrictSerializer):
    """What a pool draws from; all of it has to fit a question."""

    count = serializers.IntegerField(min_value=1, max_value=LARGEST_POOL, help_text="How many it draws.")
    points = serializers.DecimalField(
        required=False, max_digits=6, decimal_places=2, default=Decimal(1), help_text="Of each."
    )
    category = RowNumber(required=False, allow_null=True, default=None, help_text="Null: the whole bank.")
    with_children = serializers.BooleanField(
        required=False, default=True, help_text="Also questions of the categories below it."
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=50), required=False, default=list, max_length=MOST_TAGS
    )
    least_difficulty = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=5
    )
    most_difficulty = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=5
    )


class NewPoolSerializer(PoolChangeSerializer):
    """A pool for the end of a section."""

    section = RowNumber()


class PoolSerializer(serializers.Serializer[Any]):
    """A pool of an exam."""

    id = serializers.IntegerField()
    section = serializers.IntegerField(source="section_id")
    position = serializers.IntegerField(help_text="In its section, questions counted too.")
    count = serializers.IntegerField()
    points = serializers.DecimalField(max_digits=6, decimal_places=2)
    category = serializers.IntegerField(source="category_id", allow_null=True)
    with_children = serializers.BooleanField()
    tags = serializers.SerializerMethodField()
    least_difficulty = serializers.IntegerField(allow_null=True)
    most_difficulty = serializers.IntegerField(allow_null=True)

    def get_tags(self, pool: SectionPool) -> list[str]:
        return sorted(tag.name for tag in pool.tags.all())


class Pools(TokenView):
    """The pools of an exam."""

    scopes = {"GET": "exams:read", "POST": "exams:write"}

    @operation("exam_pools", tag=_TAG, answer=page_shape(PoolSerializer), is_paged=True)
    def get(self, request: Request, exam_id: int) -> Response:
        """All pools as they were put there; sort by section and position."""
        query_in(request)
        rows = SectionPool.objects.filter(section__exam=own_row(Exam, exam_id)).prefetch_related("tags")
        return page_of(request, rows, lambda found: PoolSerializer(found, many=True).data)

    @operation("exam_pool_create", tag=_TAG, status=201, body=NewPoolSerializer, answer=PoolSerializer)
    def post(self, request: Request, exam_id: int) -> Response:
        """A pool at the end of a section. One that is short is no mistake here: questions may still come."""
        exam = own_row(Exam, exam_id)
        return self.once(lambda: self._create(exam))

    def _create(self, exam: Exam) -> Response:
        given = checked(NewPoolSerializer, self.request.data)
        section = own_section(exam, given.pop("section"), field="section")
        return Response(PoolSerializer(_save(section, None, given, self.actor)).data, status=201)


class OnePool(TokenView):
    """One pool."""

    scopes = {"PATCH": "exams:write", "DELETE": "exams:write"}

    @operation("exam_pool_change", tag=_TAG, body=PoolChangeSerializer, answer=PoolSerializer)
    def patch(self, request: Request, exam_id: int, pool_id: int) -> Response:
        """Changes what is named. Papers that are drawn already stay."""
        pool = _own_pool(exam_id, pool_id)
        given = checked(PoolChangeSerializer, request.data, partial=True)
        present = {
            "count": pool.count,
            "points": pool.points,
            "category": pool.category_id,
            "with_children": pool.with_children,
            "tags": [tag.name for tag in pool.tags.all()],
            "least_difficulty": pool.least_difficulty,
            "most_difficulty": pool.most_difficulty,
        }
        return Response(PoolSerializer(_save(pool.section, pool, present | given, self.actor)).data)

    @operation("exam_pool_remove", tag=_TAG, status=204, answer=OpenApiResponse(description="Removed."))
    def delete(self, request: Request, exam_id: int, pool_id: int) -> Response:
        """Takes a pool out of the exam. Papers that are drawn already stay."""
        structure.remove(_own_pool(exam_id, pool_id), actor=self.actor)
        return Response(status=204)


def _save(section: Section, pool: SectionPool | None, given: dict[str, Any], actor: Any) -> SectionPool:
    number = given["category"]
    category = None if number is None else own_row(QuestionCategory, number, field="category")
    with transaction.atomic():
        tags = tags_named(section.institution, clean_tags(given["tags"]))
        saved = structure.save_pool(
            section, pool=pool, actor=actor, **given | {"category": category, "tags": tags}
        )
    saved.refresh_from_db()  # its place was counted anew
    return saved


def _own_pool(exam_id: int, pool_id: int) -> SectionPool:
    exam = own_row(Exam, exam_id)
    rows = SectionPool.objects.select_related("section__exam__institution", "section__institution")
    found = rows.filter(pk=pool_id, section__exam=exam).first()
    if found is None:
        raise NotFound("There is no such pool in this exam.")
    return found
