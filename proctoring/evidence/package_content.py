"""What lies in a package of a case: files in clear, who saw what, a page to read, and the signed list."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.template.loader import render_to_string

from accounts import signing_keys
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict
from proctoring.evidence import history, manifest, store
from proctoring.evidence.verify_package import FORMAT, MANIFEST, SIGNATURE
from proctoring.models import Case, CaseComment, EvidenceItem, Interview, Reading, SealedPackage

MOST_BYTES = 2_000_000_000
"""The server's disk holds a package twice while it is made."""
KEY_ADDRESS = "/evidence-key/"
STYLE = Path(__file__).with_name("package_style.css")
"""Of pages that people take away in a zip; it names no other file."""


def write(row: SealedPackage, file: IO[bytes], tell: Callable[[int, int], None]) -> dict[str, int]:
    """Writes the zip; the list comes last, because it names all the others. How many `items` and `erased`.

    One file at a time is in memory. `tell`: how many of how many are done. Raises Conflict (`altered`,
    `too_large`), and as `store.read`.
    """
    session = row.case.session
    manifest.sign(session)
    evidence = manifest.build(session, with_words=True)
    listed: list[dict[str, Any]] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:

        def add(path: str, data: bytes) -> None:
            archive.writestr(path, data)
            listed.append({"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()})

        paths = {}
        items = list(EvidenceItem.objects.filter(session=session, erased_at=None).order_by("sequence"))
        for done, item in enumerate(items, 1):
            data = store.read(item)
            if hashlib.sha256(data).hexdigest() != item.sha256:
                raise Conflict(f"Item {item.sequence} was altered; nothing is sealed.", code="altered")
            if file.tell() + len(data) > MOST_BYTES:
                raise Conflict("This case has more evidence than a package takes.", code="too_large")
            paths[item.sequence] = f"files/{item.sequence:04}-{item.kind}{Path(item.name).suffix}"
            add(paths[item.sequence], data)
            tell(done, len(items) + 1)
        for path, content in _papers(row):
            add(path, json.dumps(content, indent=1, ensure_ascii=False, default=str).encode())
        add("index.html", _page(row, evidence, paths).encode())
        add("style.css", STYLE.read_bytes())
        add("verify.py", Path(__file__).with_name("verify_package.py").read_bytes())
        for name, data in _signed(row, evidence, listed).items():
            archive.writestr(name, data)
    return {"items": len(items), "erased": len(evidence["items"]) - len(items)}


def _signed(row: SealedPackage, evidence: dict[str, Any], listed: list[dict[str, Any]]) -> dict[str, bytes]:
    kid, public = next(iter(signing_keys.public_keys().items()))
    text = manifest.text_of(
        {
            "format": FORMAT,
            "institution": row.institution.name,
            "case": row.case_id,
            "package": row.pk,
            "made_at": manifest.stamp(clock.now()),
            "made_by": row.made_by.name,
            "recipient": row.recipient,
            "reason": row.reason,
            "public_key": public,
            "key_address": f"{settings.BASE_URL}{KEY_ADDRESS}",
            "erased": sum(1 for item in evidence["items"] if item["erased_at"]),
            "files": listed,
            "evidence": evidence,
        }
    ).encode()
    kid, signature = signing_keys.sign(text)
    proof = {"algorithm": "Ed25519 (RFC 8032)", "kid": kid, "public_key": public, "signature": signature}
    return {MANIFEST: text, SIGNATURE: json.dumps(proof, indent=1).encode()}


def _papers(row: SealedPackage) -> Iterator[tuple[str, Any]]:
    case = row.case
    further = [case, *case.interviews.all()] if row.with_readings else [case]
    entries = history.entries_of(case.session, further)
    yield (
        "custody.json",
        [
            {
                "stream": each.stream,
                "sequence": each.sequence,
                "at": manifest.stamp(each.at),
                "actor": each.actor_id,
                "actor_name": each.actor.name if each.actor else "the server",
                "verb": each.verb,
                "detail": each.detail,
                "previous_hash": each.previous_hash,
                "hash": each.hash,
            }
            for each in entries
        ],
    )
    if row.with_readings:
        yield "readings.json", _readings(case)


def _readings(case: Case) -> dict[str, Any]:
    readings = Reading.objects.filter(case=case).select_related("reader").order_by("number")
    comments = CaseComment.objects.filter(case=case).select_related("author").order_by("pk")
    interviews = case.interviews.select_related("host").order_by("number")
    return {
        "verdict": case.verdict,
        "told": case.outcome_text,
        "decided_at": case.decided_at,
        "appeal": {"text": case.appeal_text, "told": case.appeal_outcome_text},
        "readings": [
            {
                "part": each.part,
                "reader": each.reader.name,
                "verdict": each.verdict,
                "reasons": each.reasons,
                "note": each.note,
                "finished_at": each.finished_at,
                "withdrawn_at": each.withdrawn_at,
            }
            for each in readings
        ],
        "comments": [{"author": each.author.name, "text": each.text} for each in comments],
        "interviews": [_interview(each) for each in interviews],
    }


def _interview(row: Interview) -> dict[str, Any]:
    return {
        "number": row.number,
        "state": row.state,
        "host": row.host.name,
        "reason": row.reason,
        "begins_at": row.begins_at,
        "minutes": row.minutes,
        "outcome": row.outcome,
        "outcome_text": row.outcome_text,
        "closing_text": row.closing_text,
        "closed_at": row.closed_at,
        "candidate_said": row.wish,
        "questions": list(
            row.questions.order_by("position").values(
                "asks", "paper_position", "question_text", "answer_text", "why", "notes"
            )
        ),
        "note": "That an interview did not take place proves nothing; what came of one is no verdict.",
    }


def _page(row: SealedPackage, evidence: dict[str, Any], paths: dict[int, str]) -> str:
    items = [{**item, "path": paths.get(item["number"], "")} for item in evidence["items"]]
    context = {
        "row": row,
        "items": items,
        "history": history.history_of(row.case.session),
        "public_key": next(iter(signing_keys.public_keys().values())),
        "key_address": f"{settings.BASE_URL}{KEY_ADDRESS}",
    }
    return render_to_string("proctoring/evidence_package.html", context)
