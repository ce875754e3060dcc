"""Model files: verified, found in the right place, and never silently missing."""

import shutil
from pathlib import Path

import pytest

from proctoring.vision import weights
from proctoring.vision.engines.opencv_faces import DETECTOR_FILE, OpenCVFaces
from proctoring.vision.weights import VENDORED, WeightsError, check_weights, read_manifest, resolve_weights


def test_every_vendored_file_is_whole_and_has_its_licence_text() -> None:
    statuses = check_weights()
    assert [status.problem for status in statuses] == [""] * len(statuses)
    for status in statuses:
        assert status.path == VENDORED / status.entry.file
        assert len((VENDORED / status.entry.licence_file).read_text()) > 500
        assert "==" in status.entry.source


def test_no_model_file_lies_around_unlisted() -> None:
    models = {path.name for path in VENDORED.iterdir() if path.suffix in {".onnx", ".tflite"}}
    assert models == set(read_manifest())


def test_operator_folder_goes_first(tmp_path: Path) -> None:
    assert resolve_weights(DETECTOR_FILE, tmp_path)[0] == VENDORED / DETECTOR_FILE
    shutil.copy(VENDORED / DETECTOR_FILE, tmp_path)
    assert resolve_weights(DETECTOR_FILE, tmp_path)[0] == tmp_path / DETECTOR_FILE


def test_a_damaged_operator_file_is_an_error_not_skipped(tmp_path: Path) -> None:
    data = bytearray((VENDORED / DETECTOR_FILE).read_bytes())
    data[5000] ^= 1
    (tmp_path / DETECTOR_FILE).write_bytes(data)
    with pytest.raises(WeightsError, match="damaged"):
        OpenCVFaces(tmp_path)
    problems = {status.entry.file: status.problem for status in check_weights(tmp_path)}
    assert "damaged" in problems.pop(DETECTOR_FILE)
    assert set(problems.values()) == {""}


def test_missing_and_unknown_files_stop_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WeightsError, match="not in the weights manifest"):
        resolve_weights("../../etc/passwd")
    monkeypatch.setattr(weights, "VENDORED", tmp_path)
    with pytest.raises(WeightsError, match="missing"):
        OpenCVFaces()
    assert not any(status.is_usable for status in check_weights())
