"""Migrations are named for what they do, and lead to the models as they are."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.contracts.each import for_each
from tests.contracts.project_files import PACKAGES, ROOT, name_of

MIGRATIONS = [path for app in PACKAGES for path in sorted((ROOT / app).glob("migrations/[0-9]*.py"))]
_NAMED = re.compile(r"^\d{4}_[a-z][a-z0-9_]{8,}$")


@for_each(MIGRATIONS, name=name_of)
def test_migration_is_named_for_what_it_does(path: Path) -> None:
    assert _NAMED.match(path.stem), f"{name_of(path)}: makemigrations <app> -n what_it_is_for"
    assert not re.search(r"_(auto|alter|initial|merge)(_|$)", path.stem), (
        f"{name_of(path)}: say what it is for"
    )


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_no_two_migrations_claim_the_same_place() -> None:
    loader = MigrationLoader(connection)
    assert loader.detect_conflicts() == {}
    for app in apps.get_app_configs():
        numbers = [name[:4] for label, name in loader.disk_migrations if label == app.label]
        ours = app.label in PACKAGES
        assert not ours or len(numbers) == len(set(numbers)), f"{app.label} has two migrations of one number"
