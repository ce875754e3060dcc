"""Outgoing e-mail from templates: the first line is the subject, the rest the text."""

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

log = logging.getLogger(__name__)


def send(name: str, to: str, context: dict[str, Any]) -> bool:
    """Sends `templates/accounts/mail/<name>.txt`. False (and a log entry) when the mail server refuses."""
    text = render_to_string(f"accounts/mail/{name}.txt", {"base_url": settings.BASE_URL, **context})
    subject, _, body = text.strip().partition("\n")
    try:
        send_mail(" ".join(subject.split()), body.strip() + "\n", None, [to])
    except (SMTPException, OSError):
        log.exception("e-mail %r could not be sent", name)
        return False
    return True
