"""The command on a small folder of painted people: figures, keys, and errors in words."""

import io
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from proctoring.bench import cost, measure
from proctoring.bench.footprint import Footprint
from tests.capture import RED, frame

ISSUE_KEYS = [
    "face_count_exact",
    "none_precision",
    "none_recall",
    "many_precision",
    "many_recall",
    "identity_tpr",
    "identity_fpr",
    "identity_auc",
    "away_precision",
    "away_recall",
    "phone_precision",
    "phone_recall",
    "laptop_book_precision",
    "laptop_book_recall",
    "camera_precision",
    "camera_recall",
    "clips_expected",
    "clips_found",
    "clips_false",
    "cpu_ms_policy",
    "cpu_ms_faces",
    "replaced_cpu_ms_faces",
    "replaced_face_count_exact",
    "replaced_many_recall",
    "rss_mb",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures of the same painted person, one labelled as empty; a film of that person."""
    (tmp_path / "images").mkdir()
    (tmp_path / "clips").mkdir()
    (tmp_path / "images/a.jpg").write_bytes(frame(RED))
    (tmp_path / "images/b.jpg").write_bytes(frame(RED))
    pixels = cv2.imdecode(np.frombuffer(frame(RED), np.uint8), cv2.IMREAD_COLOR)
    size = (pixels.shape[1], pixels.shape[0])
    film = cv2.VideoWriter(str(tmp_path / "clips/c.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 2.0, size)
    for _ in range(8):
        film.write(pixels)
    film.release()
    (tmp_path / "labels.csv").write_text(
        "file,n_faces,n_faces_tol,yaw,objects,camera_state\na.jpg,1,0,,none,ok\nb.jpg,0,0,,none,ok\n"
    )
    (tmp_path / "pairs.csv").write_text("a,b,same,kind\na.jpg,b.jpg,1,photos\n")
    (tmp_path / "clips.csv").write_text(
        "file,seconds,reference_image,expected_flags_seconds\n"
        "clips/c.avi,4,,none\nclips/c.avi,4,,no_face 0-4\n"
    )
    return tmp_path


@pytest.fixture(autouse=True)
def _quick(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FACE_ENGINE = "proctoring.vision.engines.scripted.ScriptedFaces"
    settings.HEAD_ENGINE = settings.THINGS_ENGINE = settings.TEXT_ENGINE = ""
    # Both start processes of their own; that they are started right is the pool's to prove.
    monkeypatch.setattr(cost, "POLICY_FRAMES", 6)
    monkeypatch.setattr(cost, "frames_per_second", lambda *args: 50.0)
    monkeypatch.setattr(measure, "footprint", lambda choice: Footprint(100.0, 0.1, 0.1))


def test_figures_with_the_keys_that_others_read(folder: Path, tmp_path: Path) -> None:
    out, file = io.StringIO(), tmp_path / "figures.json"
    call_command("bench_vision", folder, json=file, without_replaced=True, stdout=out, stderr=io.StringIO())
    figures = json.loads(file.read_text())
    assert list(figures) == ISSUE_KEYS
    assert (figures["face_count_exact"], figures["none_recall"]) == (0.5, 0.0)
    assert (figures["identity_tpr"], figures["identity_fpr"]) == (1.0, None)
    assert (figures["clips_expected"], figures["clips_found"], figures["clips_false"]) == (1, 0, 0)
    assert figures["cpu_ms_policy"] > 0
    assert {name for name, value in figures.items() if value is None} >= {
        *("away_precision", "away_recall", "phone_recall", "laptop_book_recall", "replaced_cpu_ms_faces"),
    }
    text = out.getvalue()
    assert "wrong: b.jpg has 0, found 1" in text
    assert "No engine for head is set: away_precision and away_recall are null." in text
    assert "replaced pipeline was left out" in text


def test_a_wrong_row_is_named(folder: Path) -> None:
    (folder / "pairs.csv").write_text("a,b,same,kind\na.jpg,nobody.jpg,1,photos\n")
    with pytest.raises(CommandError, match=r"pairs\.csv, row 2: b: labels\.csv has no picture 'nobody\.jpg'"):
        call_command("bench_vision", folder, stderr=io.StringIO())


def test_a_picture_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "images/b.jpg").write_bytes(b"not a picture")
    with pytest.raises(CommandError, match=r"b\.jpg"):
        call_command("bench_vision", folder, without_replaced=True, stderr=io.StringIO())
