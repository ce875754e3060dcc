"""Makes an account nameless, or cuts it off from one institution's rows while it lives on in another."""

import secrets
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import ForeignKey, OneToOneField

from accounts import sign_ins
from accounts.models import AuditEntry, Institution, Membership, User
from accounts.permissions import forget_roles
from accounts.tenancy import TenantModel, across_all
from proctor_site.kernel import clock
from proctoring import states
from proctoring.models import ErasureRequest

NAME = "erased person"
_ERASED = "[erased]"


def leave(institution: Institution, person: User) -> str:
    """Ends the memberships there and takes the name off; in the caller's transaction.

    "account": the account itself is nameless now. "stand_in": it lives on elsewhere, and the rows of this
    institution now point to a nameless stand-in. The audit log keeps the number of who acted.
    """
    mine = Membership.objects.filter(institution=institution, user=person)
    mine.update(external_id="")
    mine.filter(ended_at=None).update(ended_at=clock.now())
    forget_roles(person)
    if _lives_elsewhere(institution, person):
        _exchange(institution, person, _stand_in())
        return "stand_in"
    _take_name_off(person)
    return "account"


def _lives_elsewhere(institution: Institution, person: User) -> bool:
    """Whether another institution still has this person's name for its own records."""
    with across_all():
        others = set(
            Membership.objects.filter(user=person)
            .exclude(institution=institution)
            .values_list("institution", flat=True)
        )
        done = ErasureRequest.objects.filter(person=person, state=states.ERASURE_DONE)
        return bool(others - set(done.values_list("institution", flat=True)))


def _take_name_off(person: User) -> None:
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    person.name, person.email = NAME, _nowhere()
    person.is_active, person.time_zone, person.last_login = False, "", None
    person.set_unusable_password()
    person.save()
    sign_ins.forget(person)
    # Sessions of before sign-ins were noted, which is done at each since then, may live for 14 hours more.
    for session in Session.objects.filter(expire_date__gt=clock.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            session.delete()


def _stand_in() -> User:
    return User.objects.create_user(_nowhere(), None, name=NAME, is_active=False)


def _nowhere() -> str:
    """An address that nobody can have (RFC 2606)."""
    return f"erased-{secrets.token_hex(12)}@erased.invalid"


def _exchange(institution: Institution, person: User, other: User) -> None:
    """Points every row of the institution that names the person to the other account."""
    for model in apps.get_models():
        if not issubclass(model, TenantModel) or model is AuditEntry or model._meta.proxy:
            continue
        for column in model._meta.concrete_fields:
            if isinstance(column, ForeignKey | OneToOneField) and column.related_model is User:
                rows: Any = model.objects.filter(institution=institution, **{column.name: person})
                rows.update(**{column.name: other})


def needles_of(institution: Institution, person: User) -> list[str]:
    """What would name the person in a list or a log: address, name, candidate numbers."""
    numbers = Membership.objects.filter(institution=institution, user=person).exclude(external_id="")
    found = [person.email, person.name, *numbers.values_list("external_id", flat=True)]
    return [each.casefold() for each in found if len(each) >= 3]


def without(value: Any, needles: list[str]) -> Any:
    """JSON without the person: an entry of a list that names them loses all its words."""
    if isinstance(value, str):
        return _ERASED if _names(value, needles) else value
    if isinstance(value, list):
        return [_emptied(each) if _names_any(each, needles) else each for each in value]
    if isinstance(value, dict):
        return {key: without(each, needles) for key, each in value.items()}
    return value


def _names(text: str, needles: list[str]) -> bool:
    said = text.casefold()
    return any(each in said if len(each) > 5 else each == said.strip() for each in needles)


def _names_any(value: Any, needles: list[str]) -> bool:
    if isinstance(value, str):
        return _names(value, needles)
    if isinstance(value, list):
        return any(_names_any(each, needles) for each in value)
    if isinstance(value, dict):
        return any(_names_any(each, needles) for each in value.values())
    return False


def _emptied(value: Any) -> Any:
    if isinstance(value, str):
        return _ERASED
    if isinstance(value, list):
        return [_emptied(each) for each in value]
    if isinstance(value, dict):
        return {key: _emptied(each) for key, each in value.items()}
    return value
