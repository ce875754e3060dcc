"""Who may do what: roles of the person in the institution at hand, as `rules` predicates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import rules

from accounts.models import Institution, Membership, User
from accounts.roles import STAFF_ROLES, Role
from accounts.tenancy import current_institution

_CACHE = "_roles_by_institution"


def roles_of(user: Any, institution: Institution) -> frozenset[str]:
    """The roles a person has in an institution now; read once per request (kept on the user object)."""
    if not getattr(user, "is_authenticated", False):
        return frozenset()
    known: dict[int, frozenset[str]] = user.__dict__.setdefault(_CACHE, {})
    if institution.pk not in known:
        rows = Membership.objects.with_scopes_disabled().filter(
            user=user, institution=institution, ended_at=None
        )
        known[institution.pk] = frozenset(rows.order_by().values_list("role", flat=True))
    return known[institution.pk]


def remember_roles(user: Any, institution_id: int, roles: Iterable[str]) -> None:
    """Spares `roles_of` its query: somebody else has just read all roles of the person there."""
    user.__dict__.setdefault(_CACHE, {})[institution_id] = frozenset(roles)


def forget_roles(user: User) -> None:
    """Drops what `roles_of` remembers, after a membership has changed."""
    user.__dict__.pop(_CACHE, None)


def is_staff_of(user: Any, institution: Institution) -> bool:
    """Whether the person has any role besides candidate there."""
    return bool(roles_of(user, institution) & STAFF_ROLES)


def has_role(*roles: Role) -> rules.predicates.Predicate:
    """A predicate: the person has one of `roles` in the institution of the object, or of the open scope."""
    wanted = frozenset(role.value for role in roles)

    @rules.predicate(f"has_role:{','.join(sorted(wanted))}")
    def check(user: Any, subject: Any = None) -> bool:
        institution = subject if isinstance(subject, Institution) else getattr(subject, "institution", None)
        institution = institution or current_institution()
        return institution is not None and bool(roles_of(user, institution) & wanted)

    return check


def grant(app: str, model: str, *, view: tuple[Role, ...], write: tuple[Role, ...] = ()) -> None:
    """Registers the four rights that Django's admin asks for; `write` covers add, change and delete."""
    writers = has_role(*write) if write else rules.always_false
    rules.add_perm(f"{app}.view_{model}", has_role(*view, *write))
    for verb in ("add", "change", "delete"):
        rules.add_perm(f"{app}.{verb}_{model}", writers)


ALL_STAFF = tuple(role for role in Role if role.value in STAFF_ROLES)

grant("accounts", "institution", view=ALL_STAFF, write=(Role.ADMIN,))
grant("accounts", "user", view=(Role.ADMIN, Role.EXAM_OFFICER, Role.DATA_PROTECTION_OFFICER))
grant("accounts", "membership", view=(Role.EXAM_OFFICER, Role.DATA_PROTECTION_OFFICER), write=(Role.ADMIN,))
rules.add_perm("accounts.number_candidate", has_role(Role.ADMIN, Role.EXAM_OFFICER))
grant("accounts", "invitation", view=(Role.EXAM_OFFICER,), write=(Role.ADMIN, Role.EXAM_OFFICER))
for _model in ("auditentry", "auditcheckpoint"):
    grant("accounts", _model, view=(Role.ADMIN, Role.DATA_PROTECTION_OFFICER))
for _model in ("apitoken", "webhookendpoint", "webhookmessage"):
    grant("accounts", _model, view=(Role.ADMIN,), write=(Role.ADMIN,))
grant("accounts", "job", view=(Role.ADMIN, Role.EXAM_OFFICER, Role.AUTHOR))
rules.add_perm("accounts.try_job_again", has_role(Role.ADMIN, Role.EXAM_OFFICER))
_LIST_READERS = (Role.ADMIN, Role.EXAM_OFFICER, Role.PROCTOR, Role.REVIEWER, Role.DATA_PROTECTION_OFFICER)
grant("accounts", "savedfilter", view=_LIST_READERS, write=_LIST_READERS)
rules.add_perm("accounts.tend_shared_filters", has_role(Role.ADMIN, Role.EXAM_OFFICER))
"""May rename, withdraw and delete what colleagues have shared."""
