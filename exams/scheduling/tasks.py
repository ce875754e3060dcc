"""The kinds of jobs of scheduling; importing this registers them."""

from exams.scheduling import mail_sending, roster

__all__ = ["mail_sending", "roster"]
