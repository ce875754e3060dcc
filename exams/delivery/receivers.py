"""Sets deadlines anew when what was agreed for groups has changed."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from exams.delivery.allowances import settle_running
from exams.models import Enrolment
from exams.signals import group_terms_changed


@receiver(group_terms_changed, dispatch_uid="exams.settle_after_group_terms")
def group_terms_have_changed(
    sender: type[Enrolment], *, enrolment: Enrolment, actor: User | None, **_more: Any
) -> None:
    """In the same transaction. Raises Conflict (would_end)."""
    settle_running(enrolment, actor=actor)
