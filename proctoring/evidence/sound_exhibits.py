"""Pieces of sound as pages play them: links of one viewer, the drawing, the words."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from proctoring.evidence import custody, sound_drawing, sounds
from proctoring.evidence.sound_drawing import Drawing
from proctoring.models import EvidenceItem, Incident
from proctoring.models.evidence import EvidenceKind


@dataclass(frozen=True, slots=True)
class Sound:
    """One piece for one viewer. `url` and `captions_url` are links of minutes, `renew_url` gives new ones.

    `text`: what is to be heard, in words. `lines`: what a provider wrote down, `(start, who and what)`.
    """

    pk: int
    captured_at: datetime
    url: str
    captions_url: str
    renew_url: str
    seconds: float
    text: str
    lines: tuple[tuple[float, str], ...]
    drawing: Drawing

    @property
    def pk_text(self) -> str:
        """The number for ids in templates, whose `add` joins texts only."""
        return str(self.pk)

    @property
    def marks_json(self) -> str:
        """The spans for the player: `[[start, end, label, is other], …]`."""
        return json.dumps([[mark.start, mark.end, mark.label, mark.is_other] for mark in self.drawing.marks])


def sounds_of(incident: Incident, viewer: User, slug: str) -> list[Sound]:
    """Every piece of an incident, in order of time."""
    items = EvidenceItem.objects.filter(incident=incident, kind=EvidenceKind.SOUND, erased_at=None)
    return played_by(items.order_by("captured_at", "sequence"), viewer, slug)


def played_by(items: Iterable[EvidenceItem], viewer: User, slug: str) -> list[Sound]:
    """The pieces with links for this viewer, in the order given."""
    return [_sound(item, viewer, slug) for item in items]


def _sound(item: EvidenceItem, viewer: User, slug: str) -> Sound:
    about: dict[str, Any] = item.about
    return Sound(
        pk=item.pk,
        captured_at=item.captured_at,
        url=custody.address_of(item.pk, viewer, slug),
        captions_url=custody.captions_address_of(item.pk, viewer, slug),
        renew_url=f"/i/{slug}/calls/{item.call_id}/recording/"
        if item.call_id is not None
        else f"/i/{slug}/incidents/{item.incident_id}/evidence/",
        seconds=about.get("seconds") or 0.0,
        text=about.get("text") or "recording",
        lines=tuple(
            (start, f"{label}, {sounds.clock(start)}: “{said}”")
            for start, _, label, said in about.get("lines", ())
        ),
        drawing=sound_drawing.draw(about),
    )
