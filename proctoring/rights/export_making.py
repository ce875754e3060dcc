"""Makes the ZIP file of a person's data: JSON by kind, files as they are, and a page that leads through it.

One row and one file at a time are in memory; what is not shown yet (an undecided review) is named, not given.
"""

import hashlib
import json
import secrets
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import storages
from django.db.models import BinaryField, ForeignKey, Model
from django.template.loader import render_to_string

from accounts.jobs.kinds import Progress, job_kind
from accounts.models import AuditEntry, Job, User
from exams.marking.shown import shown_to_candidate
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Refusal
from proctoring.evidence import keys, observed_minutes, store
from proctoring.evidence.package_content import STYLE
from proctoring.holds import Span
from proctoring.identity import document
from proctoring.identity import store as identity_store
from proctoring.incidents import heard_clips, observed
from proctoring.models import Case, Consent, DataClass, DataExport
from proctoring.rights import exports, requests
from proctoring.rights.kinds import KINDS
from proctoring.rights.register import Rows

WITHHELD = {
    "accounts.AuditEntry": "the log of the institution; who looked at your data stands in who_looked.json",
    "exams.Mark": "work of the markers; your result stands in released results",
    "exams.MarkChange": "work of the markers; your result stands in released results",
    "exams.RoundAnswer": "work of the markers; your result stands in released results",
    "exams.Reading": "work of the markers; your result stands in released results",
    "proctoring.CaseComment": "notes among the people who decide",
    "proctoring.CaseLook": "notes among the people who decide",
    "proctoring.InterviewQuestion": "notes among the people who decide; what came of it stands in Interview",
    "proctoring.DataKey": "keys are no information about you",
    "proctoring.PersonKey": "keys are no information about you",
    "proctoring.Reading": "notes among the people who decide; what was decided stands in the case",
    "proctoring.SealedPackage": "what was handed over is made of what stands here",
    "proctoring.ReportFile": "reports for staff, made of what stands here",
}
_ON_RELEASE = {
    "proctoring.Case",
    "proctoring.EvidenceItem",
    "proctoring.Incident",
    "proctoring.Interview",
    "proctoring.ObservationMinute",
    "proctoring.ObservedClip",
}
"""Given once people have released the case, or where there is none after the exam."""
_HIDDEN = {
    "connection",
    "hash",
    "institution",
    "journal_hash",
    "name",
    "photo_key",
    "photo_name",
    "previous_hash",
    "review_note",
    "stored_name",
    "token",
    "token_hash",
    "wrapped",
}
_SHOWN_NAMES = {"exams.AnswerFile"}
_SAID: dict[str, Any] = {
    "proctoring.ObservationMinute": lambda packed: [_seen(each) for each in observed.unpack(packed)],
    "proctoring.ObservedClip": lambda packed: heard_clips.in_words(heard_clips.unpack(packed)),
}
"""What detectors said stands encrypted in the row; given in plain values."""
_FILES: dict[str, Any] = {
    "proctoring.EvidenceItem": lambda row: store.read(row),
    "proctoring.ReferenceFace": lambda row: _photo(row),
    "proctoring.OfficerPhoto": lambda row: _photo(row),
    "proctoring.Showing": lambda row: _photo(row),
    "proctoring.DocumentCheck": lambda row: document.photo_of(row) if row.photo_name else b"",
    "exams.AnswerFile": lambda row: _stored("answer_files", row.stored_name),
}


