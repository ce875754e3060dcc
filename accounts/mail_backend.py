"""The way of every e-mail out of the product: nothing is sent to addresses that cannot exist.

Accounts of API tokens, of candidates of other systems and of people who were erased have such addresses
(`.invalid`, RFC 2606). Whatever writes to people need not know of them.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

_NOWHERE = ".invalid"


class OnlyToRealAddresses(BaseEmailBackend):
    """Hands messages on to `settings.MAIL_TRANSPORT`, without the recipients that nobody can be."""

    def __init__(self, fail_silently: bool = False, **more: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self._transport = get_connection(settings.MAIL_TRANSPORT, fail_silently=fail_silently, **more)

    def open(self) -> bool | None:
        """Opens the transport's connection."""
        return self._transport.open()

    def close(self) -> None:
        """Closes it."""
        self._transport.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Sends what has a recipient left; how many."""
        for message in email_messages:
            for kind in ("to", "cc", "bcc"):
                setattr(message, kind, [each for each in getattr(message, kind) if is_real(each)])
        return self._transport.send_messages([each for each in email_messages if each.recipients()]) or 0


def is_real(address: str) -> bool:
    """Whether somebody could have this address."""
    return not address.strip().rstrip(">").lower().endswith(_NOWHERE)
