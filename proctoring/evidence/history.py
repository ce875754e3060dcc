"""Who saw, exported, sealed or erased what of a session's evidence, from the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts import audit
from accounts.models import AuditEntry
from proctoring.models import EvidenceItem, MonitoringSession

_WORDS = {
    "evidence.viewed": "looked at",
    "evidence.linked": "link made for another system",
    "evidence.found_altered": "found altered when it was to be looked at",
    "evidence.erased": "erased",
    "evidence.keys_destroyed": "key destroyed",
    "evidence.manifest_signed": "signed list made",
    "evidence.package_asked": "package asked for",
    "evidence.package_made": "package made",
    "evidence.package_downloaded": "package downloaded",
    "evidence.package_removed": "package removed, its time was over",
    "session.thrown_away": "thrown away with the practice attempt",
    "session.reference_viewed": "photo of check-in looked at",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry. `number`: the item's place in the chain; None: the session. `who` "": the server."""

    at: datetime
    who: str
    what: str
    number: int | None
    note: str


@dataclass(frozen=True, slots=True)
class History:
    """Newest first. `broken`: chains of the log in which something was altered or is missing."""

    deeds: tuple[Deed, ...]
    broken: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every chain that was read is as it was written."""
        return not self.broken


def history_of(session: MonitoringSession, item: EvidenceItem | None = None) -> History:
    """What happened to the evidence of a session, or to one item of it. Runs in the institution's scope."""
    items = [item] if item is not None else EvidenceItem.objects.filter(session=session).only("sequence")
    places: dict[str, int | None] = {audit.stream_of(each): each.sequence for each in items}
    places[audit.stream_of(session)] = None
    rows = AuditEntry.objects.filter(institution=session.institution, stream__in=places)
    found = rows.filter(verb__in=_WORDS).select_related("actor").order_by("-at", "-pk")
    deeds = [deed for deed in (_deed(row, places) for row in found) if _is_about(deed, item)]
    return History(tuple(deeds), tuple(_broken(session, places)))


def broken_chains(session: MonitoringSession) -> list[str]:
    """Chains of the log of a session and its items in which an entry was altered or is missing.

    That a whole chain is gone, or its end, shows in `verify_audit` alone.
    """
    items = EvidenceItem._base_manager.filter(session_id=session.pk).only("pk")
    return _broken(session, [audit.stream_of(each) for each in (session, *items)])


def _broken(session: MonitoringSession, streams: Iterable[str]) -> list[str]:
    rows = AuditEntry.objects.filter(institution=session.institution, stream__in=list(streams))
    touched = rows.values_list("stream", flat=True).distinct().order_by("stream")
    return [stream for stream in touched if audit.first_broken_entry(session.institution, stream)]


def entries_of(session: MonitoringSession, further: Iterable[Any] = ()) -> list[AuditEntry]:
    """The whole chains of the session, its items and further rows, as a package takes them along."""
    items = EvidenceItem.objects.filter(session=session).only("pk")
    streams = [audit.stream_of(each) for each in (session, *items, *further)]
    rows = AuditEntry.objects.filter(institution=session.institution, stream__in=streams)
    return list(rows.select_related("actor").order_by("stream", "sequence"))


def _deed(row: AuditEntry, places: dict[str, int | None]) -> Deed:
    detail: dict[str, Any] = row.detail
    note = str(detail.get("recipient") or detail.get("reason") or "")
    if row.verb == "evidence.erased":
        numbers = ", ".join(str(each[1]) for each in detail.get("items", []))
        note = f"items {numbers}; {note}"
    elif row.verb == "evidence.keys_destroyed":
        note = ", ".join(detail.get("classes", []))
    elif detail.get("small"):
        note = "small, in a list"
    who = (row.actor.name or row.actor.email) if row.actor else ""
    return Deed(row.at, who, _WORDS[row.verb], places[row.stream], note)


def _is_about(deed: Deed, item: EvidenceItem | None) -> bool:
    return item is None or deed.number == item.sequence or deed.what == "erased"
