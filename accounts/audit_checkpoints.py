"""Checkpoints of the audit log: hourly, chained and signed, so that a missing end or chain is noticed.

A chain alone cannot tell that its end, or all of it, is gone. A checkpoint holds the last hash of every chain
that grew; it is signed with the operator's key, which the database does not have, and a line about it is kept
in the data folder, so that the newest checkpoints cannot go unnoticed either (docs/decisions/0146).
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts import signing_keys
from accounts.models import AuditCheckpoint, AuditEntry, Institution
from proctor_site.kernel import chains, clock

log = logging.getLogger(__name__)
EVERY = timedelta(hours=1)
LAG = timedelta(minutes=5)
"""Entries younger than this wait for the next one: their transactions may not all be through."""
MOST_ENTRIES = 5_000
"""One checkpoint covers no more, so that its row stays small."""
_LOOK_EVERY_S = 300
_KIND = "proctor audit checkpoint 1"


def make_due() -> int:
    """Marks the logs that grew and have no checkpoint of the last hour; how many marks were made.

    Safe to run in several processes at once: of two for the same number one is kept.
    """
    if not cache.add("audit-checkpoints-looked", True, _LOOK_EVERY_S):
        return 0
    made = 0
    # _base_manager here and below: upkeep and the operator's check mean every institution.
    latest = dict(AuditCheckpoint._base_manager.values_list("institution").annotate(at=Max("at")))
    for institution in Institution.objects.order_by("pk"):
        last = latest.get(institution.pk)
        if last is None or last <= clock.now() - EVERY:
            made += make(institution)
    return made


def make(institution: Institution, *, until: datetime | None = None) -> int:
    """Marks all entries of the institution up to `until` (default: five minutes ago); how many marks."""
    until = until or clock.now() - LAG
    made = 0
    while True:
        try:
            with transaction.atomic():
                mark = _make_one(institution, until)
        except IntegrityError:  # another process was quicker
            return made
        if mark is None:
            return made
        _anchor(mark)
        made += 1


def _make_one(institution: Institution, until: datetime) -> AuditCheckpoint | None:
    own = AuditCheckpoint._base_manager.filter(institution=institution)
    before = own.order_by("-number").defer("heads").first()
    new = AuditEntry._base_manager.filter(
        institution=institution, at__lte=until, pk__gt=before.through if before else 0
    )
    rows = list(new.order_by("pk").values_list("pk", "stream", "sequence", "hash")[:MOST_ENTRIES])
    if not rows:
        return None
    heads: dict[str, list[Any]] = {}
    for _, stream, sequence, own_hash in rows:
        if sequence > heads.get(stream, [0])[0]:
            heads[stream] = [sequence, own_hash]
    mark = AuditCheckpoint(
        institution=institution,
        number=before.number + 1 if before else 1,
        at=clock.now(),
        through=rows[-1][0],
        heads=heads,
        previous_hash=before.hash if before else chains.GENESIS,
    )
    mark.hash = chains.link_hash(mark.previous_hash, _payload(mark))
    mark.kid, mark.signature = signing_keys.sign(_signed(mark))
    mark.save(force_insert=True)
    return mark


def _payload(mark: AuditCheckpoint) -> dict[str, Any]:
    return {
        "kind": _KIND,
        "institution": mark.institution_id,
        "number": mark.number,
        "at": mark.at,
        "through": mark.through,
        "heads": mark.heads,
    }


def _signed(mark: AuditCheckpoint) -> bytes:
    return f"{_KIND}\n{mark.institution_id}\n{mark.number}\n{mark.hash}".encode()


def fault_of(mark: AuditCheckpoint, before: AuditCheckpoint | None) -> str:
    """What is wrong with a checkpoint that should come right after `before`, in words; "" when nothing is."""
    if mark.number != (before.number + 1 if before else 1):
        return "a checkpoint before it is missing"
    if mark.previous_hash != (before.hash if before else chains.GENESIS):
        return "it does not follow the one before"
    if chains.link_hash(mark.previous_hash, _payload(mark)) != mark.hash:
        return "it was altered"
    if mark.kid not in signing_keys.public_keys():
        return f"it was signed with the key {mark.kid}, which is none of this server's (see signing_key)"
    if not signing_keys.verify(_signed(mark), mark.kid, mark.signature):
        return "its signature does not fit"
    return ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One line of the data folder about a checkpoint."""

    institution: int
    number: int
    hash: str


def anchor_file() -> Path:
    """Where this host keeps a line about each checkpoint it made."""
    return Path(settings.DATA_DIR) / "audit_checkpoints.jsonl"


def _anchor(mark: AuditCheckpoint) -> None:
    """A lost line is no fault: the checkpoint itself stands. So a full disk stops nothing."""
    line = {"institution": mark.institution_id, "number": mark.number, "hash": mark.hash}
    line |= {"at": mark.at.isoformat(), "kid": mark.kid, "signature": mark.signature}
    log.info("audit checkpoint %s", json.dumps(line))
    try:
        with anchor_file().open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    except OSError:
        log.exception("the line about %s could not be kept", mark)


def anchors(path: Path | None = None) -> Iterator[Anchor]:
    """The lines that a host has kept; what cannot be read is left out. Nothing when there is no file."""
    try:
        text = (path or anchor_file()).read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            row = json.loads(line)
            yield Anchor(int(row["institution"]), int(row["number"]), str(row["hash"]))
        except (ValueError, KeyError, TypeError):
            log.warning("a line of %s cannot be read", path or anchor_file())
