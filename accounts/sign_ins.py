"""The sign-ins of a person and the sessions they began: noted, listed, ended (decision 0200).

Packages above register what a person should know before a session ends (`warns_before_ending`).
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from accounts import devices, queries
from accounts.jobs.services import enqueue
from accounts.models import SignIn, User
from accounts.tenancy import within
from proctor_site.kernel import clock

MOST_SESSIONS = 20
"""More than anybody has devices: a program that signs in again and again piles up no sessions."""
KEPT = timedelta(days=90)
TELL = "accounts.new_device"
_MARK = "sign_in"
"""Where a session names its sign-in: its own key changes with a new password."""
_MEANS = "account_authentication_methods"
"""Where django-allauth notes by what somebody proved who they are."""

Warns = Callable[[User], Iterable[str]]
_WARNINGS: list[Warns] = []


def warns_before_ending(rule: Warns) -> Warns:
    """Registers who knows what would be interrupted; asked when the page of sessions is shown."""
    _WARNINGS.append(rule)
    return rule


def warnings_for(person: User) -> list[str]:
    """What a person should know before one of their sessions ends, in sentences."""
    return [each for rule in _WARNINGS for each in rule(person)]


def means_of(request: HttpRequest) -> str:
    """By what this session was opened, such as "password, mfa"; "" where it was a link or a test."""
    noted = request.session.get(_MEANS, []) if hasattr(request, "session") else []
    return ", ".join(str(each.get("method", "")) for each in noted)


def note(request: HttpRequest, person: User) -> SignIn:
    """Notes a sign-in; ends the oldest sessions past MOST_SESSIONS; has staff told of a new device."""
    device = devices.in_words(request.META.get("HTTP_USER_AGENT", ""))
    row = SignIn.objects.create(
        person=person,
        at=clock.now(),
        means=means_of(request)[:60],
        device=device,
        session_key=request.session.session_key or "",
    )
    request.session[_MARK] = row.pk
    for old in _open(person)[MOST_SESSIONS:]:
        end(old)
    if device and _is_new(row):
        _have_told(row)
    return row


def live_of(person: User) -> list[SignIn]:
    """Sign-ins whose session still lives, the newest first."""
    rows = {each.session_key: each for each in _open(person) if each.session_key}
    there = Session.objects.filter(session_key__in=rows, expire_date__gt=clock.now())
    alive = set(there.values_list("session_key", flat=True))
    return [row for key, row in rows.items() if key in alive]


def latest_of(person: User, most: int = 30) -> list[SignIn]:
    """The last sign-ins, over or not, the newest first."""
    return list(SignIn.objects.filter(person=person)[:most])


def end(row: SignIn) -> None:
    """Ends the session of a sign-in; whoever uses it has to sign in again. Nothing else changes."""
    if row.session_key:
        import_module(settings.SESSION_ENGINE).SessionStore(row.session_key).delete()
    _over(SignIn.objects.filter(pk=row.pk))


def end_all(person: User, *, but: str = "") -> int:
    """Ends all sessions of a person, but the one of that key; how many there were."""
    ended = [row for row in live_of(person) if row.session_key != but]
    for row in ended:
        end(row)
    return len(ended)


def follow_key(request: HttpRequest, person: User) -> None:
    """After a new password: this session has a new key, and the others are dead."""
    key = request.session.session_key or ""
    SignIn.objects.filter(pk=request.session.get(_MARK, 0), person=person).update(session_key=key)
    end_all(person, but=key)


def note_end(request: HttpRequest, person: User) -> None:
    """Notes that somebody signed out here."""
    key = request.session.session_key
    if key:
        _over(SignIn.objects.filter(person=person, session_key=key))


def forget(person: User) -> None:
    """Ends all sessions and deletes the list, as when the person is erased."""
    end_all(person)
    SignIn.objects.filter(person=person).delete()


def is_over(session: SessionBase) -> bool:
    """Whether the sign-in that opened this session has ended, even if the session was read before that."""
    return SignIn.objects.filter(pk=session.get(_MARK, 0)).exclude(ended_at=None).exists()


def clear_old() -> int:
    """Deletes what is older than KEPT; how many rows."""
    return SignIn.objects.filter(at__lt=clock.now() - KEPT).delete()[0]


def _open(person: User) -> list[SignIn]:
    return list(SignIn.objects.filter(person=person, ended_at=None))


def _over(rows: Any) -> None:
    rows.filter(ended_at=None).update(ended_at=clock.now(), session_key="")


def _is_new(row: SignIn) -> bool:
    """Whether the person signed in before, but never by such a browser on such a system."""
    before = SignIn.objects.filter(person=row.person).exclude(pk=row.pk)
    return before.exists() and not before.filter(device=row.device).exists()


def _have_told(row: SignIn) -> None:
    """Staff alone: candidates sign in on the computers of a hall, all in the same minute."""
    here = queries.staff_institution(row.person, None)
    if here is not None:
        with within(here):
            title = "E-mail: a sign-in on a new device"
            enqueue(here, TELL, title=title, actor=row.person, arguments={"sign_in": row.pk})
