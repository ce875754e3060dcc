"""Migrations that an exam would notice are made on purpose: each has its reason here (decision 0199)."""

from functools import cache

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.state import ModelState, ProjectState

from tests.contracts.migration_dangers import dangers

BEGINS_AFTER = {"accounts": "0014", "exams": "0040", "proctoring": "0054"}
"""What is older was released before roles ran side by side."""
REASONS: dict[tuple[str, str], str] = {}
"""By migration ("exams.0041_…") and operation ("RemoveField exams.sitting.room"): why it may be so.

Such as: nothing reads it since version 3, and version 3 was out for a release. If an exam has to stop for it,
the changelog says so."""


@cache
def _loader() -> MigrationLoader:
    return MigrationLoader(None, ignore_no_migrations=True)


def _newer() -> list[tuple[str, str]]:
    return sorted(key for key in _loader().disk_migrations if key[1][:4] > BEGINS_AFTER.get(key[0], "9999"))


def _found(key: tuple[str, str]) -> list[str]:
    before = _loader().project_state(key, at_end=False)
    return dangers(_loader().disk_migrations[key], before)


def test_each_dangerous_operation_has_a_reason() -> None:
    found = {(".".join(key), line.split(":")[0]): line for key in _newer() for line in _found(key)}
    missing = [f"{name}: {line}" for (name, what), line in found.items() if (name, what) not in REASONS]
    assert missing == [], "write it otherwise (docs/operations.md, New versions without a stop), or say why"
    assert [key for key in REASONS if key not in found] == [], "these reasons are for nothing any more"


TEXT = models.CharField(max_length=50)
MAY_BE_NULL = models.CharField(max_length=50, null=True)


def _state() -> ProjectState:
    state = ProjectState()
    for app, name in (("exams", "Sitting"), ("proctoring", "Incident")):
        fields = [("id", models.BigAutoField(primary_key=True)), ("room", MAY_BE_NULL), ("title", TEXT)]
        state.add_model(ModelState(app, name, fields))
    return state


def _says(app: str, operation: migrations.operations.base.Operation) -> list[str]:
    migration = Migration("0099_made_up", app)
    migration.operations = [operation]
    return dangers(migration, _state())


INDEX = models.Index(fields=["title"], name="by_title")
FULL = models.CheckConstraint(condition=models.Q(title__gt=""), name="has_title")


@pytest.mark.parametrize(
    ("app", "operation"),
    [
        ("exams", migrations.RemoveField("sitting", "room")),
        ("exams", migrations.RenameField("sitting", "room", "hall")),
        ("exams", migrations.RenameModel("Sitting", "Occasion")),
        ("exams", migrations.DeleteModel("Sitting")),
        ("exams", migrations.AddField("sitting", "hall", models.CharField(max_length=9, default="a"))),
        ("exams", migrations.AlterField("sitting", "room", TEXT)),
        ("exams", migrations.AlterField("sitting", "title", models.CharField(max_length=9))),
        ("exams", migrations.AlterField("sitting", "title", models.IntegerField())),
        ("proctoring", migrations.AddIndex("incident", INDEX)),
        ("proctoring", migrations.AddConstraint("incident", FULL)),
        ("proctoring", migrations.AddField("incident", "n", models.IntegerField(null=True, db_index=True))),
        (
            "exams",
            migrations.SeparateDatabaseAndState(
                database_operations=[migrations.RemoveField("sitting", "room")]
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else value.describe(),
)
def test_what_an_exam_would_notice_is_found(
    app: str, operation: migrations.operations.base.Operation
) -> None:
    assert len(_says(app, operation)) == 1


@pytest.mark.parametrize(
    ("app", "operation"),
    [
        ("exams", migrations.CreateModel("Hall", [("id", models.BigAutoField(primary_key=True))])),
        ("exams", migrations.AddField("sitting", "hall", models.CharField(max_length=9, db_default=""))),
        ("exams", migrations.AddField("sitting", "hall", models.CharField(max_length=9, null=True))),
        ("exams", migrations.AlterField("sitting", "title", models.CharField(max_length=90))),
        ("exams", migrations.AddIndex("sitting", INDEX)),
        ("proctoring", AddIndexConcurrently("incident", INDEX)),
        ("proctoring", migrations.AddField("incident", "n", models.IntegerField(null=True))),
    ],
    ids=lambda value: value if isinstance(value, str) else value.describe(),
)
def test_what_nobody_notices_wants_no_reason(
    app: str, operation: migrations.operations.base.Operation
) -> None:
    assert _says(app, operation) == []
