"""The number of a request: in, out, on pages and in problem details, and on the lines of the log."""

import io
import json
import logging
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from proctor_site.kernel import request_ids
from proctor_site.log_lines import JsonLines


@pytest.mark.parametrize("told", ["abcd1234", "A.b-c_" + "9" * 50])
def test_a_good_number_is_taken_over(told: str) -> None:
    assert Client().get("/health/live/", headers={"X-Request-ID": told})["X-Request-ID"] == told


@pytest.mark.parametrize(
    "told", ["short", "x" * 65, "abcd 1234", "<script>alert(1)</script>", "abcd1234\n", "é" * 9]
)
def test_anything_else_gets_a_new_one(told: str) -> None:
    assert request_ids.choose(told) != told
    assert len(request_ids.choose(told)) == 24


def test_each_request_has_its_own() -> None:
    first, second = (Client().get("/health/live/")["X-Request-ID"] for _ in range(2))
    assert first != second
    assert request_ids.current() == request_ids.NONE


@pytest.mark.django_db
def test_pages_and_problems_tell_it() -> None:
    page = Client().get("/no/such/page/", headers={"X-Request-ID": "page-1234"})
    assert page.status_code == 404 and "<code>page-1234</code>" in page.content.decode()
    problem = Client().get("/api/v1/attempts/1/", headers={"X-Request-ID": "call-1234"})
    assert problem.status_code in (401, 403) and problem.json()["request_id"] == "call-1234"


QUOTED = "Key (email)=(ada@example.org) already exists"  # not in the line that raises: traces show it


@pytest.fixture
def _log() -> Any:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/ready/", "/api/v1/attempts/1/"])
def test_a_fault_is_found_by_its_number_and_names_nobody(
    path: str, _log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise IntegrityError(QUOTED)

    monkeypatch.setattr("proctor_site.health._database_answers", fail)
    monkeypatch.setattr("rest_framework.views.APIView.initial", fail)
    client = Client(raise_request_exception=False)
    answer = client.get(
        f"{path}?token=sekret12345",
        headers={"X-Request-ID": "fault-1234", "Authorization": "Bearer pk_secret_123456"},
    )
    assert answer.status_code == 500 and "fault-1234" in answer.content.decode()
    entries = [json.loads(line) for line in _log.getvalue().splitlines()]
    assert {entry["request_id"] for entry in entries} == {"fault-1234"}
    assert any(entry["status"] == 500 and "IntegrityError" in entry["trace"] for entry in entries)
    text = _log.getvalue() + answer.content.decode()
    assert not [word for word in ("ada@", "sekret", "pk_secret") if word in text]
