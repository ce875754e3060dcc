"""Rules and words for django-allauth: accounts come from registering an institution or from an invitation."""

import base64
import logging
from smtplib import SMTPException
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest

from proctor_site.kernel.errors import Unavailable

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Closes open sign-up: an account without an institution could do nothing."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is closed.",
        "cannot_remove_primary_email": "You sign in with this address, so it cannot be removed.",
        "duplicate_email": "This is your address already.",
        "email_password_mismatch": "The e-mail address or the password is wrong. Check both and try again.",
        "email_taken": "There is an account with this address already.",
        "enter_current_password": "This is not your present password.",
        "incorrect_password": "This is not your password.",
        "rate_limited": "That was too often. Wait a few minutes and try again.",
        "too_many_login_attempts": "Too many wrong passwords. Wait five minutes, or set a new password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_email(self, email: str) -> Any:
        return super().clean_email(email.strip().lower())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Raises Unavailable when the mail server refuses, so that the page says it."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            raise Unavailable(
                "The e-mail could not be sent. Try again in a few minutes.", code="mail_failed"
            ) from error

    def send_notification_mail(self, template_prefix: str, *args: Any, **kwargs: Any) -> None:
        """Tells about a change that is made already: a mail server that refuses must not undo it."""
        try:
            super().send_notification_mail(template_prefix, *args, **kwargs)
        except Unavailable:
            log.exception("e-mail %r could not be sent", template_prefix)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Words of the second factor, and the encryption of its secrets at rest."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": "The address can be changed only while your second factor is off. "
        "Turn it off, change the address, then set it up again.",
        "incorrect_code": "This code is wrong or has expired. Enter the one that the app shows now.",
        "unverified_email": "Confirm your e-mail address before you set up a second factor.",
    }

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise Unavailable(
                "Your second factor cannot be read with this server's key. Ask the operator for help.",
                code="second_factor_unreadable",
            ) from error


def _fernet() -> Fernet:
    """HKDF (RFC 5869) gives the key of another use than signing, though both come from the secret key."""
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"proctor second factor v1")
    return Fernet(base64.urlsafe_b64encode(key.derive(settings.SECRET_KEY.encode())))
