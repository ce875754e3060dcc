"""Small copies of evidence pictures for lists: made when first asked for, sealed alike, and gone alike.

A small copy is no evidence: it stands in no chain, no manifest and no package, and what is decided rests on
the picture itself. To see it is a look all the same, and is logged as one.
"""

import hashlib
import logging
from contextlib import suppress
from importlib import import_module

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from proctor_site.kernel.errors import Conflict, Unavailable
from proctoring.evidence import keys, parts, store
from proctoring.models import EvidenceItem
from proctoring.models.evidence import EvidenceKind

log = logging.getLogger(__name__)
WIDTH = 192
"""Pixels: twice the width at which lists show it."""
KINDS = (EvidenceKind.CAMERA_FRAME, EvidenceKind.SCREEN)


def read(item: EvidenceItem) -> bytes:
    """The small copy as JPEG; it is made and kept where there is none yet.

    Raises as `store.read`, and Conflict (`altered`) when the picture is not the one that was stored.
    """
    name = parts.small_name_of(item.name)
    if item.erased_at is None and item.stored_at is not None:
        with suppress(Unavailable):  # not made yet; a store that is down is met again below
            if parts.exists("evidence", name):
                return keys.unseal(name, parts.whole("evidence", name))
    data = store.read(item)
    if hashlib.sha256(data).hexdigest() != item.sha256:
        raise Conflict("This file is not the one that was stored; it is not shown.", code="altered")
    # By name, and not at the start: a process that shows no picture loads no decoder.
    image = import_module("proctoring.vision.image")
    try:
        made: bytes = image.encode_thumbnail(image.decode(data), WIDTH)
    except image.ImageError:
        return data  # what no decoder here reads, a browser may
    if item.stored_at is not None:
        _keep(item, name, made)
    return made


def _keep(item: EvidenceItem, name: str, data: bytes) -> None:
    """Stores the copy; that it could not be stored costs the next one who looks some milliseconds."""
    sealed = keys.sealer_of(item.session).seal(keys.CLASS_OF[EvidenceKind(item.kind)], name, data)
    try:
        saved = storages["evidence"].save(name, ContentFile(sealed))
        # Two who looked at once, or an erasure meanwhile: nothing stays that no row leads to.
        still = EvidenceItem._base_manager.filter(pk=item.pk, erased_at=None).exists()
        if saved != name or not still:
            storages["evidence"].delete(saved)
    except Exception:  # noqa: BLE001  (each store has errors of its own)
        log.exception("a small copy of evidence item %s could not be kept", item.pk)
