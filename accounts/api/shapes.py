"""What the shapes of the API share: errors, pages, and bodies in which every field must be known."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request

from proctor_site.kernel.errors import InvalidInput

LARGEST = 2**63 - 1
"""The largest number that a row may have."""
_PAGING = ("limit", "cursor")


class ProblemSerializer(serializers.Serializer[Any]):
    """An error as problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable, for machines.")
    detail = serializers.CharField(help_text="A sentence for people.")
    field = serializers.CharField(required=False, help_text="The input at fault.")
    request_id = serializers.CharField(help_text="Name it to who runs this server: its log has the same.")


class FieldProblemSerializer(serializers.Serializer[Any]):
    """One field that is wrong."""

    field = serializers.CharField(help_text="Its place in the body, such as questions.0.points.")
    code = serializers.CharField()
    detail = serializers.CharField()


class OfficeProblemSerializer(ProblemSerializer):
    """An error of a call by token."""

    errors = FieldProblemSerializer(  # type: ignore[assignment]
        many=True, required=False, help_text="All fields that are wrong."
    )
    scope = serializers.CharField(required=False, help_text="The scope that the token lacks.")
    retry_after_ms = serializers.IntegerField(required=False)


class RowNumber(serializers.IntegerField):
    """The number of a row in a body or a filter; what no database could hold is refused before."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=LARGEST, **options)


class StrictSerializer(serializers.Serializer[Any]):
    """A body in which a field that we do not know is refused by its name, and never dropped silently."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [str(name) for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError({unknown[0][:100]: ["There is no such field here."]})
        return super().to_internal_value(data)


def checked(shape: type[serializers.Serializer[Any]], data: Any, *, partial: bool = False) -> dict[str, Any]:
    """`data` in the form of `shape`. Raises InvalidInput naming the first field at fault, and listing all."""
    found = shape(data=data, partial=partial)
    if not found.is_valid():
        problems = list(_problems(_details(found), ""))
        first = problems[0]
        raise InvalidInput(first["detail"], field=first["field"], details={"errors": problems})
    return dict(found.validated_data)


def query_in(request: Request, shape: type[serializers.Serializer[Any]] | None = None) -> dict[str, Any]:
    """The filters in the address. Raises InvalidInput naming one that is wrong or unknown."""
    given = {name: value for name, value in request.query_params.items() if name not in _PAGING}
    return checked(shape or StrictSerializer, given)


def page_shape(shape: type[serializers.Serializer[Any]]) -> Any:
    """The shape of a page of such rows, for the OpenAPI file."""
    name = shape.__name__.removesuffix("Serializer")
    return inline_serializer(
        f"{name}Page",
        fields={
            "next": serializers.URLField(allow_null=True, help_text="Address of the next page."),
            "previous": serializers.URLField(allow_null=True),
            "results": shape(many=True),
        },
    )


def _details(found: serializers.Serializer[Any]) -> Any:
    return serializers.ValidationError(found.errors).get_full_details()


def _problems(details: Any, place: str) -> Any:
    """Each problem in DRF's nested details, with its place in dots."""
    if isinstance(details, dict) and isinstance(details.get("message"), str):
        yield {"field": place, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _problems(inner, ".".join(part for part in (place, own) if part))
    elif isinstance(details, list):
        for number, inner in enumerate(details):
            is_problem = isinstance(inner, dict) and isinstance(inner.get("message"), str)
            yield from _problems(inner, place if is_problem else f"{place}.{number}")
