"""The server that live tests use: the real application, the test's database, start and stop."""

import json
import urllib.request

from accounts.models import Institution


def test_the_server_answers_from_the_database_of_the_test(asgi_server: str, institution: Institution) -> None:
    with urllib.request.urlopen(f"{asgi_server}/health/ready/", timeout=10) as answer:
        said = json.load(answer)
    assert (said["status"], said["database"], said["cache"]) == ("ready", True, True)
