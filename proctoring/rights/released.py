"""Incidents and evidence of a case as its candidate sees them: nothing before the release."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import User
from proctor_site.kernel import clock
from proctoring.evidence import custody
from proctoring.evidence.sound_exhibits import Sound, played_by
from proctoring.models import Case, EvidenceItem, Incident, ReasonCode
from proctoring.models.evidence import HEARD, EvidenceKind
from proctoring.models.supervision import text_in_language
from proctoring.review.intervals import Figures
from proctoring.review.precision import figures_of_kinds
from proctoring.rights import wording

_PICTURES = (EvidenceKind.CAMERA_FRAME, EvidenceKind.SCREEN, EvidenceKind.SHOWN)
_AT_FIRST = 6
"""Pictures of one incident that are shown at once; the others are a click away."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One picture or film, and the address at which its candidate opens it for some minutes."""

    pk: int
    captured_at: datetime
    url: str
    words: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Exhibits:
    """What is kept about one thing. `more`: pictures beyond the first ones."""

    pictures: list[Exhibit]
    more: list[Exhibit]
    films: list[Exhibit]
    sounds: list[Sound]

    @property
    def is_empty(self) -> bool:
        return not (self.pictures or self.films or self.sounds)


@dataclass(frozen=True, slots=True)
class ShownIncident:
    """One incident in words. `measured`: what the program wrote down; `reviewed`: what people made of it;
    `precision`: how often people have found such incidents right."""

    incident: Incident
    found: str
    limits: str
    measured: str
    precision: str
    reviewed: str
    is_set_aside: bool
    exhibits: Exhibits


def is_released(case: Case | None) -> bool:
    """Whether the candidate may see incidents and evidence."""
    return case is not None and case.released_at is not None and case.released_at <= clock.now()


def incidents_of(case: Case, candidate: User, slug: str, renew_url: str) -> list[ShownIncident]:
    """All incidents of the released case in order of time; none before the release. Three queries."""
    if not is_released(case):
        return []
    rows = list(Incident.objects.filter(session=case.session_id).order_by("started_at", "pk"))
    items: dict[int, list[EvidenceItem]] = {}
    found = EvidenceItem.objects.filter(incident__in=[each.pk for each in rows], erased_at=None)
    for item in found.order_by("captured_at", "sequence"):
        items.setdefault(item.incident_id or 0, []).append(item)
    figures = figures_of_kinds(case.institution) if rows else {}
    return [
        ShownIncident(
            incident=each,
            found=wording.found_in_words(each.kind),
            limits=wording.limits_in_words(each.kind),
            measured=each.explanation,
            precision=wording.precision_in_words(figures.get(each.kind, Figures())),
            reviewed=wording.review_in_words(each.review_state, is_decided=case.decided_at is not None),
            is_set_aside=each.review_state == "dismissed",
            exhibits=_exhibits(items.get(each.pk, []), candidate, slug, renew_url),
        )
        for each in rows
    ]


def others_of(case: Case, candidate: User, slug: str, renew_url: str) -> Exhibits:
    """What was kept outside incidents: what a proctor asked to be shown, recordings of calls."""
    rows = EvidenceItem.objects.filter(session=case.session_id, incident=None, erased_at=None)
    items = rows.order_by("captured_at", "sequence") if is_released(case) else []
    return _exhibits(items, candidate, slug, renew_url)


def fresh_links(case: Case | None, candidate: User, slug: str) -> dict[str, list[dict[str, object]]]:
    """A fresh link to everything that the candidate may open, for pages whose links have expired."""
    if case is None or not is_released(case):
        return {"items": [], "sounds": []}
    rows = EvidenceItem.objects.filter(session=case.session_id, erased_at=None)
    items = list(rows.order_by("captured_at", "sequence"))
    links: list[dict[str, object]] = [
        {"id": each.pk, "url": custody.address_of(each.pk, candidate, slug)} for each in items
    ]
    sounds: list[dict[str, object]] = [
        {"id": each.pk, "url": each.url, "captions_url": each.captions_url}
        for each in played_by((item for item in items if item.kind in HEARD), candidate, slug)
    ]
    return {"items": links, "sounds": sounds}


def reasons_of(case: Case, language: str) -> list[str]:
    """Why it was decided so, in the words that the institution has for candidates: the coded reasons of those
    readings that came to the same verdict. Notes of readers are theirs and never shown."""
    if not case.verdict:
        return []
    codes: list[str] = []
    for reading in case.readings.filter(withdrawn_at=None, verdict=case.verdict).order_by("number"):
        codes += [each["code"] for each in reading.reasons if each["code"] not in codes]
    rows = ReasonCode.objects.filter(institution_id=case.institution_id, code__in=codes)
    texts = {each.code: text_in_language(each.texts, language)[0] for each in rows}
    return [texts[code] for code in codes if texts.get(code)]


def _exhibits(items: Iterable[EvidenceItem], candidate: User, slug: str, renew_url: str) -> Exhibits:
    kept = list(items)
    pictures = [_exhibit(each, candidate, slug) for each in kept if each.kind in _PICTURES]
    heard = played_by((each for each in kept if each.kind in HEARD), candidate, slug)
    films = [each for each in kept if each.kind in (EvidenceKind.SCREEN_CLIP, EvidenceKind.LIVE_VIDEO)]
    return Exhibits(
        pictures=pictures[:_AT_FIRST],
        more=pictures[_AT_FIRST:],
        films=[_exhibit(each, candidate, slug) for each in films],
        sounds=[replace(each, renew_url=renew_url) for each in heard],
    )


_WORDS = {
    EvidenceKind.CAMERA_FRAME: "Your camera",
    EvidenceKind.SCREEN: "Your screen",
    EvidenceKind.SHOWN: "What a proctor asked you to show",
    EvidenceKind.SCREEN_CLIP: "Film of your screen",
    EvidenceKind.LIVE_VIDEO: "Recorded while a proctor watched live",
}


def _exhibit(item: EvidenceItem, candidate: User, slug: str) -> Exhibit:
    return Exhibit(
        pk=item.pk,
        captured_at=item.captured_at,
        url=custody.address_of(item.pk, candidate, slug),
        words=_WORDS[EvidenceKind(item.kind)],
        seconds=float(item.about.get("seconds") or 0.0),
    )
