"""Who may open evidence, by which link, and whether anything was altered since it was stored."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import rules
from django.core.cache import cache
from django.db.models import Q

from accounts import audit, signed_links
from accounts.models import AuditEntry, User
from accounts.permissions import roles_of
from exams.delivery.throwing_away import was_announced
from proctor_site.kernel import chains, clock
from proctor_site.kernel.byte_ranges import wanted_bytes
from proctor_site.kernel.errors import Conflict, NotAllowed, NotFound, Unavailable
from proctoring.evidence import manifest, small, store
from proctoring.evidence.chain import about_fits, payload_of
from proctoring.models import Case, EvidenceItem, MonitoringSession
from proctoring.models.evidence import HEARD, EvidenceKind
from proctoring.permissions import may_see_incidents

_PLAYED = (*HEARD, EvidenceKind.SCREEN_CLIP, EvidenceKind.LIVE_VIDEO)
"""Browsers fetch these in parts."""
_UNREADABLE = {
    "altered": "its file was altered",
    "key_altered": "the key of its file was altered",
    "erased": "its key was destroyed, but it is not marked as erased",
}
LINK_LIFETIME = timedelta(minutes=10)
THROWN_AWAY = "session.thrown_away"
"""Verb of the audit entry with which the evidence of a practice session ends."""
_SALT = "proctoring.evidence.link"


@dataclass(frozen=True, slots=True)
class OpenedEvidence:
    """A file that its viewer may see now, or the bytes `first` to `last` of it.

    `status`: as of HTTP; 206: a part, 416: there is no such part.
    """

    item: EvidenceItem
    data: bytes
    content_type: str
    first: int
    last: int
    status: int


@dataclass(frozen=True, slots=True)
class Break:
    """The first item of a session that does not fit, and what is wrong with it in plain words.

    `item` None: the chain's head on the session does not fit its last item.
    """

    item: EvidenceItem | None
    problem: str


def make_link(item_id: int, viewer: User) -> str:
    """A signed ticket for one file and one viewer, good for `LINK_LIFETIME`; the value of `?link=`."""
    return signed_links.make(_SALT, [item_id], viewer)


def note_link(item: EvidenceItem, viewer: User) -> str:
    """The same for who reads without a page of ours: that the link was made is logged too."""
    audit.record(
        item.institution, item, "evidence.linked", actor=viewer, detail={"incident": item.incident_id}
    )
    return make_link(item.pk, viewer)


def address_of(item_id: int, viewer: User, slug: str, *, small: bool = False) -> str:
    """The address at which the viewer opens the file; `small`: a copy of a picture for lists."""
    address = f"/i/{slug}/evidence/{item_id}/?link={make_link(item_id, viewer)}"
    return f"{address}&size=small" if small else address


def captions_address_of(item_id: int, viewer: User, slug: str) -> str:
    """The address of the captions of a recording; its ticket is that of the file."""
    return f"/i/{slug}/evidence/{item_id}/captions/?link={make_link(item_id, viewer)}"


def with_links(payload: Mapping[str, Any], viewer: User, slug: str) -> dict[str, Any]:
    """An event's payload with an address in each evidence entry, made for this viewer at this moment."""
    addressed = dict(payload)
    for name in ("evidence", "sounds", "screens", "screen_clips", "live_clips"):
        entries = payload.get(name)
        if isinstance(entries, list):
            addressed[name] = [{**entry, "url": address_of(entry["id"], viewer, slug)} for entry in entries]
    return addressed


def open_for(item_id: int, link: str, viewer: User, header: str = "") -> OpenedEvidence:
    """The file, or the part that a `Range` header asks for, after the checks of `find_for`.

    A whole file is checked against its hash; a part by the seal of its pieces, which alone are read and
    decrypted. Each view is logged; of a recording once for each link: browsers fetch it in many parts.
    Raises besides Conflict (`altered`) and Unavailable.
    """
    item = find_for(item_id, link, viewer)
    is_played = item.kind in _PLAYED
    first, last, status = wanted_bytes(header if is_played else "", item.size)
    if status == 416:
        return OpenedEvidence(item, b"", item.content_type, first, last, status)
    part = store.read_part(item, first, last) if status == 206 else None
    data = _read_whole(item, viewer) if part is None else part
    if not is_played:
        _log_view(item, viewer)
    elif not cache.get(known := f"evidence-heard:{hashlib.sha256(link.encode()).hexdigest()}"):
        _log_view(item, viewer)
        cache.set(known, True, LINK_LIFETIME.total_seconds())  # after the entry: rather twice than never
    if part is None and status == 206:
        data = data[first : last + 1]
    return OpenedEvidence(item, data, item.content_type, first, last, status)


