"""The columns of the incident list: thumbnail, badges, times in words."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import format_html

from accounts.models import Institution, User
from accounts.zones import moment_in_words
from proctor_site.kernel import clock
from proctoring.browser.events import BrowserKind
from proctoring.evidence import custody
from proctoring.models import EvidenceItem, Incident
from proctoring.models.evidence import EvidenceKind
from proctoring.observations import SOUND_KINDS
from proctoring.review.blind import naming_in_list


def with_picture(rows: "QuerySet[Incident]") -> "QuerySet[Incident]":
    """Adds `shown_item`: the first evidence picture at or after the start, else the first one; and whether a
    recording `is_heard`."""
    kept = EvidenceItem.objects.filter(incident=OuterRef("pk"), erased_at=None)
    items = kept.filter(kind=EvidenceKind.CAMERA_FRAME).order_by("captured_at", "sequence")
    since = items.filter(captured_at__gte=OuterRef("started_at"))
    heard = kept.filter(kind=EvidenceKind.SOUND)
    return rows.annotate(
        is_heard=Exists(heard),
        shown_item=Coalesce(Subquery(since.values("pk")[:1]), Subquery(items.values("pk")[:1])),
    )


def thumbnail_for(viewer: User, here: Institution) -> Callable[[Incident], str]:
    """The thumbnail column for one viewer: the links in it are theirs and live for minutes."""
    name_of = naming_in_list(viewer, here)

    @admin.display(description="evidence")
    def thumbnail(incident: Any) -> str:
        if incident.shown_item is None:
            words = "recording" if incident.is_heard else "no picture"
            return format_html('<span class="no-thumbnail">{}</span>', words)
        return format_html(
            '<img class="thumbnail" src="{}" alt="{}" width="96" height="72" loading="lazy" '
            'data-incident="{}" data-item="{}">',
            custody.address_of(incident.shown_item, viewer, here.slug, small=True),
            f"{name_of(incident.session)}: {incident.get_kind_display()}",
            incident.pk,
            incident.shown_item,
        )

    return thumbnail


@admin.display(description="choose")
def box(incident: Incident) -> str:
    """Chooses it for the form above the list, which decides several at once."""
    words = f"Choose no. {incident.pk}: {incident.get_kind_display()}"
    markup = '<input type="checkbox" form="many-form" name="incident" value="{}" aria-label="{}">'
    return format_html(markup, incident.pk, words)


def candidate_for(viewer: User, here: Institution) -> Callable[[Incident], str]:
    """Whom it is about, as the viewer may know it."""
    name_of = naming_in_list(viewer, here)

    @admin.display(description="candidate")
    def candidate(incident: Incident) -> str:
        return name_of(incident.session)

    return candidate


@admin.display(description="sitting")
def sitting(incident: Incident) -> str:
    """In which sitting."""
    return str(incident.sitting or "none")


@admin.display(description="kind")
def kind(incident: Incident) -> str:
    """What was found."""
    return incident.get_kind_display()


@admin.display(description="severity")
def severity(incident: Incident) -> str:
    """The severity as a badge; the word says it, the colour only helps."""
    shown = badge(f"severity-{incident.severity}", incident.severity)
    return format_html("{} {}", shown, badge("advisory", "advisory")) if incident.advisory else shown


@admin.display(description="started")
def started(incident: Incident) -> str:
    """When it began, in the reader's zone."""
    return moment_in_words(incident.started_at, seconds=True)


@admin.display(description="duration")
def duration(incident: Incident) -> str:
    """How long it lasted, or has lasted so far."""
    if incident.ended_at is None:
        return f"{in_words(clock.now() - incident.started_at)}, going on"
    return in_words(incident.ended_at - incident.started_at)


@admin.display(description="found in")
def count(incident: Incident) -> str:
    """In how many pictures or recordings it was found, and how often it came back."""
    what = "recording" if incident.kind in SOUND_KINDS else "picture"
    if incident.kind in set(BrowserKind):
        what = "event"
    found = f"{incident.count} {what}{'' if incident.count == 1 else 's'}"
    if not incident.repeats:
        return found
    return f"{found}, came back {incident.repeats} time{'' if incident.repeats == 1 else 's'}"


@admin.display(description="review")
def review(incident: Incident) -> str:
    """What people have decided so far."""
    return badge(f"state-{incident.review_state}", incident.get_review_state_display())


def precision_for(words: Mapping[str, str]) -> Callable[[Incident], str]:
    """How often people here agreed with the detector of a flag; `words` by kind."""

    @admin.display(description="detector here")
    def precision(incident: Incident) -> str:
        return words.get(incident.kind, "no verdicts yet")

    return precision


COLUMNS = (sitting, kind, severity, started, duration, count, review)


def badge(look: str, text: str) -> str:
    """A badge of the review pages."""
    return format_html('<span class="badge {}">{}</span>', look, text)


def in_words(length: timedelta) -> str:
    """A length as "12 s", "3 min 5 s" or "1 h 2 min"."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"
