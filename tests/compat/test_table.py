"""Every address of the contracts answers with and without a slash at its end, and with and without /api."""

import ast
import re
from pathlib import Path

import pytest
from django.test import Client

from proctoring.compat.routes import Route
from proctoring.compat.table import ROUTES
from tests.factories.compat import client_of

pytestmark = pytest.mark.django_db
FEATURES = (
    "Create room, share link, host/candidate split",
    "Multi-face check on a timer, warning to the candidate",
    "Reference photo gate, then same-face checks",
    "Several voices, audio proof link for the proctor",
    "Proctor sidebar with picture, verdict, time; only for admins",
    "One stored item per 10 minutes per candidate",
    "Sessions start / frame / metrics / alerts / end / delete / list / docs / health",
    "No-face, many-face, looking-away, object, text alerts with severity",
    "Eye contact, posture, head stability, gestures",
    "Emotion, engagement, facial expression, emotion timeline",
    "Attire, cultural fit, leadership, technical scores, hire recommendation, LLM summary",
    "ID document and face verification, 30-min single-use token",
    "Analyse a recorded video by URL with questions and answers",
    "Register, login, upload frame, alerts, submit; exam and user data; admin dashboard",
    'APE "future": deep face recognition, gaze, emotion, screen recording, cloud, live dashboard',
)
"""Every feature of the replaced systems; a row that is refused on purpose has a test of the refusal."""
NOT_THERE = "00000000-0000-4000-8000-000000000000"


def _address(route: Route) -> str:
    path = route.path.replace("<session_id>", "nobody").replace("<meeting_id>", NOT_THERE)
    return path.replace("<ticket>", "nothing").replace("<film_id>", "nothing")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.contract} {route}")
def test_each_form_of_an_address_answers_alike(old_client: Client, route: Route) -> None:
    path = _address(route)
    forms = [f"/{path}", f"/{path}/", f"/api/{path}", f"/api/{path}/"] if path else ["/", "/api", "/api/"]
    answers = [getattr(old_client, route.method.lower())(form) for form in forms]
    assert not any(300 <= answer.status_code < 400 for answer in answers), "a redirect loses the body"
    assert len({answer.status_code for answer in answers}) == 1, [each.status_code for each in answers]
    assert all("application/json" in answer["Content-Type"] for answer in answers)
    if answers[0].status_code >= 400:
        told = answers[0].json()
        assert told["detail"] if route.contract == "dyte" else told["error"] and told["success"] is False


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.contract} {route}")
def test_without_a_good_key_nothing_answers(switched_on: None, route: Route) -> None:
    answer = getattr(client_of("prc_wrong"), route.method.lower())(f"/{_address(route)}")
    assert answer.status_code == 401
    assert "detail" in answer.json() or answer.json()["success"] is False


def _names_of_tests() -> set[str]:
    files = Path(__file__).parent.glob("test_*.py")
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in files)
    return {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("feature", FEATURES)
def test_each_feature_has_a_test_that_is_named_after_it(feature: str) -> None:
    words = re.sub(r"[^a-z0-9]+", "_", feature.lower()).strip("_")
    assert f"test_{words}" in _names_of_tests()
