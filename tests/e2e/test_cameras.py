"""Each camera scene on the real line: fake camera, browser, socket, analysis, incident, evidence."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e import candidate_steps, scenes
from tests.e2e.browsers import Console
from tests.e2e.server import Server

CASES = {
    "candidate1@demo.example": ("nobody", "no_face"),
    "candidate2@demo.example": ("two_people", "several_faces"),
    "candidate3@demo.example": ("swap_person", "different_person"),
    "candidate4@demo.example": ("covered", "camera_covered"),
}
QUIET = "candidate5@demo.example"


@pytest.mark.parametrize("email", CASES)
def test_a_scene_becomes_its_incident_with_evidence(
    email: str,
    server: Server,
    browser: Callable[..., Browser],
    camera: Callable[[str], Path],
    console: Console,
) -> None:
    clip, kind = CASES[email]
    page = scenes.sit(server, browser(camera=camera(clip)), console, email)

    incident = scenes.wait_for_incident(server, email, kind)

    assert [each["kind"] for each in scenes.incidents_of(server, email)] == [kind]
    assert incident["count"] >= 2
    assert any(letter.isdigit() for letter in incident["explanation"]), incident["explanation"]
    scenes.wait_for_stored_pictures(server, incident, 3)
    candidate_steps.submit_exam(page)


def test_a_quiet_candidate_raises_nothing(
    server: Server, browser: Callable[..., Browser], camera: Callable[[str], Path], console: Console
) -> None:
    page = scenes.sit(server, browser(camera=camera("quiet")), console, QUIET)

    page.wait_for_timeout(25_000)

    assert scenes.incidents_of(server, QUIET) == []
    candidate_steps.submit_exam(page)
