"""Stored files without a row are listed, and removed only when asked; what is young or named stays."""

import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from accounts.models import Institution
from exams.models import QuestionMedia
from proctor_site.management.commands.clear_orphans import NAMED_BY
from proctoring.models import EvidenceItem, SealedPackage


@pytest.fixture
def stores(settings: Any, tmp_path: Path) -> Path:
    folders = {
        alias: {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / alias)},
        }
        for alias in NAMED_BY
    }
    settings.STORAGES = settings.STORAGES | folders
    return tmp_path


def put(stores: Path, alias: str, name: str, *, hours_old: float) -> Path:
    storages[alias].save(name, ContentFile(b"bytes"))
    path = stores / alias / name
    then = time.time() - hours_old * 3_600
    os.utime(path, (then, then))
    return path


def run(**options: Any) -> str:
    out = io.StringIO()
    call_command("clear_orphans", stdout=out, **options)
    return out.getvalue()


def test_every_store_and_every_column_that_names_files_is_known() -> None:
    """A column that the command does not know would make orphans of files that are in use."""
    columns = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name in ("stored_name", "photo_name")
        or (model, field.name) in ((EvidenceItem, "name"), (SealedPackage, "name"))
    }
    assert {each for named in NAMED_BY.values() for each in named} == columns
    assert set(settings.STORAGES) - {"default", "staticfiles"} == set(NAMED_BY)


def test_only_old_files_of_ours_without_a_row_go(scoped: Institution, stores: Path) -> None:
    orphan = put(stores, "answer_files", "1/7/abc", hours_old=30)
    other = put(stores, "identity", "1/session/photo.jpg", hours_old=30)
    young = put(stores, "answer_files", "1/7/young", hours_old=23)
    foreign = put(stores, "answer_files", "notes/readme", hours_old=900)
    named = put(stores, "question_media", "1/map.png", hours_old=900)
    QuestionMedia.objects.create(
        institution=scoped, name="map.png", content_type="image/png", size=5, stored_name="1/map.png"
    )
    said = run()
    assert "answer_files: 1/7/abc" in said
    assert "identity: 1/session/photo.jpg" in said
    assert "2 files without a row found; nothing is removed" in said
    assert orphan.exists(), "a dry run removes nothing"
    assert "1 file without a row removed" in run(remove=True, store="answer_files")
    assert [path.exists() for path in (orphan, other, young, foreign, named)] == [
        False,
        True,
        True,
        True,
        True,
    ]
    assert "2 files" in run(older_than=2)


@pytest.mark.usefixtures("db", "stores")
def test_what_may_be_on_its_way_is_never_taken() -> None:
    with pytest.raises(CommandError, match="At least 1 hour"):
        run(older_than=0, remove=True)


@pytest.mark.usefixtures("db")
def test_a_store_that_refuses_is_told(stores: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(stores, "answer_files", "1/7/abc", hours_old=30)
    monkeypatch.setattr(
        storages["answer_files"], "delete", lambda name: (_ for _ in ()).throw(OSError("read-only"))
    )
    with pytest.raises(CommandError, match="1 of 1"):
        run(remove=True)
