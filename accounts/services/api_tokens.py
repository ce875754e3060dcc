"""Makes, rotates and revokes the tokens of the public API, and finds the one that a call shows."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.api_scopes import SCOPES
from accounts.links import hash_of, make_secret
from accounts.models import ApiToken, Institution, User
from accounts.permissions import roles_of
from accounts.roles import Role
from accounts.tenancy import within
from accounts.transitions import lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotSignedIn

MARK = "prt_"
"""Begins every secret, so that programs that look for leaked secrets know one."""
DEFAULT_DAYS, MOST_DAYS = 90, 365
DEFAULT_GRACE_HOURS, MOST_GRACE_HOURS = 24, 7 * 24
_SHOWN = 10
_NOTE_USE_EVERY = timedelta(minutes=1)
_HOST = "@tokens.invalid"
"""A domain that never exists (RFC 2606)."""


def make_token(
    institution: Institution, *, name: str, scopes: Iterable[str], days: int = DEFAULT_DAYS, actor: User
) -> tuple[ApiToken, str]:
    """A new token, valid for `days`, and its secret, which is stored nowhere and cannot be shown again.

    Raises NotAllowed (not an admin) and InvalidInput (name, scopes, days).
    """
    _refuse_others(institution, actor)
    words, codes = _clean_name(name), _clean_scopes(scopes)
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"A token is valid for 1 to {MOST_DAYS} days.", field="days")
    with within(institution), transaction.atomic():
        account = make_account(f"API token “{words}”")
        token, secret = _write(
            institution, actor, name=words, scopes=codes, account=account, days=timedelta(days=days)
        )
        detail = {"name": words, "prefix": token.prefix, "scopes": codes, "days": days}
        audit.record(institution, token, "apitoken.made", actor=actor, detail=detail)
    return token, secret


def lend(
    institution: Institution,
    *,
    name: str,
    scopes: Iterable[str],
    lifetime: timedelta,
    actor: User,
    account: User | None = None,
) -> tuple[ApiToken, str]:
    """A token of minutes that the server itself gives to a page, with an account that no other token has.

    Who calls this has decided who gets one. `account`: one of `free_accounts`; without, a new one is made,
    which stays for ever, as the audit log names it.
    """
    with within(institution), transaction.atomic():
        account = account or make_account(name)
        codes = _clean_scopes(scopes)
        token, secret = _write(institution, actor, name=name, scopes=codes, account=account, days=lifetime)
        detail = {"prefix": token.prefix, "scopes": codes, "seconds": int(lifetime.total_seconds())}
        audit.record(institution, token, "apitoken.lent", actor=actor, detail=detail)
    return token, secret


def end_lent(institution: Institution, *, name: str, actor: User) -> int:
    """Deletes lent tokens that are over; how many. Their accounts may serve again."""
    with within(institution):
        over = ApiToken.objects.filter(made_by=actor, expires_at__lt=clock.now(), name=name)
        return int(over.delete()[0])


def free_accounts(name: str) -> "QuerySet[User]":
    """Accounts of lent tokens of that name that are gone."""
    # _base_manager: an account belongs to no institution.
    taken = ApiToken._base_manager.values("account")
    rows: QuerySet[User] = User.objects.filter(name=name, email__startswith="token-", email__endswith=_HOST)
    return rows.exclude(pk__in=taken)


def make_account(name: str) -> User:
    """Whom rows and the audit log name where a program acts: it cannot sign in and is a member of nothing."""
    address = f"token-{secrets.token_hex(12)}{_HOST}"
    account = User(name=name, email=address, is_active=False)
    account.set_unusable_password()
    account.save()
    return account


def note_use(row: QuerySet[Any], used_at: datetime | None) -> None:
    """Writes `last_used_at` of one token or key, once a minute."""
    now = clock.now()
    if used_at is None or used_at <= now - _NOTE_USE_EVERY:
        row.update(last_used_at=now)


def rotate_token(
    token: ApiToken, *, grace_hours: int = DEFAULT_GRACE_HOURS, days: int = DEFAULT_DAYS, actor: User
) -> tuple[ApiToken, str]:
    """A new secret with the same name and scopes; the old one works for `grace_hours` more, never longer.

    Raises NotAllowed, InvalidInput (grace_hours, days), and Conflict when the token is over or was rotated.
    """
    _refuse_others(token.institution, actor)
    if not 0 <= grace_hours <= MOST_GRACE_HOURS:
        raise InvalidInput(f"Give 0 to {MOST_GRACE_HOURS} hours.", field="grace_hours")
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"A token is valid for 1 to {MOST_DAYS} days.", field="days")
    with within(token.institution), transaction.atomic():
        lock(token)
        _refuse_over(token)
        if token.rotated_to.exists():
            raise Conflict("This token has been rotated already; rotate the new one.", code="rotated")
        made, secret = _write(
            token.institution,
            actor,
            name=token.name,
            scopes=token.scopes,
            account=token.account,
            days=timedelta(days=days),
            rotated_from=token,
        )
        token.expires_at = min(token.expires_at, clock.now() + timedelta(hours=grace_hours))
        token.save(update_fields=["expires_at"])
        detail = {"new": made.pk, "prefix": made.prefix, "grace_hours": grace_hours, "days": days}
        audit.record(token.institution, token, "apitoken.rotated", actor=actor, detail=detail)
    return made, secret


def revoke_token(token: ApiToken, *, actor: User) -> ApiToken:
    """Ends a token at once; calls that are under way are finished. Raises NotAllowed, Conflict."""
    _refuse_others(token.institution, actor)
    with within(token.institution), transaction.atomic():
        lock(token)
        _refuse_over(token)
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        audit.record(token.institution, token, "apitoken.revoked", actor=actor)
    return token


def find_token(secret: str) -> ApiToken:
    """The token of a secret, with institution and account; notes that it was used, once a minute.

    Raises NotSignedIn (token_unknown, token_revoked, token_expired).
    """
    rows = ApiToken.objects.with_scopes_disabled().select_related("institution", "account")
    token = rows.filter(secret_hash=hash_of(secret)).first()
    now = clock.now()
    if token is None:
        raise NotSignedIn("This token is not known.", code="token_unknown")
    if token.revoked_at is not None:
        raise NotSignedIn("This token was revoked.", code="token_revoked")
    if token.expires_at <= now:
        raise NotSignedIn("This token is no longer valid.", code="token_expired")
    note_use(rows.filter(pk=token.pk), token.last_used_at)
    return token


def _write(
    institution: Institution,
    actor: User,
    *,
    name: str,
    scopes: list[str],
    account: User,
    days: timedelta,
    rotated_from: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    secret = MARK + make_secret()[0]
    now = clock.now()
    token = ApiToken.objects.create(
        institution=institution,
        name=name,
        prefix=secret[:_SHOWN],
        secret_hash=hash_of(secret),
        scopes=scopes,
        account=account,
        made_by=actor,
        created_at=now,
        expires_at=now + days,
        rotated_from=rotated_from,
    )
    return token, secret


def _refuse_others(institution: Institution, actor: User) -> None:
    if Role.ADMIN not in roles_of(actor, institution):
        raise NotAllowed("Only an institution admin can manage API tokens.")


def _refuse_over(token: ApiToken) -> None:
    if token.revoked_at is not None or token.expires_at <= clock.now():
        raise Conflict("This token is over already; make a new one.", code="token_over")


def _clean_name(name: str) -> str:
    words = " ".join(name.split())
    if not words or len(words) > 100 or "\x00" in words:
        raise InvalidInput("Name the system that uses the token, in at most 100 characters.", field="name")
    return words


def _clean_scopes(scopes: Iterable[str]) -> list[str]:
    wanted = set(scopes)
    unknown = sorted(wanted - SCOPES.keys())
    if unknown:
        raise InvalidInput(f"There is no scope {unknown[0]}.", field="scopes")
    if not wanted:
        raise InvalidInput("Choose at least one scope.", field="scopes")
    return [code for code in SCOPES if code in wanted]
