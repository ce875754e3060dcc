"""What an institution says about itself as the controller, and whether its privacy page is public."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import Institution, User
from accounts.permissions import roles_of
from accounts.roles import Role
from accounts.services.institutions import check_fields
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, NotAllowed

FIELDS = (
    "controller_address",
    "dpo_contact",
    "legal_basis",
    "privacy_notes",
    "human_check",
    "biometric_release",
)
_NEEDED = {
    "controller_address": "the postal address",
    "dpo_contact": "the contact for data protection",
    "legal_basis": "the legal basis",
}
_MAY = {Role.ADMIN.value, Role.DATA_PROTECTION_OFFICER.value}


def missing(institution: Institution) -> list[str]:
    """What must be filled in before the privacy page can be public, in words."""
    return [words for name, words in _NEEDED.items() if not getattr(institution, name).strip()]


def change_terms(institution: Institution, values: Mapping[str, Any], *, actor: User) -> list[str]:
    """Stores these of `FIELDS`; the names that changed. Raises NotAllowed, InvalidInput naming the field.

    While the page is public, nothing that it needs can be emptied.
    """
    _require(institution, actor)
    with within(institution), transaction.atomic():
        kept = Institution.objects.select_for_update().get(pk=institution.pk)
        changes = {}
        for name in FIELDS:
            value = values.get(name, getattr(kept, name))
            value = value.strip() if isinstance(value, str) else value
            if value != getattr(kept, name):
                changes[name] = {"from": getattr(kept, name), "to": value}
                setattr(kept, name, value)
        check_fields(kept)
        for name, words in _NEEDED.items():
            if kept.privacy_published_at and not getattr(kept, name):
                raise InvalidInput(f"The privacy page is public and needs {words}.", field=name)
        if changes:
            kept.save(update_fields=list(changes))
            audit.record(kept, kept, "institution.privacy_changed", actor=actor, detail=changes)
    for name in FIELDS:
        setattr(institution, name, getattr(kept, name))
    return list(changes)


def publish(institution: Institution, *, actor: User, is_public: bool) -> None:
    """Makes the privacy page public, or takes it back. Raises NotAllowed; InvalidInput `incomplete`."""
    _require(institution, actor)
    if is_public and (needed := missing(institution)):
        raise InvalidInput(f"Please fill in first: {', '.join(needed)}.", code="incomplete")
    with within(institution), transaction.atomic():
        kept = Institution.objects.select_for_update().get(pk=institution.pk)
        if bool(kept.privacy_published_at) == is_public:
            return
        kept.privacy_published_at = clock.now() if is_public else None
        kept.save(update_fields=["privacy_published_at"])
        verb = "institution.privacy_published" if is_public else "institution.privacy_withdrawn"
        audit.record(kept, kept, verb, actor=actor)
    institution.privacy_published_at = kept.privacy_published_at


def _require(institution: Institution, actor: User) -> None:
    if not roles_of(actor, institution) & _MAY:
        raise NotAllowed("Only an institution admin or the data protection officer can change this.")
