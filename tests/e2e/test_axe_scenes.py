"""axe-core finds nothing on pages that only an act shows, nor on what opens on a page."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test.signals import template_rendered
from playwright.sync_api import Page

from accounts.models import User
from tests.contracts.permission_world import World
from tests.e2e.pages import SCENES, Scene, Stage

pytestmark = pytest.mark.slow
GROUPS = sorted({each.group for each in SCENES})


@pytest.mark.parametrize("group", GROUPS)
def test_every_scene(
    group: str,
    page_for: Callable[[User | None], Page],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    folder_store: None,
) -> None:
    stage = Stage(World(), page_for, monkeypatch, tmp_path)
    for each in SCENES:
        if each.group == group:
            with _rendered() as seen:
                _play(each, stage)
            if missing := sorted(each.templates - seen):
                stage.found.setdefault(str(each), []).append(f"did not show {', '.join(missing)}")
    assert stage.found == {}, "\n" + "\n".join(
        f"{name}\n    " + "\n    ".join(lines) for name, lines in stage.found.items()
    )


def _play(each: Scene, stage: Stage) -> None:
    """A scene that stops in the middle is a finding; the others are still played."""
    try:
        each.play(stage)
    except Exception as stopped:  # noqa: BLE001  # whatever stopped it, the other scenes tell more
        steps = traceback.extract_tb(stopped.__traceback__)
        lines = [str(step.lineno) for step in steps if step.filename.endswith("_scenes.py")]
        stage.found.setdefault(str(each), []).append(f"stopped at line {', '.join(lines)}: {stopped}")


@contextmanager
def _rendered() -> Iterator[set[str]]:
    """The names of the templates that the server, a thread of this process, renders meanwhile."""
    names: set[str] = set()

    def note(template: Any, **_: Any) -> None:
        names.add(str(template.name))

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)
