"""Puts a copy into an empty installation, after everything in it was found to be as it was signed."""

from pathlib import Path
from typing import Any

from django.db import connection

from accounts import audit_checkpoints
from accounts.models import Institution, User
from proctor_site.backups import databases, manifest, stores
from proctor_site.backups.making import ANCHORS, Tell
from proctor_site.kernel.errors import Conflict, InvalidInput

_AMID = "The database is in, not all files are: mend the store, empty database and stores, and begin anew."


def restore(folder: Path, tell: Tell) -> dict[str, Any]:
    """Checks first, then the database, then the files; the facts of the copy.

    Raises InvalidInput when anything was altered, is missing or belongs to another kind of database, and
    Conflict when this installation holds anything: then nothing has changed. Unavailable when database or
    store does not take it. Stopped between, it leaves an installation that is not empty: empty it and begin
    anew.
    """
    facts = manifest.read(folder)
    _require_same_database(facts)
    tell("checking the copy ...")
    check(folder, facts)
    require_empty()
    tell("database ...")
    databases.take_from(folder / facts["database"]["file"])
    all_stores = stores.all_stores()
    last = ""
    for each in manifest.files_of(folder):
        if each.store != last:
            last = each.store
            tell(f"files of {last} ...")
        with stores.named(each.store, _AMID):
            stores.copy_in(all_stores[each.store], each.name, folder / "stores" / each.store / each.name)
    if facts["anchors_sha256"]:
        audit_checkpoints.anchor_file().write_bytes((folder / ANCHORS).read_bytes())
    return facts


def _require_same_database(facts: dict[str, Any]) -> None:
    if facts["database"]["file"] != databases.file_name():
        raise InvalidInput(
            f"This copy holds {facts['database']['file']}, but the database here is {connection.vendor}. "
            "Name a database of the same kind in DATABASE_URL.",
            code="other_database",
        )


def check(folder: Path, facts: dict[str, Any]) -> None:
    """Whether every file of a copy is what was signed. Raises InvalidInput naming the first that is not."""
    _require_hash(folder, facts["database"]["file"], facts["database"]["sha256"])
    _require_hash(folder, manifest.FILES, facts["list_sha256"])
    if facts["anchors_sha256"]:
        _require_hash(folder, ANCHORS, facts["anchors_sha256"])
    known = stores.all_stores()
    for each in manifest.files_of(folder):
        if each.store not in known:
            raise InvalidInput(f"There is no store {each.store} here.", code="other_store")
        _require_hash(folder, f"stores/{each.store}/{each.name}", each.sha256)


def _require_hash(folder: Path, name: str, wanted: str) -> None:
    path = folder / name
    if not path.is_file():
        raise InvalidInput(f"{name} is missing from the copy.", code="missing")
    if manifest.hash_of(path) != wanted:
        raise InvalidInput(f"{name} was altered: it is not what was copied.", code="altered")


def require_empty() -> None:
    """Raises Conflict when anybody or anything is here already: a copy is never poured over people's data."""
    tables = set(connection.introspection.table_names())
    for model in (User, Institution):
        if model._meta.db_table in tables and model._base_manager.exists():
            raise Conflict(
                "This installation has people or institutions; a copy goes into an empty one.",
                code="not_empty",
            )
    for alias, store in stores.all_stores().items():
        with stores.named(alias, "Nothing was changed."):
            found = next(iter(stores.names_in(alias, store)), None)
        if found is not None:
            raise Conflict(f"The store {alias} holds files already, such as {found}.", code="not_empty")
