"""The tree of categories of the bank by token: made, renamed, moved, deleted while empty."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import RowNumber, StrictSerializer, checked, page_shape, query_in
from exams.api.office.rows import own_row
from exams.bank import categories
from exams.models import QuestionCategory

_TAG = "questions"


class NewCategorySerializer(StrictSerializer):
    """A category."""

    name = serializers.CharField(max_length=categories.LONGEST_NAME)
    parent = RowNumber(  # type: ignore[assignment]
        required=False, allow_null=True, default=None, help_text="Null: at the top."
    )


class CategorySerializer(serializers.Serializer[Any]):
    """A category of questions."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    parent = serializers.IntegerField(source="parent_id", allow_null=True)  # type: ignore[assignment]
    path = serializers.CharField(help_text="Names from the top: Biology / Cells.")


class CategoryQuerySerializer(StrictSerializer):
    """Filters of categories."""

    parent = RowNumber(required=False)  # type: ignore[assignment]
    path = serializers.CharField(required=False, max_length=1_100, help_text="The whole path.")


class Categories(TokenView):
    """All categories."""

    scopes = {"GET": "exams:read", "POST": "exams:write"}

    @operation(
        "question_categories",
        tag=_TAG,
        answer=page_shape(CategorySerializer),
        query=CategoryQuerySerializer,
        is_paged=True,
    )
    def get(self, request: Request) -> Response:
        """The categories of the bank."""
        given = query_in(request, CategoryQuerySerializer)
        rows = QuestionCategory.objects.all()
        if "parent" in given:
            rows = rows.filter(parent=given["parent"])
        if "path" in given:
            rows = rows.filter(path__iexact=given["path"])
        return page_of(request, rows, lambda found: CategorySerializer(found, many=True).data)

    @operation(
        "question_category_create",
        tag=_TAG,
        status=201,
        body=NewCategorySerializer,
        answer=CategorySerializer,
    )
    def post(self, request: Request) -> Response:
        """A new category."""
        return self.once(self._create)

    def _create(self) -> Response:
        given = checked(NewCategorySerializer, self.request.data)
        parent = _parent_in(given["parent"])
        made = categories.create_category(
            self.institution, name=given["name"], parent=parent, actor=self.actor
        )
        return Response(CategorySerializer(made).data, status=201)


class OneCategory(TokenView):
    """One category."""

    scopes = {"GET": "exams:read", "PATCH": "exams:write", "DELETE": "exams:write"}

    @operation("question_category", tag=_TAG, answer=CategorySerializer)
    def get(self, request: Request, category_id: int) -> Response:
        """One category."""
        query_in(request)
        return Response(CategorySerializer(own_row(QuestionCategory, category_id)).data)

    @operation("question_category_change", tag=_TAG, body=NewCategorySerializer, answer=CategorySerializer)
    def patch(self, request: Request, category_id: int) -> Response:
        """Renames it, or moves it with all that lies below."""
        found = own_row(QuestionCategory, category_id)
        given = checked(NewCategorySerializer, request.data, partial=True)
        present = {"name": found.name, "parent": found.parent_id} | given
        parent = _parent_in(present["parent"])
        categories.change_category(found, name=present["name"], parent=parent, actor=self.actor)
        return Response(CategorySerializer(found).data)

    @operation(
        "question_category_delete", tag=_TAG, status=204, answer=OpenApiResponse(description="Deleted.")
    )
    def delete(self, request: Request, category_id: int) -> Response:
        """Deletes one without questions and categories in it; else 409 `not_empty`."""
        categories.remove_category(own_row(QuestionCategory, category_id), actor=self.actor)
        return Response(status=204)


def _parent_in(number: int | None) -> QuestionCategory | None:
    return None if number is None else own_row(QuestionCategory, number, field="parent")
