"""Removes files from private stores for good, and finds those that never got a row.

A removal is noted in the transaction that deletes the rows, carried out after it, and tried again until the
store has let go of the file.
"""

import itertools
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import Q

from accounts.models import FileToRemove, Institution
from proctor_site.kernel import clock

log = logging.getLogger(__name__)
MOST_AT_ONCE = 500
TRY_AGAIN_AFTER = timedelta(minutes=5)


def remove(institution: Institution, store: str, names: Iterable[str]) -> int:
    """Has these files of the store removed once the caller's transaction commits; how many.

    A rolled back transaction removes nothing, and a server that dies after the commit goes on later:
    neither a row without its file nor a file without its row is left.
    """
    now = clock.now()
    rows = [FileToRemove(institution=institution, store=store, name=name, noted_at=now) for name in names]
    made = FileToRemove._base_manager.bulk_create(rows, batch_size=500)
    if made:
        transaction.on_commit(partial(_carry_out, [row.pk for row in made]))
    return len(made)


def remove_noted() -> int:
    """Removes what waits, of all institutions; how many files. A store that refuses is asked again later."""
    due = Q(tried_at=None) | Q(tried_at__lt=clock.now() - TRY_AGAIN_AFTER)
    waiting = FileToRemove._base_manager.filter(due).order_by("pk").values_list("pk", flat=True)
    return _carry_out(list(waiting[:MOST_AT_ONCE]))


def _carry_out(keys: list[int]) -> int:
    gone = 0
    # _base_manager: after a commit no scope is open, and upkeep means every institution.
    for row in FileToRemove._base_manager.filter(pk__in=keys):
        try:
            storages[row.store].delete(row.name)  # a file that is gone already is no error
        except Exception:
            log.exception("%s could not be removed; it is tried again", row)
            FileToRemove._base_manager.filter(pk=row.pk).update(tried_at=clock.now())
        else:
            FileToRemove._base_manager.filter(pk=row.pk).delete()
            gone += 1
    return gone


_OURS = re.compile(r"\d+/")
"""Every store keeps the files of an institution in a folder with its number; nothing else is touched."""
_COMPARED = 500


def orphans(
    store: Storage, with_rows: Callable[[Sequence[str]], set[str]], *, stored_before: datetime
) -> Iterator[str]:
    """Names of files that no row names, among those stored before a moment: after a crash, a failed import.

    `with_rows` says which of some names are in use; it is asked for a few hundred at a time. What was stored
    later may be on its way: its row follows within seconds.
    """
    found = (name for name in walk(store, "") if _OURS.match(name))
    while names := list(itertools.islice(found, _COMPARED)):
        used = with_rows(names)
        for name in names:
            if name not in used and store.get_modified_time(name) < stored_before:
                yield name


def walk(store: Storage, folder: str = "") -> Iterator[str]:
    """Names of all files of a store, below a folder that ends with a slash, in order."""
    try:
        folders, files = store.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored, or the folder went meanwhile
        return
    for name in sorted(files):
        yield f"{folder}{name}"
    for each in sorted(folders):
        yield from walk(store, f"{folder}{each}/")
