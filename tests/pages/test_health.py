"""Liveness and readiness: plain answers that need no sign-in, and name the part that fails."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client


@pytest.fixture(autouse=True)
def _empty_spool(settings: Any, tmp_path: Path) -> None:
    """Other tests leave evidence waiting, which would be told."""
    settings.EVIDENCE_SPOOL = tmp_path


def test_live_needs_nothing() -> None:
    response = Client().get("/health/live/")
    assert (response.status_code, response.json()) == (200, {"status": "live"})


@pytest.mark.django_db
def test_ready_when_database_and_cache_answer() -> None:
    response = Client().get("/health/ready/")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": True, "cache": True}


@pytest.mark.django_db
def test_not_ready_without_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("no cache")

    monkeypatch.setattr(cache, "set", fail)
    response = Client().get("/health/ready/")
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "database": True, "cache": False}


@pytest.mark.django_db
def test_not_ready_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("no database")

    monkeypatch.setattr(connection, "cursor", fail)
    response = Client().get("/health/ready/")
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "database": False, "cache": True}
