"""Writes and schedules an exam through the API, enrols a candidate, and asks to be told of what happens.

Call: python office.py https://exams.example.org TOKEN candidate@example.org https://register.example.org/hooks
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


def write_exam(office: Office) -> int:
    """An exam with one question, and a pool that draws another one of a category for each paper."""
    exam = office.create("exams/", {"title": "Geography", "pass_percentage": 60})
    section = office.create(f"exams/{exam['id']}/sections/", {"title": "Part one"})
    options = [
        {"id": "a", "text": "Vienna", "correct": True},
        {"id": "b", "text": "Graz", "correct": False},
    ]
    category = office.create("question-categories/", {"name": f"Capitals {uuid.uuid4().hex[:6]}"})
    wording = {"kind": "single_choice", "stem": "What is its capital?", "content": {"options": options}}
    question = office.create("questions/", {"title": "Capital of Austria", **wording})
    for name in ("Capital of Carinthia", "Capital of Styria"):
        office.create("questions/", {"title": name, "category": category["id"], **wording})
    pool = {"section": section["id"], "category": category["id"], "count": 1, "points": "1"}
    office.create(f"exams/{exam['id']}/pools/", pool)
    office.create(
        f"exams/{exam['id']}/questions/",
        {"section": section["id"], "question": question["id"], "points": "2"},
    )
    return int(exam["id"])


def schedule(office: Office, exam: int) -> int:
    """A sitting tomorrow. Scheduling publishes the exam: nothing else is needed."""
    opens = datetime.now(UTC) + timedelta(days=1)
    sitting = office.create(
        "sittings/",
        {
            "exam": exam,
            "title": "Winter term",
            "opens_at": opens.isoformat(),
            "closes_at": (opens + timedelta(hours=3)).isoformat(),
            "time_zone": "Europe/Vienna",
            "duration_minutes": 90,
        },
    )
    return int(sitting["id"])


def be_told(office: Office, address: str) -> str:
    """A webhook for what happens afterwards, tried once; the secret that signs is answered this one time."""
    events = ["attempt.ended", "results.released", "incident.raised", "case.decided", "meeting.ended"]
    hook = office.create("webhooks/", {"name": "Register", "url": address, "events": events})
    office.create(f"webhooks/{hook['id']}/test/", {})
    for delivery in office.each(f"webhook-deliveries/?webhook={hook['id']}"):
        print("told of:", delivery["event"])
    return str(hook["secret"])


def main(server: str, token: str, candidate: str, receiver: str) -> None:
    """From the exam to what can be read once it was taken."""
    office = Office(server, token)
    print("institution:", office.call("GET", "")["name"])
    sitting = schedule(office, write_exam(office))
    print("sitting:", sitting)
    enrol = {"candidates": [{"email": candidate, "extra_minutes": 15}]}
    done = office.create(f"sittings/{sitting}/enrolments/", enrol)
    print("enrolled:", done["results"][0]["outcome"])
    print("secret:", be_told(office, receiver)[:6])
    for what in (f"attempts/?sitting={sitting}", f"sittings/{sitting}/results/", "incidents/", "cases/"):
        print(f"{what.split('/')[-2]}:", sum(1 for _ in office.each(what)))


if __name__ == "__main__":
    main(*sys.argv[1:5])
