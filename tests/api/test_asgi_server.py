"""The server that live tests use: the real application, the test's database, start and stop."""

import json
import urllib.request
from pathlib import Path
from typing import Any

from accounts.models import Institution


def test_the_server_answers_from_the_database_of_the_test(
    asgi_server: str, institution: Institution, settings: Any, tmp_path: Path
) -> None:
    settings.EVIDENCE_SPOOL = tmp_path  # what other tests left waiting for a store would be told
    with urllib.request.urlopen(f"{asgi_server}/health/ready/", timeout=10) as answer:
        assert json.load(answer) == {"status": "ready", "database": True, "cache": True}