def read_for(item: EvidenceItem, viewer: User) -> bytes:
    """A whole file for somebody whose right its caller has checked; logged. Raises Conflict, Unavailable."""
    data = _read_whole(item, viewer)
    _log_view(item, viewer)
    return data


def _read_whole(item: EvidenceItem, viewer: User) -> bytes:
    data = store.read(item)
    if hashlib.sha256(data).hexdigest() != item.sha256:
        audit.record(item.institution, item, "evidence.found_altered", actor=viewer)
        raise Conflict("This file is not the one that was stored; it is not shown.", code="altered")
    return data


def _log_view(item: EvidenceItem, viewer: User, **more: bool) -> None:
    about: dict[str, Any] = {"incident": item.incident_id, **more}
    if item.call_id is not None:
        about["call"] = item.call_id
    audit.record(item.institution, item, "evidence.viewed", actor=viewer, detail=about)


def open_small_for(item_id: int, link: str, viewer: User) -> OpenedEvidence:
    """The small copy of a picture, after the same checks; what is no picture is opened whole.

    It shows the person and what happened, so each is a view in the log as well, marked as a small one.
    """
    item = find_for(item_id, link, viewer)
    if item.kind not in small.KINDS:
        return open_for(item_id, link, viewer)
    data = small.read(item)
    _log_view(item, viewer, small=True)
    return OpenedEvidence(item, data, "image/jpeg", 0, len(data) - 1, 200)


def find_for(item_id: int, link: str, viewer: User) -> EvidenceItem:
    """The item, after the checks of link, right and tenancy.

    Must run inside the scope of the institution in the address. Raises NotAllowed (`link_expired`,
    `link_invalid`, `not_allowed`) and NotFound (no such item in this institution).
    """
    signed_links.check(link, _SALT, [item_id], viewer, lifetime=LINK_LIFETIME, noun="file")
    item = (
        EvidenceItem.objects.filter(pk=item_id)
        .select_related("institution", "incident__sitting", "session__sitting")
        .first()
    )
    if item is None:
        raise NotFound("There is no such evidence here.")
    if not is_own_and_released(item, viewer) and not _may_see_as_staff(item, viewer):
        raise NotAllowed("You may not see this evidence.")
    return item


def is_own_and_released(item: EvidenceItem, viewer: User) -> bool:
    """Whether it was captured of the viewer, and people have released it to them (`Case.released_at`)."""
    if item.session.candidate_id != viewer.pk or not roles_of(viewer, item.institution):
        return False
    return Case.objects.filter(session_id=item.session_id, released_at__lte=clock.now()).exists()


def _may_see_as_staff(item: EvidenceItem, viewer: User) -> bool:
    sitting = item.incident.sitting if item.incident else item.session.sitting
    # Not User.has_perm: accounts of tokens are inactive, but have the roles of the call.
    may_view = bool(rules.has_perm("proctoring.view_evidence", viewer, item))
    return may_view and may_see_incidents(viewer, sitting, item.institution)


