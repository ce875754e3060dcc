"""Sits the demo exam in front of a scene and asks the database what came of it."""

import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.e2e import candidate_steps
from tests.e2e.browsers import Console, open_page
from tests.e2e.server import Server

EXAM = "General knowledge"
WATCHED_S = 45

_INCIDENTS = """
    SELECT incident.id, incident.kind, incident.explanation, incident.count, incident.confidence
    FROM proctoring_incident AS incident
    JOIN proctoring_monitoringsession AS session ON session.id = incident.session_id
    JOIN accounts_user AS person ON person.id = session.candidate_id
    JOIN exams_sitting AS sitting ON sitting.id = session.sitting_id
    WHERE person.email = ? AND sitting.title LIKE 'Trial of %' ORDER BY incident.id
"""
"""Not those of the demo's sitting that is over, which are there to be reviewed."""
_STORED = "SELECT count(*) AS n FROM proctoring_evidenceitem WHERE incident_id = ? AND stored_at IS NOT NULL"


def sit(server: Server, browser: Browser, console: Console, email: str) -> Page:
    """Signs a demo candidate in, checks in with whatever the camera shows, and starts the exam."""
    _, page = open_page(browser, console)
    candidate_steps.sign_in(page, server, email, server.demo_accounts()[email])
    candidate_steps.check_in(page, EXAM)
    candidate_steps.start_exam(page)
    expect(page.locator("[data-picture-state]")).to_contain_text("looked at")
    return page


def incidents_of(server: Server, email: str) -> list[dict[str, Any]]:
    """The incidents of a candidate, oldest first."""
    return server.rows(_INCIDENTS, email)


def wait_for_incident(server: Server, email: str, kind: str) -> dict[str, Any]:
    """The first incident of a kind; fails with what there is instead."""
    deadline = time.monotonic() + WATCHED_S
    while time.monotonic() < deadline:
        for incident in incidents_of(server, email):
            if incident["kind"] == kind:
                return incident
        time.sleep(0.5)
    raise AssertionError(f"no {kind} within {WATCHED_S} s; there is {incidents_of(server, email)}")


def wait_for_stored_pictures(server: Server, incident: dict[str, Any], count: int) -> None:
    """Until so many evidence pictures of an incident have reached the store; fails with how many did."""
    deadline = time.monotonic() + WATCHED_S
    while (stored := int(server.rows(_STORED, incident["id"])[0]["n"])) < count:
        assert time.monotonic() < deadline, f"{stored} of {count} pictures of {incident} were stored"
        time.sleep(0.2)


def write_camera(path: Path, frames: list[bytes], fps: float) -> Path:
    """A file for the fake camera, which plays 30 pictures a second: frames are repeated to keep pace."""
    with path.open("wb") as stream:
        for place in range(round(len(frames) / fps * 30)):
            stream.write(frames[min(int(place * fps / 30), len(frames) - 1)])
    return path
