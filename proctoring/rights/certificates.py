"""Proof of deletion: what one run or one erasure deleted, signed with the operator's key. It names nobody."""

import hashlib
import json
from typing import Any

from accounts import audit, signing_keys
from accounts.models import Institution, User
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring.models import DeletionCertificate, ErasureRequest, MonitoringSession, RetentionRun
from proctoring.models.rights import DeletionCause
from proctoring.rights.kinds import KINDS

PURPOSE = "proctor deletion certificate 1"
"""Stands in what is signed, so that no other signature of the key fits."""
MOST_HEADS = 500


def make(
    institution: Institution,
    *,
    subject: RetentionRun | ErasureRequest | Attempt | MonitoringSession,
    counts: dict[str, int],
    heads: dict[str, str],
    keys: list[str],
    kept: list[dict[str, str]] | None = None,
    not_deleted: int = 0,
    actor: User | None = None,
) -> DeletionCertificate:
    """Writes and signs the certificate, in the caller's transaction. An attempt: of practice, thrown away; a
    session: deleted by the system that had started it."""
    made_at = clock.now()
    row = DeletionCertificate(institution=institution, made_at=made_at)
    person = None
    if isinstance(subject, RetentionRun):
        row.cause, row.run, of = DeletionCause.RETENTION, subject, f"night {subject.night}"
    elif isinstance(subject, ErasureRequest):
        row.cause, row.request, of = DeletionCause.PERSON, subject, f"erasure request {subject.pk}"
        person = subject.person_id
    elif isinstance(subject, MonitoringSession):
        row.cause, of = DeletionCause.SESSION, f"session {subject.pk}"
        person = subject.candidate_id
    else:
        row.cause, of = DeletionCause.PRACTICE, f"practice attempt {subject.pk}"
        person = subject.enrolment.candidate_id
    row.content = {
        "purpose": PURPOSE,
        "certificate": str(row.public_id),
        "institution": institution.pk,
        "cause": row.cause,
        "of": of,
        "person": person,
        "made_at": made_at.isoformat(),
        "deleted": counts,
        "not_deleted": not_deleted,
        "kept": [each["kind"] for each in kept or []],
        "kept_why": {each["kind"]: f"{each['label']}: {each['why']}" for each in kept or []},
        "keys_destroyed": sorted(keys),
        "chain_heads": dict(sorted(heads.items())[:MOST_HEADS]),
        "chain_heads_count": len(heads),
        "chain_heads_sha256": _digest_of(heads),
    }
    signed = bytes_of(row.content)
    row.sha256 = hashlib.sha256(signed).hexdigest()
    row.key_id, row.signature = signing_keys.sign(signed)
    row.save(force_insert=True)
    detail = {"certificate": str(row.public_id), "sha256": row.sha256}
    audit.record(institution, subject, "deletion.certified", actor=actor, detail=detail)
    return row


def bytes_of(content: dict[str, Any]) -> bytes:
    """The bytes that are signed: JSON, keys sorted, no white space, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def problem_of(row: DeletionCertificate) -> str:
    """What is wrong with a certificate, in words; empty when content, hash and signature fit together."""
    signed = bytes_of(row.content)
    if hashlib.sha256(signed).hexdigest() != row.sha256:
        return "Its content was altered after it was signed."
    if row.content.get("certificate") != str(row.public_id) or row.content.get("purpose") != PURPOSE:
        return "It is the content of another certificate."
    if row.content.get("institution") != row.institution_id:
        return "It was made for another institution."
    if not signing_keys.verify(signed, row.key_id, row.signature):
        return f"The signature does not fit, or the key {row.key_id} is not known here."
    return ""


def lines_of(content: dict[str, Any]) -> list[tuple[str, int]]:
    """What was deleted, in words, with its number."""
    deleted: dict[str, int] = content["deleted"]
    return [(KINDS[code].label if code in KINDS else code, number) for code, number in deleted.items()]


def _digest_of(heads: dict[str, str]) -> str:
    text = "\n".join(f"{name} {head}" for name, head in sorted(heads.items()))
    return hashlib.sha256(text.encode()).hexdigest()
