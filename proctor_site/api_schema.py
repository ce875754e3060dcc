"""What the OpenAPI file says of every call: errors as problem details, examples, when to come back."""

from typing import Any

from proctor_site import api_examples

PROBLEM = "application/problem+json"
_JSON = "application/json"
_RETRY = {"schema": {"type": "integer"}, "description": "Seconds to wait before the call is made again."}


def describe_problems(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The schema with the media type that errors really have, and with one shape for all other errors."""
    examples: dict[str, Any] = {}
    for call in _calls(result):
        answers = call["responses"]
        errors = {code: each for code, each in answers.items() if code.startswith(("4", "5"))}
        for code, answer in errors.items():
            if _JSON in answer.get("content", {}):
                answer["content"] = {PROBLEM: answer["content"][_JSON]}
                answer["content"][PROBLEM]["examples"] = {"problem": _named(examples, int(code))}
            if code in ("429", "503"):
                answer["headers"] = {"Retry-After": _RETRY}
        if errors:
            told = next((each for each in errors.values() if PROBLEM in each.get("content", {})), None)
            shape = {PROBLEM: {"schema": told["content"][PROBLEM]["schema"]}} if told else {}
            answers["default"] = {"content": shape, "description": "Any other error, in the same form."}
    result["components"]["examples"] = dict(sorted(examples.items()))
    return result


def give_examples(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The schema with an example of each JSON body that has fields."""
    schemas = result["components"]["schemas"]
    for call in _calls(result):
        content = call.get("requestBody", {}).get("content", {}).get(_JSON)
        if content is not None and "examples" not in content:
            value = api_examples.body(call["operationId"], content["schema"], schemas)
            content["examples"] = {"body": {"summary": "What is sent", "value": value}}
    return result


def _calls(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [call for methods in result["paths"].values() for call in methods.values()]


def _named(examples: dict[str, Any], status: int) -> dict[str, str]:
    """One example for all answers of that status, by its name."""
    name = f"Problem{status}"
    examples.setdefault(name, {"value": api_examples.problem(status)})
    return {"$ref": f"#/components/examples/{name}"}
