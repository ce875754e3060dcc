"""Signed lists of evidence: what there was at a moment, provable without this system and its database."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from accounts import audit, signing_keys
from accounts.models import AuditEntry
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.evidence.chain import payload_of
from proctoring.models import EvidenceItem, EvidenceManifest, MonitoringSession
from proctoring.states import SESSION_ENDED

FORMAT = "proctor evidence manifest 1"
"""Stands in what is signed, so that a signature under something else fits no manifest."""
SIGNED = "evidence.manifest_signed"
"""Verb of the audit entry on the session."""
SETTLED = timedelta(minutes=15)
"""After the end of a session the last recordings still come."""
LOOKED_BACK = timedelta(days=14)
MOST_AT_ONCE = 20


def build(session: MonitoringSession, *, with_words: bool = False) -> dict[str, Any]:
    """The list of everything that was ever kept of a session; erased items stand in it by their hashes.

    `with_words`: what is said about recordings too, for a package; it could not be erased from a row.
    """
    session.refresh_from_db(fields=["evidence_hash", "evidence_count"])
    items = EvidenceItem._base_manager.filter(session_id=session.pk).order_by("sequence")
    return {
        "format": FORMAT,
        "institution": session.institution.slug,
        "session": str(session.public_id),
        "made_at": stamp(clock.now()),
        "chain": {"count": session.evidence_count, "head": session.evidence_hash},
        "custody": _custody_head(session),
        "items": [_entry(item, with_words) for item in items],
    }


def _entry(item: EvidenceItem, with_words: bool) -> dict[str, Any]:
    """One item. `payload`: what its hash covers; left out where that would say what may have to be erased."""
    entry: dict[str, Any] = {
        "number": item.sequence,
        "id": item.pk,
        "hash": item.hash,
        "previous_hash": item.previous_hash,
        "sha256": item.sha256,
        "size": item.size,
        "kind": str(item.kind),
        "captured_at": stamp(item.captured_at),
        "erased_at": stamp(item.erased_at) if item.erased_at else None,
    }
    payload = payload_of(item)
    # An erased item of the first form: its hash cannot be computed any more.
    computable = item.chain_version >= 2 or item.erased_at is None
    if computable and (with_words or "about" not in payload):
        entry["payload"] = {
            name: stamp(value) if isinstance(value, datetime) else value for name, value in payload.items()
        }
    if with_words and item.erased_at is None and item.chain_version >= 2:
        entry["about"], entry["about_salt"] = item.about, item.about_salt
    return entry


def _custody_head(session: MonitoringSession) -> dict[str, Any]:
    rows = AuditEntry._base_manager.filter(institution=session.institution, stream=audit.stream_of(session))
    last = rows.order_by("-sequence").first()
    return {"entries": last.sequence if last else 0, "head": last.hash if last else ""}


def stamp(moment: datetime) -> str:
    """As the chain writes moments: ISO 8601 with microseconds."""
    return moment.isoformat(timespec="microseconds")


def text_of(body: dict[str, Any]) -> str:
    """The text that is signed."""
    return json.dumps(body, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)


def sign(session: MonitoringSession) -> EvidenceManifest:
    """The signed manifest of the session as it is now; the one there is, when nothing was added since."""
    with transaction.atomic():
        body = build(session)
        found = EvidenceManifest._base_manager.filter(session=session, head=body["chain"]["head"]).first()
        if found is not None:
            return found
        text = text_of(body)
        kid, signature = signing_keys.sign(text.encode())
        manifest = EvidenceManifest._base_manager.create(
            institution=session.institution,
            session=session,
            count=body["chain"]["count"],
            head=body["chain"]["head"],
            body=text,
            kid=kid,
            signature=signature,
            made_at=datetime.fromisoformat(body["made_at"]),
        )
        detail = {"count": manifest.count, "head": manifest.head, "kid": kid}
        audit.record(session.institution, session, SIGNED, detail=detail)
    return manifest


def sign_due() -> int:
    """Signs sessions that ended a while ago and have evidence no manifest names yet; how many.

    Across institutions, some each time. Older ones get theirs with their first package.
    """
    now = clock.now()
    named = EvidenceManifest._base_manager.filter(session=OuterRef("pk"), head=OuterRef("evidence_hash"))
    due = MonitoringSession._base_manager.filter(
        ~Exists(named),
        state=SESSION_ENDED,
        ended_at__range=(now - LOOKED_BACK, now - SETTLED),
        evidence_count__gt=0,
        attempt__thrown_away_at=None,
    )
    done = 0
    for session in due.select_related("institution").order_by("ended_at")[:MOST_AT_ONCE]:
        with within(session.institution):
            try:
                sign(session)
            except IntegrityError:  # another process was faster
                continue
        done += 1
    return done


def first_problem(
    session: MonitoringSession, items: Sequence[EvidenceItem]
) -> tuple[EvidenceItem | None, str] | None:
    """What the session's signed manifests say against its rows: the first item that differs, and how."""
    heads = set()
    for manifest in EvidenceManifest._base_manager.filter(session_id=session.pk).order_by("pk"):
        problem = _problem_of(manifest, session, items)
        if problem is not None:
            return problem
        heads.add(manifest.head)
    entries = AuditEntry._base_manager.filter(institution=session.institution, verb=SIGNED)
    for entry in entries.filter(stream=audit.stream_of(session)).order_by("sequence"):
        if entry.detail.get("head") not in heads:
            return None, f"the manifest signed on {entry.at:%Y-%m-%d %H:%M} UTC is missing"
    return None


def _problem_of(
    manifest: EvidenceManifest, session: MonitoringSession, items: Sequence[EvidenceItem]
) -> tuple[EvidenceItem | None, str] | None:
    when = f"the manifest signed on {manifest.made_at:%Y-%m-%d %H:%M} UTC"
    if not signing_keys.verify(manifest.body.encode(), manifest.kid, manifest.signature):
        return None, f"{when} was altered, or its key {manifest.kid} is not known"
    body = json.loads(manifest.body)
    chain = body["chain"]
    said = (body["format"], body["session"], body["made_at"], chain["count"], chain["head"])
    here = (FORMAT, str(session.public_id), stamp(manifest.made_at), manifest.count, manifest.head)
    if said != here or manifest.institution_id != session.institution_id:
        return None, f"{when} belongs to something else"
    for place, entry in enumerate(body["items"]):
        if place >= len(items):
            return None, f"{when} names {len(body['items'])} items, but there are {len(items)}"
        if (items[place].pk, items[place].hash) != (entry["id"], entry["hash"]):
            return items[place], f"{when} has another item in this place"
    return None
