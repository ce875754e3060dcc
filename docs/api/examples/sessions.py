"""Monitors a candidate of another exam system through the API: start, a picture, figures, end, delete.

Call: python sessions.py https://exams.example.org TOKEN picture.jpg
Needs Python 3.11, office.py beside it, and nothing else. Prints one line for each step.
"""

import base64
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from office import Office


def make_sitting(office: Office) -> int:
    """An exam that another system delivers, and a sitting of it for today; once, in the admin or so."""
    exam = office.create("exams/", {"title": "Taken elsewhere", "is_outside": True})
    now = datetime.now(UTC)
    sitting: dict[str, Any] = office.create(
        "sittings/",
        {
            "exam": exam["id"],
            "title": "Today",
            "opens_at": now.isoformat(),
            "closes_at": (now + timedelta(hours=8)).isoformat(),
            "time_zone": "Europe/Vienna",
            "duration_minutes": 180,
        },
    )
    return int(sitting["id"])


def main(server: str, token: str, picture: str) -> None:
    """One session from its start to its deletion."""
    office = Office(server, token)
    session = office.create(
        "sessions/",
        {
            "sitting": make_sitting(office),
            "session_id": "run-2207",
            "candidate_id": "S-1024",
            "candidate_name": "Carla Candidate",
            "consent": {
                "camera": True,
                "microphone": False,
                "face_comparison": False,
                "agreed_at": datetime.now(UTC).isoformat(),
                "notice_url": "https://exams.example.org/notice",
                "notice_version": "2026-11",
                "asked_by": "Exam engine of the college",
            },
        },
    )
    one = f"sessions/{session['session_id']}/"
    print("started:", session["state"])
    browser = office.call("POST", one + "capture-token/")
    print("for the candidate's browser:", sorted(browser["addresses"]))
    frame = {"frame": base64.b64encode(Path(picture).read_bytes()).decode(), "sequence": 1}
    answer = office.call("POST", one + "frames/", frame)
    print("picture accepted:", answer["accepted"])
    print("pictures:", office.call("GET", one + "metrics/")["frames_received"])
    print("alerts:", sum(1 for _ in office.each(one + "alerts/")))
    report = office.call("POST", one + "end/")
    print("incidents in the report:", len(report["incidents"]))
    office.call("DELETE", one)
    print("sessions left:", sum(1 for _ in office.each("sessions/")))


if __name__ == "__main__":
    main(*sys.argv[1:4])
