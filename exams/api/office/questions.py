"""The bank of questions by token: read with their keys, written by the rules of each kind."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import RowNumber, StrictSerializer, checked, page_shape, query_in
from exams.api.office.rows import own_row
from exams.bank import questions
from exams.bank.classification import classify, tag_names
from exams.kinds import registry
from exams.models import Question, QuestionCategory, QuestionVersion
from exams.models.question import TextFormat

_TAG = "questions"
KINDS = tuple(name for name, _ in registry.choices())


class NewVersionSerializer(StrictSerializer):
    """A wording with its key."""

    stem = serializers.CharField(max_length=questions.LONGEST_STEM, trim_whitespace=False)
    content = serializers.JSONField(help_text="Options and key; each kind has its own shape.")
    text_format = serializers.ChoiceField(
        choices=TextFormat.values, required=False, help_text="html: sanitised rich text, also in options."
    )


class NewQuestionSerializer(NewVersionSerializer):
    """A question with its first wording."""

    title = serializers.CharField(max_length=200, help_text="For the bank; candidates do not see it.")
    kind = serializers.ChoiceField(choices=KINDS)
    category = RowNumber(required=False, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=50), required=False, max_length=30)
    difficulty = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=5)


class QuestionChangeSerializer(StrictSerializer):
    """What may change without a new wording."""

    title = serializers.CharField(max_length=200, required=False)
    retired = serializers.BooleanField(required=False, help_text="Retired: for no further section.")
    category = RowNumber(required=False, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=50), required=False, max_length=30)
    difficulty = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=5)


class VersionSerializer(serializers.Serializer[Any]):
    """One wording of a question."""

    number = serializers.IntegerField()
    stem = serializers.CharField()
    text_format = serializers.CharField()
    content = serializers.JSONField()
    created_at = serializers.DateTimeField()
    used_at = serializers.DateTimeField(allow_null=True, help_text="First drawn; from then on fixed.")


class QuestionSerializer(serializers.Serializer[Any]):
    """A question with its newest wording."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.CharField()
    category = serializers.IntegerField(source="category_id", allow_null=True)
    tags = serializers.SerializerMethodField()
    difficulty = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)
    newest = serializers.SerializerMethodField()

    def get_tags(self, question: Question) -> list[str]:
        return sorted(tag.name for tag in question.tags.all())

    def get_newest(self, question: Question) -> VersionSerializer:
        """Null only for a question that was never given a wording."""
        found = next(iter(question.versions.all()), None)  # the newest first, by the model's order
        return VersionSerializer(found).data if found else None  # type: ignore[return-value]


class QuestionQuerySerializer(StrictSerializer):
    """Filters of questions."""

    kind = serializers.ChoiceField(choices=KINDS, required=False)
    title = serializers.CharField(required=False, max_length=200, help_text="A part of it.")
    tag = serializers.CharField(required=False, max_length=50)
    category = RowNumber(required=False)
    created_after = serializers.DateTimeField(required=False)


class Questions(TokenView):
    """All questions."""

    scopes = {"GET": "exams:read", "POST": "exams:write"}

    @operation(
        "questions",
        tag=_TAG,
        answer=page_shape(QuestionSerializer),
        query=QuestionQuerySerializer,
        is_paged=True,
    )
    def get(self, request: Request) -> Response:
        """Questions with their newest wording and key."""
        given = query_in(request, QuestionQuerySerializer)
        filters = {
            "title": "title__icontains",
            "tag": "tags__name__iexact",
            "created_after": "created_at__gt",
        }
        chosen = {filters.get(name, name): value for name, value in given.items()}
        rows = Question.objects.filter(**chosen).prefetch_related("tags", "versions")
        return page_of(request, rows, lambda found: QuestionSerializer(found, many=True).data)

    @operation(
        "question_create",
        tag=_TAG,
        status=201,
        body=NewQuestionSerializer,
        answer=QuestionSerializer,
        examples=[
            OpenApiExample(
                "A choice of one",
                value={
                    "title": "Capital of Austria",
                    "kind": "single_choice",
                    "stem": "What is the capital of Austria?",
                    "content": {
                        "options": [
                            {"id": "a", "text": "Vienna", "correct": True},
                            {"id": "b", "text": "Graz", "correct": False},
                        ]
                    },
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """A new question. Its content is checked by its kind; what is wrong is named."""
        return self.once(self._create)

    def _create(self) -> Response:
        given = checked(NewQuestionSerializer, self.request.data)
        if given.get("category") is not None:
            given["category"] = own_row(QuestionCategory, given["category"], field="category")
        made = questions.create_question(self.institution, actor=self.actor, **given)
        return Response(QuestionSerializer(made).data, status=201)


class OneQuestion(TokenView):
    """One question."""

    scopes = {"GET": "exams:read", "PATCH": "exams:write"}

    @operation("question", tag=_TAG, answer=QuestionSerializer)
    def get(self, request: Request, question_id: int) -> Response:
        """One question with its newest wording and key."""
        query_in(request)
        return Response(QuestionSerializer(own_row(Question, question_id)).data)

    @operation("question_change", tag=_TAG, body=QuestionChangeSerializer, answer=QuestionSerializer)
    def patch(self, request: Request, question_id: int) -> Response:
        """Renames, classifies, retires or takes back into use. For another wording: a new version."""
        question = own_row(Question, question_id)
        given = checked(QuestionChangeSerializer, request.data, partial=True)
        with transaction.atomic():
            if "title" in given:
                questions.rename(question, title=given["title"], actor=self.actor)
            if given.keys() & {"category", "tags", "difficulty"}:
                self._classify(question, given)
            if "retired" in given:
                act = questions.retire if given["retired"] else questions.restore
                act(question, actor=self.actor)
        return Response(QuestionSerializer(question).data)

    def _classify(self, question: Question, given: dict[str, Any]) -> None:
        number = given.get("category", question.category_id)
        classify(
            question,
            category=None if number is None else own_row(QuestionCategory, number, field="category"),
            tags=given.get("tags", tag_names(question)),
            difficulty=given.get("difficulty", question.difficulty),
            actor=self.actor,
        )


class Versions(TokenView):
    """The wordings of a question."""

    scopes = {"GET": "exams:read", "POST": "exams:write"}

    @operation("question_versions", tag=_TAG, answer=page_shape(VersionSerializer), is_paged=True)
    def get(self, request: Request, question_id: int) -> Response:
        """All wordings, the newest first."""
        query_in(request)
        rows = own_row(Question, question_id).versions.all()
        return page_of(
            request, rows, lambda found: VersionSerializer(found, many=True).data, order=("-number",)
        )

    @operation(
        "question_version_create", tag=_TAG, status=201, body=NewVersionSerializer, answer=VersionSerializer
    )
    def post(self, request: Request, question_id: int) -> Response:
        """Another wording or key. The newest is changed in place while no paper uses it."""
        question = own_row(Question, question_id)
        return self.once(lambda: self._create(question))

    def _create(self, question: Question) -> Response:
        given = checked(NewVersionSerializer, self.request.data)
        made: QuestionVersion = questions.new_version(question, actor=self.actor, **given)
        return Response(VersionSerializer(made).data, status=201)
