"""The documentation of the API as a page of our own, made from the same schema as the OpenAPI file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

_METHODS = ("get", "post", "put", "patch", "delete")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body or answer, or one parameter. `place`: its name, in dots below others."""

    place: str
    kind: str
    words: str
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One operation, ready for the page."""

    name: str
    method: str
    address: str
    words: list[str]
    parameters: list[Field]
    body: list[Field]
    answers: list[tuple[str, str]]
    fields: list[Field]
    examples: list[tuple[str, str]]


@dataclass(slots=True)
class Group:
    """The operations of one tag."""

    name: str
    is_by_token: bool = False
    calls: list[Call] = field(default_factory=list)


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every call with its fields, errors and examples; calls by token first. Needs no scripts."""
    found = groups()
    context = {
        "groups": found,
        "base_url": settings.BASE_URL,
        "reads": settings.API_READS_PER_MINUTE,
        "writes": settings.API_WRITES_PER_MINUTE,
    }
    return render(request, "api_docs.html", context)


@cache
def groups() -> tuple[Group, ...]:
    """The operations by tag. Made once in each process: the schema changes with the code alone."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found: dict[str, Group] = {}
    for address, methods in schema["paths"].items():
        for method in _METHODS:
            if method not in methods:
                continue
            made = methods[method]
            is_by_token = any("token" in each for each in made.get("security", []))
            name = made["tags"][0] if is_by_token else f"{made['tags'][0]} (pages, signed in)"
            group = found.setdefault(name, Group(name, is_by_token))
            group.calls.append(_call(schema, address, method, made))
    return tuple(sorted(found.values(), key=lambda each: not each.is_by_token))


def _call(schema: dict[str, Any], address: str, method: str, made: dict[str, Any]) -> Call:
    success = next((code for code in made["responses"] if code.startswith("2")), "")
    return Call(
        name=made["operationId"],
        method=method.upper(),
        address=address,
        words=[part for part in _plain(made.get("description", "")).split("\n\n") if part],
        parameters=[
            Field(
                f"{each['name']} ({each['in']})",
                _kind(schema, each["schema"]),
                _plain(each.get("description", "")),
                each.get("required", False),
            )
            for each in made.get("parameters", [])
        ],
        body=list(_fields(schema, _shape(made.get("requestBody", {})))),
        answers=[(code, _plain(each.get("description", ""))) for code, each in made["responses"].items()],
        fields=list(_fields(schema, _shape(made["responses"].get(success, {})))),
        examples=list(_examples(schema, made)),
    )


def _plain(text: str) -> str:
    """Words of the schema without the marks that the OpenAPI file has for code."""
    return text.replace("`", "")


def _shape(holder: dict[str, Any]) -> dict[str, Any]:
    """The schema of a body or answer in JSON, or in the first form that there is."""
    content = holder.get("content", {})
    first: dict[str, Any] = content.get("application/json") or next(iter(content.values()), {})
    shape: dict[str, Any] = first.get("schema", {})
    return shape


def _fields(
    schema: dict[str, Any], shape: dict[str, Any], before: str = "", depth: int = 0
) -> Iterator[Field]:
    real = _resolved(schema, shape)
    if real.get("type") == "array":
        yield from _fields(schema, real["items"], before, depth)
        return
    needed = real.get("required", [])
    for name, inner in real.get("properties", {}).items():
        place = f"{before}{name}"
        whole = _resolved(schema, inner)
        words = inner.get("description") or whole.get("description", "")
        yield Field(place, _kind(schema, inner), _plain(words), name in needed)
        if depth < _DEEPEST:
            is_list = whole.get("type") == "array"
            below = whole["items"] if is_list else whole
            yield from _fields(schema, below, f"{place}[]." if is_list else f"{place}.", depth + 1)


def _resolved(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """The shape itself where it is only named."""
    while True:
        if "$ref" in shape:
            shape = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[-1]]
        elif len(shape.get("allOf", [])) == 1:
            shape = shape["allOf"][0]
        elif "oneOf" in shape and "properties" not in shape:
            shape = next((each for each in shape["oneOf"] if "BlankEnum" not in str(each)), {})
        else:
            return shape


def _kind(schema: dict[str, Any], shape: dict[str, Any]) -> str:
    real = _resolved(schema, shape)
    if real.get("type") == "array":
        return f"list of {_kind(schema, real['items'])}"
    if "enum" in real:
        return "one of " + ", ".join(str(each) or "“”" for each in real["enum"])
    kind = str(real.get("format") or real.get("type") or "any")
    return f"{kind} or null" if shape.get("nullable") or real.get("nullable") else kind


def _examples(schema: dict[str, Any], made: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is sent, and how one error looks: all look alike, and the file has an example of each."""
    errors = [each for each in made["responses"].items() if each[0].startswith("4")]
    holders = [("What is sent", made.get("requestBody", {}))]
    holders += [(f"Answer {code}", each) for code, each in errors[:1]]
    for title, holder in holders:
        for content in holder.get("content", {}).values():
            for each in content.get("examples", {}).values():
                name = each.get("$ref", "").rsplit("/", 1)[-1]
                value = schema["components"]["examples"][name]["value"] if name else each["value"]
                yield title, json.dumps(value, indent=2, ensure_ascii=False)
