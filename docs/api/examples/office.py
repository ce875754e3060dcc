"""Writes and schedules an exam through the API, and enrols a candidate.

Call: python office.py https://exams.example.org TOKEN candidate@example.org
Needs Python 3.11 and nothing else. Prints one line for each step.
"""

import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any


class Refused(Exception):
    """The server's answer to a call that it refused, as problem details."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem['status']} {problem['code']}: {problem['detail']}")
        self.problem = problem


class Office:
    """Calls of one institution by its token."""

    def __init__(self, server: str, token: str) -> None:
        self.base = f"{server.rstrip('/')}/api/v1/institution/"
        self.token = token

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
        """One call; waits and tries again when there were too many. Raises Refused."""
        request = urllib.request.Request(urllib.parse.urljoin(self.base, path), method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        if key:
            request.add_header("Idempotency-Key", key)
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        for _ in range(5):
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    text = answer.read()
                    return json.loads(text) if text else None
            except urllib.error.HTTPError as error:
                problem = json.loads(error.read())
                wait = error.headers.get("Retry-After")
                if wait is None:
                    raise Refused(problem) from error
                time.sleep(int(wait))
        raise Refused(problem)

    def create(self, path: str, body: dict[str, Any]) -> Any:
        """Creates something once, however often the network makes us ask."""
        key = str(uuid.uuid4())
        for wait in (1, 2, 4, 0):
            try:
                return self.call("POST", path, body, key)
            except (urllib.error.URLError, TimeoutError):
                if not wait:
                    raise
                time.sleep(wait)
        raise AssertionError("unreachable")

    def each(self, path: str) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page."""
        address: str | None = path
        while address:
            page = self.call("GET", address)
            yield from page["results"]
            address = page["next"]


def main(server: str, token: str, candidate: str) -> None:
    """Writes an exam with one question, schedules it for tomorrow, and enrols a candidate."""
    office = Office(server, token)
    print("institution:", office.call("GET", "")["name"])
    exam = office.create("exams/", {"title": "Geography", "pass_percentage": 60})
    section = office.create(f"exams/{exam['id']}/sections/", {"title": "Part one"})
    options = [
        {"id": "a", "text": "Vienna", "correct": True},
        {"id": "b", "text": "Graz", "correct": False},
    ]
    question = office.create(
        "questions/",
        {
            "title": "Capital of Austria",
            "kind": "single_choice",
            "stem": "What is the capital of Austria?",
            "content": {"options": options},
        },
    )
    office.create(
        f"exams/{exam['id']}/questions/",
        {"section": section["id"], "question": question["id"], "points": "2"},
    )
    opens = datetime.now(UTC) + timedelta(days=1)
    sitting = office.create(
        "sittings/",
        {
            "exam": exam["id"],
            "title": "Winter term",
            "opens_at": opens.isoformat(),
            "closes_at": (opens + timedelta(hours=3)).isoformat(),
            "time_zone": "Europe/Vienna",
            "duration_minutes": 90,
        },
    )
    print("sitting:", sitting["id"])
    done = office.create(f"sittings/{sitting['id']}/enrolments/", {"candidates": [{"email": candidate}]})
    print("enrolled:", done["results"][0]["outcome"])
    print("attempts:", sum(1 for _ in office.each("attempts/")))


if __name__ == "__main__":
    main(*sys.argv[1:4])
