"""Carries out a granted erasure: span by span, then what hangs on the person, then the name itself."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Job
from accounts.transitions import apply_move, lock
from exams.models import Enrolment, Roster
from proctor_site.kernel import clock
from proctoring import holds, states
from proctoring.evidence import derived
from proctoring.holds import Span
from proctoring.models import DataExport, ErasureRequest, LiveEvent, PhotoUpload
from proctoring.rights import answers, certificates, erasers, free_text, nameless, requests
from proctoring.rights import spans as spans_
from proctoring.rights.kinds import KINDS
from proctoring.rights.register import Erasing, Kind

TEXTS_LEFT = (
    "Comments and notes of people who work on exams, in which your name, address or number stands. They "
    "prove what was decided and why (GDPR Art. 17(3)(e)), or speak of somebody else of that name."
)
_LISTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Roster, ("rows", "outcomes")),
    (PhotoUpload, ("rows", "table", "unnamed_files")),
    (LiveEvent, ("payload",)),
    (Job, ("title", "arguments", "result", "reason")),
)
"""Columns into which the product itself copies names and addresses of many people."""


@job_kind(requests.JOB)
def carry_out(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Erases; each part is a transaction of its own, and a second try goes on where the first one stopped."""
    rows = ErasureRequest.objects.select_related("institution", "person", "decided_by")
    request = rows.get(pk=job.arguments["request"])
    if request.state != states.ERASURE_GRANTED:
        return {"erased": request.counts}
    requests.require_free(request.institution, request.person)
    spans = requests.spans_of(request.institution, request.person)
    for number, span in enumerate(spans):
        progress.tell(number, len(spans) + 2)
        with transaction.atomic():
            _erase_span(request, span)
    progress.tell(len(spans), len(spans) + 2)
    with transaction.atomic():
        _erase_of_person(request, job.arguments.get("texts", []))
    progress.tell(len(spans) + 1, len(spans) + 2)
    person = request.person
    told = answers.Recipient(person.name, person.email)
    with transaction.atomic():
        _finish(request)
        answers.have_told(request, told)
    return {"erased": request.counts}


def _goes(kind: Kind, request: ErasureRequest) -> bool:
    return not kind.kept_why or (request.with_records and kind.code == requests.RECORDS)


def _erase_span(request: ErasureRequest, span: Span) -> None:
    lock(span.session or span.attempt)  # type: ignore[arg-type]
    holds.require_free(span)  # asked again under the lock: a hold may have come since it was granted
    erasing = _erasing(request, span)
    going = [kind for kind in KINDS.values() if _goes(kind, request)]
    for code, number in spans_.erase(span, erasing, going).items():
        _count(request, code, number)
    _note(request, erasing)


def _erase_of_person(request: ErasureRequest, texts: list[str]) -> None:
    institution, person = request.institution, request.person
    erasing = _erasing(request, None)
    for code, kind in KINDS.items():
        for rows in kind.rows if _goes(kind, request) else ():
            found = rows.of_person(institution, person)
            if found is not None:
                _count(request, code, rows.remove(found, erasing))
    exports = DataExport.objects.filter(institution=institution, person=person)
    _count(request, "rights_records", erasers.stored("exports", "stored_name")(exports, erasing))
    erasers.all_keys(erasing, person)
    now = clock.now()
    Enrolment.objects.filter(institution=institution, candidate=person, withdrawn_at=None).update(
        withdrawn_at=now
    )
    _cut_out_of_lists(request)
    request.texts = free_text.cut(institution, person, texts)
    request.save(update_fields=["texts"])
    _note(request, erasing)


def _cut_out_of_lists(request: ErasureRequest) -> None:
    derived.drop_exported_lists(request.institution)  # whole files; they are made anew in a minute
    needles = nameless.needles_of(request.institution, request.person)
    for model, columns in _LISTS:
        rows = model.objects.filter(institution=request.institution).only("pk", *columns)
        for row in rows.iterator(chunk_size=200):
            changed = {}
            for column in columns:
                before = getattr(row, column)
                after = nameless.without(before, needles)
                if after != before:
                    changed[column] = after
            if changed:
                model.objects.filter(pk=row.pk).update(**changed)


def _finish(request: ErasureRequest) -> None:
    lock(request, "institution", "person", "decided_by")
    kept = [
        {"kind": line.kind.code, "label": line.kind.label, "why": line.kept_why}
        for line in requests.preview(request.institution, request.person, with_records=request.with_records)
        if line.kept_why
    ]
    left = sum(not each["cut"] for each in request.texts)
    if left:
        kept.append({"kind": "texts", "label": f"Words of others ({left})", "why": TEXTS_LEFT})
    certificates.make(
        request.institution,
        subject=request,
        counts=request.counts,
        heads=request.heads,
        keys=request.keys,
        kept=kept,
        actor=request.decided_by,
    )
    values = {"kept": kept, "words": "", "finished_at": clock.now()}
    apply_move(request, states.ERASURE, "finish", actor=None, values=values)
    nameless.leave(request.institution, request.person)


def _erasing(request: ErasureRequest, span: Span | None) -> Erasing:
    return Erasing(request.institution, request.decided_by, f"erasure request {request.pk}", span)


def _count(request: ErasureRequest, code: str, number: int) -> None:
    if number:
        request.counts[code] = request.counts.get(code, 0) + number


def _note(request: ErasureRequest, erasing: Erasing) -> None:
    request.heads = request.heads | erasing.heads
    request.keys = [*request.keys, *erasing.keys]
    request.save(update_fields=["counts", "heads", "keys"])
