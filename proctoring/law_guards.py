"""What the law does not let an institution do, in one place: each guard says why not, and its source.

They are asked at every way in (form, file, preset, copy, saving a policy by any code) and again when it
would be done (check-in, capture, comparison): country, kind and terms may change between (decision 0144).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts import law_refusals
from accounts.emotion_law import law_refusal
from accounts.models import Institution
from accounts.models.institution import InstitutionKind
from proctor_site.kernel.errors import Conflict, InvalidInput

_OFF = "off"
_BY_OPERATOR = (
    "Nothing the institution can do: kind and country decide, which the operator changes, with a reason."
)


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing the law may forbid. `fields`: the policy's fields that would do it, and when they would."""

    name: str
    title: str
    source: str
    changes: str
    """What would have to change for another answer."""
    why_not: Callable[[Institution], str]
    fields: tuple[str, ...] = ()


def why_not_room_scan(institution: Institution) -> str:
    """Why rooms and desks may not be asked for in this institution, in a sentence; "" where they may.

    Of institutions of education in the United States we do not know whether they are public; of those a
    federal court found such a scan an unreasonable search (Ogletree v. Cleveland State University, 2022).
    """
    if institution.kind == InstitutionKind.EDUCATION and institution.country == "US":
        return (
            "This is an institution of education in the United States, where a federal court found scans of "
            "students' rooms by a public university unreasonable (Ogletree v. Cleveland State University, "
            "2022)."
        )
    return ""


def why_not_biometrics(institution: Institution) -> str:
    """Why no face and no voice may be compared in this institution, in a sentence; "" where they may."""
    if not institution.human_check:
        return (
            "The institution says that no person checks whoever declines: without an equal way, agreeing to "
            "have face or voice compared would not be free (GDPR Articles 7(4) and 9(2)(a))."
        )
    if institution.biometric_release and institution.privacy_published_at is None:
        return (
            "A law that asks for a written release holds here, and the policy on keeping and deleting "
            "biometric data is not public yet (740 ILCS 14/15(a)); publish the privacy page first."
        )
    return ""


GUARDS = (
    Guard(
        "emotions",
        "Naming expressions (emotions)",
        "Regulation (EU) 2024/1689 (AI Act), Article 5(1)(f)",
        f"{_BY_OPERATOR} Never in an exam, in any case.",
        law_refusal,
    ),
    Guard(
        "biometrics",
        "Comparing faces and voices",
        "GDPR Articles 7(4) and 9(2)(a); Illinois BIPA, 740 ILCS 14/15(a) and (b)",
        "Let a person check whoever declines; where a written release is needed, publish the privacy page.",
        why_not_biometrics,
        ("reference_photo_required", "voice_enrolment"),
    ),
    Guard(
        "room_scan",
        "Asking to see room and desk",
        "Ogletree v. Cleveland State University, N.D. Ohio, 2022; Fourth Amendment",
        _BY_OPERATOR,
        why_not_room_scan,
        ("room_scan",),
    ),
)


FIELDS = tuple(field for guard in GUARDS for field in guard.fields)


def asked_for(policy: Any, field: str) -> bool:
    """Whether the policy's field would do what its guard is about."""
    value = getattr(policy, field)
    return value if isinstance(value, bool) else value != _OFF


def refusals(institution: Institution, policy: Any) -> list[tuple[Guard, str, str]]:
    """(guard, field, why not) of everything in the policy that the law does not let it do."""
    found = []
    for guard in GUARDS:
        wanted = [field for field in guard.fields if asked_for(policy, field)]
        if wanted and (why := guard.why_not(institution)):
            found += [(guard, field, why) for field in wanted]
    return found


def require_lawful(institution: Institution, policy: Any, *, way: str) -> None:
    """Raises InvalidInput `forbidden_by_law` naming the field, and notes the attempt, when one is refused."""
    for guard, field, why in refusals(institution, policy):
        law_refusals.note(institution, guard.name, why, way=way)
        raise InvalidInput(why, field=field, code="forbidden_by_law")


def require_biometrics(institution: Institution, *, way: str) -> None:
    """Raises Conflict `forbidden_by_law`, and notes it, where no face and no voice may be compared."""
    if why := why_not_biometrics(institution):
        law_refusals.note(institution, "biometrics", why, way=way)
        raise Conflict(why, code="forbidden_by_law")


def without_the_forbidden(institution: Institution, policy: Any) -> None:
    """Switches off in a policy in hand (a copy) what the law does not let it do; stores nothing."""
    for _, field, _ in refusals(institution, policy):
        setattr(policy, field, False if isinstance(getattr(policy, field), bool) else _OFF)
