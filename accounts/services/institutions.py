"""Changes what an institution's admin decides: name, time zone, language, and the second-factor rule."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import Institution, User
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
) -> list[str]:
    """Stores the settings and returns the names of those that changed. Raises NotAllowed, InvalidInput."""
    if Role.ADMIN not in roles_of(actor, institution):
        raise NotAllowed("Only an institution admin can change these settings.")
    wanted = {
        "name": " ".join(name.split()),
        "time_zone": time_zone,
        "language": language,
        "requires_second_factor": requires_second_factor,
    }
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