def first_broken(session: MonitoringSession, *, check_files: bool = True) -> Break | None:
    """The first item of the session's evidence that was altered, removed or exchanged; None: all is whole.

    Reads every file unless `check_files` is off. A store that does not answer raises Unavailable: what could
    not be read was not proved. What was thrown away as announced is whole when nothing of it is left; an
    erased item is whole when the audit log names it and nothing of it is left.
    """
    items = list(EvidenceItem._base_manager.filter(session_id=session.pk).order_by("sequence"))
    if is_thrown_away(session):
        if items:
            return Break(items[0], "it is left, although the attempt was thrown away")
        return None if _was_announced(session) else Break(None, "it was emptied without a true audit entry")
    announced = _announced_erasures(session) if any(item.erased_at for item in items) else {}
    last = chains.GENESIS
    for item in items:
        problem = (
            _record_problem(item, last, session)
            or _erasure_problem(item, announced, check_files)
            or (_file_problem(item) if check_files and item.erased_at is None else "")
        )
        if problem:
            return Break(item, problem)
        last = item.hash
    session.refresh_from_db(fields=["evidence_hash", "evidence_count"])
    if (session.evidence_hash, session.evidence_count) != (last, len(items)):
        return Break(
            None, f"the session counts {session.evidence_count} items, but {len(items)} fit the chain"
        )
    told = manifest.first_problem(session, items)
    return Break(*told) if told else None


def _record_problem(item: EvidenceItem, last: str, session: MonitoringSession) -> str:
    if item.institution_id != session.institution_id:
        return "its record belongs to another institution than its session"
    if item.previous_hash != last or not (
        chains.link_hash(last, payload_of(item)) == item.hash or _lost_its_words(item)
    ):
        return "its record was altered, or the one before it is missing"
    return "" if about_fits(item) else "what is said about it was altered"


def _lost_its_words(item: EvidenceItem) -> bool:
    """An erased item of the first form: its hash covered `about` itself. The audit log knows the hash."""
    return item.erased_at is not None and item.chain_version < 2


def _erasure_problem(item: EvidenceItem, announced: Mapping[int, tuple[int, str]], check_files: bool) -> str:
    if item.erased_at is None:
        return "it is not marked as erased, but the audit log says so" if item.pk in announced else ""
    if announced.get(item.pk) != (item.sequence, item.hash):
        return "it was erased without a true audit entry that names it"
    if check_files and store.is_left(item):
        return "its file is left, although it was erased"
    return ""


def _announced_erasures(session: MonitoringSession) -> dict[int, tuple[int, str]]:
    """Place and hash of the items that the session's audit log names as erased; none if it is not whole."""
    stream = audit.stream_of(session)
    if audit.first_broken_entry(session.institution, stream) is not None:
        return {}
    rows = AuditEntry._base_manager.filter(institution=session.institution, stream=stream, verb=store.ERASED)
    return {number: (place, digest) for row in rows for number, place, digest in row.detail.get("items", [])}


def is_thrown_away(session: MonitoringSession) -> bool:
    """Whether the session belongs to a practice attempt that was thrown away."""
    return session.attempt is not None and session.attempt.thrown_away_at is not None


def _was_announced(session: MonitoringSession) -> bool:
    """An empty shell proves nothing by itself: the audit log has to name the very head that it shows."""
    stream = audit.stream_of(session)
    rows = AuditEntry.objects.filter(institution=session.institution, stream=stream, verb=THROWN_AWAY)
    entry = rows.order_by("-sequence").first()
    if entry is None or audit.first_broken_entry(session.institution, stream) is not None:
        return False
    said = (entry.detail["evidence_hash"], entry.detail["evidence_count"])
    assert session.attempt is not None  # `is_thrown_away`
    return said == (session.evidence_hash, session.evidence_count) and was_announced(session.attempt)


def _file_problem(item: EvidenceItem) -> str:
    try:
        data = store.read(item)
    except Unavailable:
        if store.is_missing(item):
            return "its file is missing"
        raise
    except (Conflict, NotFound) as refusal:
        return _UNREADABLE[refusal.code]
    if len(data) != item.size or hashlib.sha256(data).hexdigest() != item.sha256:
        return "its file was altered"
    return ""


def sessions_with_evidence(institution_id: int | None = None) -> "list[MonitoringSession]":
    """Sessions to verify, oldest first; of one institution or of all."""
    mine = Q(institution_id=institution_id) if institution_id is not None else Q()
    rows = MonitoringSession._base_manager.filter(
        mine & (Q(evidence_count__gt=0) | Q(evidence__isnull=False))
    )
    return list(rows.select_related("institution", "attempt__enrolment__sitting").distinct().order_by("pk"))