@job_kind(exports.JOB, tries=3)
def carry_out(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Writes the file into a temporary one, and keeps it in the private store."""
    export = DataExport.objects.select_related("institution", "person").get(pk=job.arguments["export"])
    if export.made_at is not None:
        return {"size": export.size}
    with tempfile.TemporaryFile() as file:
        writer = _Writer(export, progress)
        writer.write(file)
        export.size, export.sha256 = file.tell(), _digest(file)
        file.seek(0)
        export.stored_name = _keep(export, file)
    export.made_at, export.missing = clock.now(), writer.missing
    export.expires_at = export.made_at + exports.KEPT_FOR
    export.save()
    return {"size": export.size, "missing": len(writer.missing)}


def _keep(export: DataExport, file: IO[bytes]) -> str:
    """Stores the file encrypted with the person's key; its name there."""
    name = f"{export.institution_id}/{export.public_id}-{secrets.token_hex(6)}.zip"
    sealer = keys.sealer_of_person(export.institution, export.person)
    with tempfile.TemporaryFile() as sealed:
        sealed.writelines(sealer.seal_file(DataClass.EXPORT, name, export.size, file))
        sealed.seek(0)
        saved = storages[exports.STORE].save(name, File(sealed))
    if saved != name:  # a sealed file opens under its own name alone
        storages[exports.STORE].delete(saved)
        raise OSError(f"the store wanted to call {name} {saved}")
    return name


class _Writer:
    """Writes one export. `missing`: what could not be read or is not given yet, each with its reason."""

    def __init__(self, export: DataExport, progress: Progress) -> None:
        self.export, self._progress = export, progress
        self.institution, self.person = export.institution, export.person
        self.missing: list[dict[str, str]] = []
        self._lines: list[dict[str, Any]] = []
        self._items: list[int] = []

    def write(self, file: IO[bytes]) -> None:
        spans = requests.spans_of(self.institution, self.person)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, kind in enumerate(KINDS.values()):
                self._progress.tell(number, len(KINDS) + 1)
                for rows in kind.rows:
                    self._write_rows(archive, kind.code, kind.label, rows, spans)
            self._write_json(archive, "account.json", iter([self._account()]))
            self._write_json(archive, "consents_with_notices.json", self._consents())
            self._write_json(archive, "who_looked.json", self._looks())
            page = render_to_string("proctoring/rights/export.html", self._page(spans))
            archive.writestr("index.html", page)
            archive.writestr("style.css", STYLE.read_bytes())
        file.seek(0, 2)

    def _write_rows(
        self, archive: zipfile.ZipFile, code: str, label: str, rows: Rows, spans: list[Span]
    ) -> None:
        if rows.model in WITHHELD:
            return
        name = f"{code}/{rows.model.split('.')[1]}.json"
        count = self._write_json(archive, name, self._shapes(rows, code, spans))
        for row in self._rows(rows, spans) if rows.model in _FILES else ():
            self._write_file(archive, code, rows.model, row)
        if count:
            self._lines.append({"label": label, "name": name, "count": count})

    def _rows(self, rows: Rows, spans: list[Span]) -> Iterator[Any]:
        if not (rows.session or rows.attempt):
            mine = rows.of_person(self.institution, self.person)
            yield from () if mine is None else mine.iterator(chunk_size=200)
            return
        for span in spans:
            found = rows.of_span(span)
            if found is None or not self._is_given(rows, span):
                continue
            yield from found.distinct().iterator(chunk_size=200)

    def _is_given(self, rows: Rows, span: Span) -> bool:
        if rows.model == "exams.ReleasedResult":
            return span.attempt is not None and shown_to_candidate(span.attempt) is not None
        if rows.model not in _ON_RELEASE or span.session is None:
            return True
        case = Case.objects.filter(session=span.session).first()
        if span.session.ended_at is not None and (case is None or case.released_at or case.decided_at):
            return True
        why = {"what": f"{rows.model.split('.')[1]} of {span}", "why": "people have not looked at it yet"}
        if why not in self.missing:
            self.missing.append(why)
        return False

    def _shapes(self, rows: Rows, code: str, spans: list[Span]) -> Iterator[dict[str, Any]]:
        for row in self._rows(rows, spans):
            if rows.model == "proctoring.EvidenceItem":
                self._items.append(row.pk)
            shape = self._shape(row, rows.model in _SHOWN_NAMES)
            if rows.model == "exams.Answer":
                shape["question"] = row.item.version.question.title
            if rows.model in _SAID:
                [packed] = observed_minutes.opened([row])
                shape["said"] = _SAID[rows.model](packed) if packed else None
            if rows.model in _FILES:
                shape["file"] = _file_name(code, rows.model, row)
            yield shape

    def _shape(self, row: Model, with_name: bool) -> dict[str, Any]:
        shape: dict[str, Any] = {}
        for field in row._meta.concrete_fields:
            if isinstance(field, BinaryField) or (
                field.name in _HIDDEN and not (with_name and field.name == "name")
            ):
                continue
            value = getattr(row, field.attname)
            if isinstance(field, ForeignKey) and field.related_model is User and value is not None:
                value = "you" if value == self.person.pk else "somebody who works on the exam"
            shape[field.name] = value
        return shape

    def _write_file(self, archive: zipfile.ZipFile, code: str, model: str, row: Any) -> None:
        name = _file_name(code, model, row)
        try:
            data = _FILES[model](row)
        except (Refusal, OSError) as error:
            self.missing.append({"what": name, "why": getattr(error, "message", "it could not be read")})
            return
        if data:
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), data)

    def _write_json(self, archive: zipfile.ZipFile, name: str, shapes: Iterator[dict[str, Any]]) -> int:
        """A list, written entry by entry; none where there is nothing."""
        first = next(shapes, None)
        if first is None:
            return 0
        count = 0
        with archive.open(name, "w", force_zip64=True) as out:
            out.write(b"[\n")
            while first is not None:
                count += 1
                out.write((",\n" if count > 1 else "").encode())
                out.write(json.dumps(first, default=str, ensure_ascii=False, indent=1).encode())
                first = next(shapes, None)
            out.write(b"\n]\n")
        return count

    def _account(self) -> dict[str, Any]:
        person = self.person
        return {"name": person.name, "email": person.email, "time_zone": person.time_zone}

    def _consents(self) -> Iterator[dict[str, Any]]:
        mine = Consent.objects.filter(institution=self.institution, candidate=self.person)
        for each in mine.select_related("notice").order_by("pk"):
            yield self._shape(each, False) | {"notice_text": each.notice.body}

    def _looks(self) -> Iterator[dict[str, Any]]:
        """When somebody opened own evidence; by whom is not told, only whether it was oneself."""
        for start in range(0, len(self._items), 200):
            streams = [f"evidenceitem:{key}" for key in self._items[start : start + 200]]
            entries = AuditEntry.objects.filter(institution=self.institution, stream__in=streams)
            for entry in entries.order_by("pk").iterator(chunk_size=200):
                who = "you" if entry.actor_id == self.person.pk else "somebody who works on the exam"
                yield {"at": entry.at, "what": entry.verb, "item": entry.stream, "who": who}

    def _page(self, spans: list[Span]) -> dict[str, Any]:
        return {
            "export": self.export,
            "person": self.person,
            "institution": self.institution,
            "lines": self._lines,
            "missing": self.missing,
            "withheld": sorted(set(WITHHELD.values())),
            "attempts": [span.attempt for span in spans if span.attempt is not None],
            "consents": list(self._consents()),
            "made_at": clock.now(),
        }


def _file_name(code: str, model: str, row: Any) -> str:
    own = getattr(row, "name", "") or getattr(row, "photo_name", "") or ".bin"
    ending = own.rsplit(".", 1)[-1] if "." in own else "bin"
    ending = ending if ending.isalnum() and len(ending) < 6 else "bin"
    return f"{code}/files/{model.split('.')[1].lower()}-{row.pk}.{ending}"


def _seen(frame: observed.SeenFrame) -> dict[str, Any]:
    """When, in which light, and what was seen: the many looks that saw nothing are left out."""
    seen = [each.to_json() for each in frame.observations if each.present and each.informative]
    return {"at": frame.at, "light": frame.light, "seen": seen}


def _photo(row: Any) -> bytes:
    return identity_store.read_unaltered(row.photo_name, row.photo_sha256) if row.photo_name else b""


def _stored(alias: str, name: str) -> bytes:
    with storages[alias].open(name) as file:
        return bytes(file.read())


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()
