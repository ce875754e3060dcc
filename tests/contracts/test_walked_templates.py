"""Every template of the product is shown to axe-core in a browser, or stands here with its reason."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.test.signals import template_rendered

from tests.conftest import BACKEND
from tests.contracts.permission_world import World
from tests.e2e.page_walk import Visit, visits
from tests.e2e.pages import SCENES

ROOT = Path(__file__).resolve().parents[2] / "templates"
NOT_WALKED = {
    "allauth/layouts/base.html": "frames pages of django-allauth that none of ours replaces; none is led to",
    "allauth/layouts/entrance.html": "as the frame above",
    "allauth/layouts/manage.html": "as the frame above",
    "exams/print/any.html": "for kinds of questions without a print of their own; each has one today",
    "exams/paper_parts.html": "what the exam page fetches; it puts together parts that are walked",
    "proctoring/reports/paper.html": "becomes a PDF; no browser shows it",
}
"""Templates that nobody sees as a page, and why."""


@pytest.mark.django_db
def test_every_template_is_walked(worlds: dict[str, World]) -> None:
    walked = {name for each in SCENES for name in each.templates} | _shown_by_visits(worlds)
    ours = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html")}
    assert sorted(ours - walked - set(NOT_WALKED)) == [], (
        "axe-core is never asked of these: give the page a row in the permission table that somebody sees, "
        "or a scene in tests/e2e/pages/"
    )
    assert sorted(set(NOT_WALKED) - ours) == [], "these are gone"
    assert sorted(set(NOT_WALKED) & walked) == [], "these are walked after all"


@pytest.fixture
def worlds() -> Iterator[dict[str, World]]:
    with transaction.atomic():
        yield {state: World(state) for state in {each.row.state for each in visits()}}


def _shown_by_visits(worlds: dict[str, World]) -> set[str]:
    """The templates behind the pages of the walk; requests are rolled back, so each sees the world as new."""
    names: set[str] = set()

    def note(template: Any, **_: Any) -> None:
        names.add(str(template.name))

    template_rendered.connect(note)
    try:
        for each in visits():
            if not each.empty:
                _open(each, worlds[each.row.state])
    finally:
        template_rendered.disconnect(note)
    return names


def _open(visit: Visit, world: World) -> None:
    client = Client()
    with transaction.atomic():
        user = world.people[visit.person]
        if user is not None:
            client.force_login(user, backend=BACKEND)
        answer = client.get(visit.address(world))
        for _ in answer.streaming_content if answer.streaming else ():
            pass
        transaction.set_rollback(True)
