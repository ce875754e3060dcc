"""Signing in and out: on the log of the process by numbers of accounts, and in the person's own list."""

import logging
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from accounts import sign_ins

log = logging.getLogger(__name__)


@receiver(user_logged_in)
def note_sign_in(sender: object, request: Any, user: Any, **more: Any) -> None:
    """A sign-in that worked, and by what; the request's own number stands on the line."""
    row = sign_ins.note(request, user)
    log.info("account %s signed in (%s)", user.pk, row.means or "link")


@receiver(user_logged_out)
def note_sign_out(sender: object, request: Any, user: Any = None, **more: Any) -> None:
    """A sign-out; None when nobody was signed in any more."""
    if user is not None:
        sign_ins.note_end(request, user)
        log.info("account %s signed out", user.pk)


@receiver(user_login_failed)
def note_refusal(sender: object, **more: Any) -> None:
    """A wrong password, or an address that nobody has: the two are not told apart here either."""
    log.warning("a sign-in was refused")


@receiver([password_changed, password_set])
def note_new_password(sender: object, request: Any, user: Any, **more: Any) -> None:
    """The other sessions are dead by the new password; they go from the list, too."""
    sign_ins.follow_key(request, user)
    log.info("account %s has a new password", user.pk)


@receiver(password_reset)
def note_reset_password(sender: object, user: Any, **more: Any) -> None:
    """A password set by the link of an e-mail signs nobody in: no session is left."""
    sign_ins.end_all(user)
    log.info("account %s has a new password, by e-mail", user.pk)
