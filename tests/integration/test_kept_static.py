"""Static files that servers of tests share."""

from pathlib import Path

import pytest

from tests import kept_static
from tests.kept_static import keep_static_files, lend_static_files


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Data folders of three servers, and nothing kept."""
    monkeypatch.setattr(kept_static, "KEPT", tmp_path / "cache" / "static")
    made = [tmp_path / name for name in ("one", "two", "three")]
    for each in made:
        each.mkdir()
    return made


def collect(data_dir: Path, stamp: str) -> None:
    (data_dir / "static").mkdir(exist_ok=True)
    (data_dir / "static" / "base.css").write_text(f"/* {stamp} */")
    (data_dir / "static" / ".collected").write_text(stamp)


def lent_to(data_dir: Path) -> str:
    lend_static_files(data_dir)
    return (data_dir / "static" / "base.css").read_text()


def test_what_one_server_collected_the_next_begins_with(folders: list[Path]) -> None:
    one, two, three = folders
    lend_static_files(one)
    assert not (one / "static").exists()
    collect(one, "monday")
    keep_static_files(one)
    assert lent_to(two) == "/* monday */"
    collect(two, "tuesday")
    keep_static_files(two)
    assert lent_to(three) == "/* tuesday */"


def test_what_a_server_has_is_not_touched_and_half_a_collection_is_not_kept(folders: list[Path]) -> None:
    one, two, three = folders
    collect(one, "monday")
    keep_static_files(one)
    collect(two, "tuesday")
    assert lent_to(two) == "/* tuesday */"
    (two / "static" / ".collected").unlink()
    keep_static_files(two)
    assert lent_to(three) == "/* monday */"
