"""What the OpenAPI file promises of every call: examples that fit, keys for what creates, pages for lists."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml

from tests.contracts.project_files import ROOT

_TEXT = (ROOT / "docs/openapi.yaml").read_text(encoding="utf-8")
SCHEMA: dict[str, Any] = yaml.load(_TEXT, Loader=yaml.CSafeLoader)
OFFICE = "/api/v1/institution/"
REPEATABLE = {
    "enrolment_withdraw": "a repeat changes nothing",
    "evidence_link": "a link of minutes; each one is logged",
    "meeting_cancel": "a repeat changes nothing",
    "meeting_end": "a repeat changes nothing",
    "participant_revoke": "a repeat changes nothing",
    "session_browser_events_by_token": "each event has a number, and is kept once",
    "session_capture_token": "stored nowhere",
    "session_clip_by_token": "each recording has a number, and is kept once",
    "session_end": "a repeat ends nothing",
    "session_frame_by_token": "each picture has a number, and is looked at once",
    "session_warning_shown": "a repeat changes nothing",
    "sitting_cancel": "a repeat changes nothing",
    "sitting_proctor_assign": "a repeat changes nothing",
}


def _calls(below: str = "/") -> Iterator[tuple[str, str, dict[str, Any]]]:
    for address, methods in SCHEMA["paths"].items():
        for method, call in methods.items():
            if address.startswith(below):
                yield method.upper(), address, call


def _parameters(call: dict[str, Any]) -> set[str]:
    return {each["name"] for each in call.get("parameters", [])}


def _plain(value: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema reads it."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {name: _plain(each) for name, each in value.items() if name not in ("nullable", "readOnly")}
    return {"anyOf": [made, {"type": "null"}]} if value.get("nullable") else made


_PLAIN = {"components": _plain(SCHEMA["components"])}


@pytest.mark.parametrize("call", [call for _, _, call in _calls()], ids=lambda call: call["operationId"])
def test_each_body_and_each_error_has_an_example_that_fits(call: dict[str, Any]) -> None:
    body = call.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        values = [each["value"] for each in body["examples"].values()]
        assert values
        for value in values:
            jsonschema.validate(value, _plain(body["schema"]) | _PLAIN)
    for code, answer in call["responses"].items():
        content = answer.get("content", {}).get("application/problem+json")
        if content is None or code == "default":
            continue
        for each in content["examples"].values():
            name = each["$ref"].rsplit("/", 1)[-1]
            told = SCHEMA["components"]["examples"][name]["value"]
            assert str(told["status"]) == code
            jsonschema.validate(told, _plain(content["schema"]) | _PLAIN)


def test_every_429_says_when_to_come_back() -> None:
    told = [call["responses"]["429"] for _, _, call in _calls() if "429" in call["responses"]]
    assert told and all("Retry-After" in answer["headers"] for answer in told)
    office = {call["operationId"] for _, _, call in _calls(OFFICE) if "429" not in call["responses"]}
    assert office == set()


def test_whatever_creates_takes_an_idempotency_key() -> None:
    without = {
        call["operationId"]
        for method, _, call in _calls(OFFICE)
        if method == "POST" and "Idempotency-Key" not in _parameters(call)
    }
    assert without == REPEATABLE.keys()
    assert not [
        call["operationId"]
        for _, _, call in _calls(OFFICE)
        if "201" in call["responses"] and "Idempotency-Key" not in _parameters(call)
    ]


def test_every_list_has_pages_by_cursor() -> None:
    lists = 0
    for method, address, call in _calls(OFFICE):
        shape = (
            call["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        )
        name = shape.get("$ref", "").rsplit("/", 1)[-1]
        fields = SCHEMA["components"]["schemas"].get(name, shape).get("properties", {})
        is_list = shape.get("type") == "array" or "results" in fields
        if method == "GET" and is_list:
            lists += 1
            assert {"limit", "cursor"} <= _parameters(call), address
            assert {"next", "previous", "results"} == fields.keys(), address
    assert lists > 15
