"""Every call of the API, with input made from its schema and against it: no 5xx, answers as declared."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import requests
import schemathesis
import yaml
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from proctoring.ingest import tokens
from proctoring.models import Case
from tests.conftest import BACKEND
from tests.contracts.permission_office import Office
from tests.contracts.project_files import ROOT
from tests.security.fuzzing import looking

schemathesis.serializer.alias(["audio/webm", "video/webm"], "application/octet-stream")
_SCHEMA = schemathesis.openapi.from_dict(
    yaml.load((ROOT / "docs/openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
)
_OPERATIONS = [found.ok() for found in _SCHEMA.get_all_operations()]
_CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.specs.openapi.checks.response_schema_conformance,
    schemathesis.specs.openapi.checks.content_type_conformance,
]
_BY_TOKEN = ("all scopes", "foreign token", "nobody")
_BY_COOKIE = ("owner", "proctor", "officer", "admin", "foreign_admin", "session token", "nobody")
_HOST = "http://testserver"
_PART = re.compile(r"{(?P<name>\w+)}")


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with django_db_blocker.unblock(), transaction.atomic():
        made = Office()
        # The table's cases are made without a reason, which services always write.
        Case.objects.with_scopes_disabled().filter(opened_for="").update(opened_for="incidents")
        yield made
        transaction.set_rollback(True)


def test_every_call_of_the_api_is_tried() -> None:
    kept = yaml.load((ROOT / "docs/openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    assert len(_OPERATIONS) == sum(len(methods) for methods in kept["paths"].values()) > 100


@pytest.mark.django_db
@pytest.mark.parametrize("operation", _OPERATIONS, ids=lambda operation: operation.label)
def test_no_input_breaks_a_call(operation: Any, office: Office) -> None:
    is_by_token = operation.path.startswith("/api/v1/institution/")
    callers = st.sampled_from(_BY_TOKEN if is_by_token else _BY_COOKIE)
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])

    @looking(5)
    @given(case=cases, caller=callers, is_known=st.sampled_from([True, True, True, False]))
    def try_it(case: Any, caller: str, is_known: bool) -> None:
        if is_known:
            case.path_parameters = {
                name: str(office.argument(name)) for name in _PART.findall(operation.path)
            }
        with transaction.atomic():
            answer = _answer(case, caller, office)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=_CHECKS)

    try_it()


def _answer(case: Any, caller: str, office: Office) -> httpx.Response:
    """Sends the case as bytes, as a client would, from `caller`."""
    sent = requests.Request(**_without_credentials(case.as_transport_kwargs(base_url=_HOST))).prepare()
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    headers = {name: _plain(value) for name, value in sent.headers.items()}
    client = Client(raise_request_exception=False)
    cache.clear()
    match caller:
        case "all scopes":
            headers["Authorization"] = f"Bearer {office.every}"
        case "foreign token":
            headers["Authorization"] = f"Bearer {office.foreign}"
        case "session token":
            headers["Authorization"] = f"Bearer {tokens.make(office.world.session)}"
        case "nobody":
            pass
        case _:
            client.force_login(office.world.people[caller], backend=BACKEND)
    kind = headers.pop("Content-Type", "")
    headers.pop("Content-Length", None)
    found = client.generic(str(sent.method), sent.path_url, body, content_type=kind, headers=headers)
    content = b"".join(found) if found.streaming else found.content
    answer = httpx.Response(
        found.status_code,
        headers=list(found.items()),
        content=content,
        request=httpx.Request(str(sent.method), str(sent.url)),
    )
    answer.elapsed = timedelta(0)
    return answer


def _without_credentials(sent: dict[str, Any]) -> dict[str, Any]:
    """The request without what schemathesis makes up to sign in with: callers bring their own."""
    headers = {name: value for name, value in sent["headers"].items() if name.lower() != "authorization"}
    return sent | {"headers": headers, "cookies": {}}


def _plain(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
