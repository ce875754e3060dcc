"""Follows releases: then the figures of a sitting's questions are computed for the bank."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from exams.models import Sitting
from exams.reports.columns import Subject
from exams.reports.services import ask_for
from exams.signals import results_released


@receiver(results_released, dispatch_uid="exams.reports.results_released")
def keep_figures(sender: type[Sitting], *, sitting: Sitting, actor: User, **_more: Any) -> None:
    """Asks for the job in the transaction of the release."""
    ask_for(Subject(sitting.exam, sitting), actor=actor)
