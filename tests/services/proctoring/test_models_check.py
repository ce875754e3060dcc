"""Model files: the list for operators, and the system checks that stop a server without its eyes."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from proctoring import checks

_YUNET = "face_detection_yunet_2023mar.onnx"


def test_the_list_names_source_licence_hash_and_engine() -> None:
    out = io.StringIO()
    call_command("check_models", stdout=out)
    text = out.getvalue()
    assert _YUNET in text
    assert "sha256: d3ab32cd9031c9ce4444ab17211cf0341c0fc4b16c90eb4abc9483bafff98ca7" in text
    assert "engine: proctoring.vision.engines.opencv_faces.OpenCVFaces (in use)" in text
    assert "licence: MIT (LICENSE.yunet.txt)" in text
    assert "all good" in text


def test_an_engine_that_is_not_chosen_is_said_to_be_out_of_use(settings: Any) -> None:
    settings.FACE_ENGINE = "proctoring.vision.engines.dlib_faces.DlibFaces"
    out = io.StringIO()
    call_command("check_models", stdout=out)
    assert "engine: proctoring.vision.engines.opencv_faces.OpenCVFaces (not in use" in out.getvalue()
    assert "dlib_faces.DlibFaces\n  in use, and brings models of its own" in out.getvalue()


def test_a_damaged_file_fails_the_command_and_the_one_system_check(tmp_path: Path, settings: Any) -> None:
    assert checks.refuse_unusable_models(None) == []
    (tmp_path / _YUNET).write_bytes(b"damaged")
    settings.WEIGHTS_DIR = str(tmp_path)
    with pytest.raises(CommandError, match="cannot be used: face_detection_yunet"):
        call_command("check_models", stdout=io.StringIO())
    (found,) = checks.refuse_unusable_models(None)
    assert (found.id, "damaged" in found.msg, _YUNET in found.msg) == ("proctor.E006", True, True)


def test_the_check_leaves_out_files_of_engines_that_are_not_in_use(tmp_path: Path, settings: Any) -> None:
    (tmp_path / _YUNET).write_bytes(b"damaged")
    settings.WEIGHTS_DIR = str(tmp_path)
    settings.FACE_ENGINE = "proctoring.vision.engines.dlib_faces.DlibFaces"
    assert checks.refuse_unusable_models(None) == []


@pytest.mark.parametrize("name", checks.ENGINE_SETTINGS)
@pytest.mark.parametrize("path", ["nonsense", "no.such.module.Engine"], ids=["no dot", "no module"])
def test_an_unknown_engine_is_refused_by_its_setting(settings: Any, name: str, path: str) -> None:
    setattr(settings, name, path)
    (found,) = checks.refuse_unknown_engine(None)
    assert (found.id, f"PROCTOR_{name}" in found.msg) == ("proctor.E007", True)


def test_only_the_face_engine_may_not_be_left_out(settings: Any) -> None:
    for name in checks.ENGINE_SETTINGS:
        setattr(settings, name, "")
    (found,) = checks.refuse_unknown_engine(None)
    assert "PROCTOR_FACE_ENGINE" in found.msg


def test_damaged_ears_are_a_warning_because_exams_go_on_without_them(tmp_path: Path, settings: Any) -> None:
    settings.DIARIZER = "local"
    assert checks.warn_of_deaf_ears(None) == []
    (tmp_path / "seg3.onnx").write_bytes(b"damaged")
    settings.WEIGHTS_DIR = str(tmp_path)
    (found,) = checks.warn_of_deaf_ears(None)
    assert found.id == "proctor.W010" and found.msg.startswith("sound analysis unavailable: model file")
    assert checks.refuse_unusable_models(None) == []
    settings.DIARIZER = "off"
    assert checks.warn_of_deaf_ears(None) == []
