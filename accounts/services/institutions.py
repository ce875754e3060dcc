"""Changes what an institution's admin decides: name, time zone, language, and the second-factor rule."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit, law_refusals
from accounts.emotion_law import law_refusal
from accounts.models import Institution, User
from accounts.origins import clean_secure
from accounts.permissions import roles_of
from accounts.roles import Role
from accounts.tenancy import within
from proctor_site.kernel.errors import InvalidInput, NotAllowed


def check_fields(institution: Institution) -> None:
    """Raises InvalidInput naming the first field that is wrong."""
    try:
        institution.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        field, reasons = next(iter(error.message_dict.items()))
        raise InvalidInput(" ".join(reasons), field=field) from error


def change_settings(
    institution: Institution,
    *,
    actor: User,
    name: str,
    time_zone: str,
    language: str,
    requires_second_factor: bool,
    allows_emotions: bool = False,
    capture_origins: Iterable[str] | None = None,
) -> list[str]:
    """Stores the settings and returns the names of those that changed. Raises NotAllowed, InvalidInput.

    `capture_origins`: pages of other systems that may send captures; None leaves them.
    """
    if Role.ADMIN not in roles_of(actor, institution):
        raise NotAllowed("Only an institution admin can change these settings.")
    wanted: dict[str, Any] = {
        "name": " ".join(name.split()),
        "time_zone": time_zone,
        "language": language,
        "requires_second_factor": requires_second_factor,
        "allows_emotions": allows_emotions,
    }
    if capture_origins is not None:
        wanted["capture_origins"] = clean_secure(capture_origins)
    _refuse_against_law(institution, allows_emotions)
    with within(institution), transaction.atomic():
        kept = Institution.objects.select_for_update().get(pk=institution.pk)
        changes = {
            field: {"from": getattr(kept, field), "to": value}
            for field, value in wanted.items()
            if getattr(kept, field) != value
        }
        for field, value in wanted.items():
            setattr(kept, field, value)
        check_fields(kept)
        if changes:
            kept.save(update_fields=list(changes))
            audit.record(kept, kept, "institution.changed", actor=actor, detail=changes)
    for field, value in wanted.items():
        setattr(institution, field, value)
    return list(changes)


def change_law(
    institution: Institution, *, kind: str = "", country: str = "", reason: str, actor: User | None = None
) -> list[str]:
    """For the operator: what the institution is and where (empty: as it is); audited with the reason.

    Where the law then forbids to read emotions, the institution's own switch goes off too. Returns the names
    of the fields that changed. Raises InvalidInput naming the field.
    """
    if not reason.strip():
        raise InvalidInput("Say why this is changed.", field="reason")
    with within(institution), transaction.atomic():
        kept = Institution.objects.select_for_update().get(pk=institution.pk)
        before = {"kind": kept.kind, "country": kept.country, "allows_emotions": kept.allows_emotions}
        kept.kind, kept.country = kind or kept.kind, country or kept.country
        check_fields(kept)
        kept.allows_emotions = kept.allows_emotions and not law_refusal(kept)
        changes: dict[str, object] = {
            field: {"from": value, "to": getattr(kept, field)}
            for field, value in before.items()
            if getattr(kept, field) != value
        }
        if changes:
            kept.save(update_fields=list(changes))
            detail = {**changes, "reason": reason.strip()}
            audit.record(kept, kept, "institution.law_changed", actor=actor, detail=detail)
    for field in before:
        setattr(institution, field, getattr(kept, field))
    return list(changes)


def _refuse_against_law(institution: Institution, allows_emotions: bool) -> None:
    if allows_emotions and (why := law_refusal(institution)):
        law_refusals.note(institution, "emotions", why, way="settings")
        raise InvalidInput(why, field="allows_emotions", code="forbidden_by_law")
