"""Model files: verified, found in the right place, and never silently missing."""

import shutil
from importlib import import_module
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


def test_no_file_lies_around_unlisted() -> None:
    entries = read_manifest().values()
    named = {name for entry in entries for name in (entry.file, entry.licence_file)}
    named |= {"MANIFEST.toml", "README.md", "make_onnx.py"}
    assert {path.name for path in VENDORED.iterdir()} == named


def test_each_file_names_the_engine_that_reads_it() -> None:
    for entry in read_manifest().values():
        module, _, name = entry.engine.rpartition(".")
        source = Path(str(import_module(module).__file__)).read_text(encoding="utf-8")
        assert f"class {name}(" in source, f"{entry.file}: no engine {entry.engine!r}"
        assert entry.file in source, f"{entry.file}: {entry.engine} does not read it"


def test_the_text_on_how_to_get_them_anew_names_every_file_and_package() -> None:
    text = (VENDORED / "README.md").read_text(encoding="utf-8")
    for entry in read_manifest().values():
        assert entry.file in text
        assert entry.source in text


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
