"""Which kinds of data an institution's policies bring about, what for, and how long each is kept.

Names, purposes and places come from the register of personal data, days from the periods that the nightly
deletion goes by: what the documents promise is what happens.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from accounts.models import Institution
from proctoring import keeping
from proctoring.analysis.recent import RECENT_S
from proctoring.models import Policy
from proctoring.models.policy import DetectorMode, StepMode
from proctoring.rights.kinds import KINDS
from proctoring.rights.register import Kind


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of the schedule: what it is, what for, where it lies, how long."""

    what: str
    purpose: str
    where: str
    period: str
    is_biometric: bool = False


_BIOMETRIC = frozenset({"face_templates", "voices"})


def _turns_heads(policy: Policy) -> bool:
    return policy.camera_required and (
        policy.looking_away != DetectorMode.OFF or policy.liveness != StepMode.OFF
    )


def _compares_faces(policy: Policy) -> bool:
    return policy.camera_required and policy.reference_photo_required


def _has_camera(policy: Policy) -> bool:
    return policy.camera_required


_ONLY_WHERE: Mapping[str, Callable[[Policy], bool]] = {
    "camera_pictures": _has_camera,
    "sound": lambda policy: policy.listens,
    "screen": lambda policy: policy.shares_screen,
    "live_recordings": lambda policy: policy.records_live,
    "shown_pictures": lambda policy: policy.scans_rooms or policy.asks_photo_again,
    "calls": lambda policy: settings.LIVE_PROVIDER != "off",
    "face_templates": _compares_faces,
    "voices": lambda policy: policy.enrols_voices,
    "head_movements": _turns_heads,
    "documents": lambda policy: policy.document != StepMode.OFF,
    "identity_checks": _has_camera,
    "consents": _has_camera,
    "observations": _has_camera,
    "measures": _has_camera,
    "messages": lambda policy: policy.chat,
    "officer_photos": _compares_faces,
}
"""Kinds that only some policies bring about; every other kind is always there."""


def rows(institution: Institution, found: Sequence[Policy]) -> list[Kept]:
    """The schedule, in the order of the register; first what is never stored. Within the scope."""
    days = keeping.days_in(institution)
    used = [kind for kind in KINDS.values() if _is_used(kind.code, found)]
    return [*_never_stored(found), *(_row(kind, days[kind.code], found) for kind in used)]


def _is_used(code: str, found: Sequence[Policy]) -> bool:
    brings = _ONLY_WHERE.get(code)
    return brings is None or any(brings(policy) for policy in found)


def _row(kind: Kind, days: int | None, found: Sequence[Policy]) -> Kept:
    what = f"{kind.label}: {kind.what[0].lower()}{kind.what[1:]}"
    return Kept(what, kind.basis, kind.where, _period(kind, days, found), kind.code in _BIOMETRIC)


def _period(kind: Kind, days: int | None, found: Sequence[Policy]) -> str:
    if days is None:
        return f"as long as there is the account. {kind.kept_why}".strip()
    text = f"{keeping.in_words(days)} from {kind.counts_from.value}"
    if kind.code in _BIOMETRIC:
        return f"until agreement is withdrawn; at most {text}"
    if kind.code == "documents":
        sooner = max(each.document_days for each in found if each.document != StepMode.OFF)
        return f"at most {keeping.in_words(sooner)} after the decision; what was decided, {text}"
    if kind.code == "officer_photos":
        return f"{keeping.in_words(settings.OFFICER_PHOTO_DAYS)} unused; at most {text}"
    return text


def _never_stored(found: Sequence[Policy]) -> list[Kept]:
    seen = [each for each in found if each.camera_required]
    nowhere = "memory of the server"
    lines = []
    if seen:
        gone = f"never stored; gone after some {RECENT_S:.0f} seconds"
        lines.append(
            Kept("Camera pictures in which nothing is pointed out", "Finding incidents", nowhere, gone)
        )
    if any(each.shows_live for each in seen):
        ends = (
            "recorded while watched, see there" if any(each.records_live for each in seen) else "never stored"
        )
        lines.append(
            Kept("Live video", "A proctor looks in; who watched whom is written down", nowhere, ends)
        )
    return lines
