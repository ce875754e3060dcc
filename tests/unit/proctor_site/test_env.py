"""Environment values are read strictly: a value that is not understood is refused, never guessed."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from proctor_site.settings import env

NAME = "PROCTOR_FOR_THIS_TEST"


@pytest.fixture(autouse=True)
def keep_known_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "KNOWN_NAMES", set(env.KNOWN_NAMES))


@pytest.mark.parametrize(("value", "wanted"), [("1", True), ("Yes", True), ("off", False), ("", True)])
def test_flag(monkeypatch: pytest.MonkeyPatch, value: str, wanted: bool) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.flag(NAME, default=True) is wanted


@pytest.mark.parametrize("value", ["maybe", "2", "tru"])
def test_flag_refuses(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.flag(NAME, default=True)


@pytest.mark.parametrize("value", ["ten", "1.5", "0", "-3"])
def test_integer_refuses(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.integer(NAME, 7, least=1)


def test_integer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.integer(NAME, 7) == 7
    monkeypatch.setenv(NAME, " 12 ")
    assert env.integer(NAME, 7) == 12


def test_choice_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "S3")
    with pytest.raises(ImproperlyConfigured, match="folder, s3"):
        env.choice(NAME, "folder", ("folder", "s3"))


def test_secret_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n")
    monkeypatch.setenv(NAME, "from the environment")
    assert env.secret(NAME) == "from the environment"
    monkeypatch.setenv(f"{NAME}_FILE", str(file))
    assert env.secret(NAME) == "from the file"


def test_secret_file_that_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "nothing"))
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        env.secret(NAME)


def test_unknown_names_are_found() -> None:
    environment = {"PROCTOR_TYPO": "1", "PROCTOR_SECRET_KEY": "x", "HOME": "/root"}
    assert env.unknown_names(environment) == ["PROCTOR_TYPO"]
