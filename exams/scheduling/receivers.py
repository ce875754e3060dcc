"""Enrols new candidates for the sittings that their address was promised, when they join."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import Membership
from accounts.roles import Role
from accounts.tenancy import within
from exams.scheduling.enrolments import fulfil_pending


@receiver(post_save, sender=Membership, dispatch_uid="exams.fulfil_pending")
def candidate_joined(sender: type[Membership], *, instance: Membership, **_more: Any) -> None:
    """In the transaction that gives the role."""
    if instance.role == Role.CANDIDATE and instance.ended_at is None:
        with within(instance.institution):
            fulfil_pending(instance.user, instance.institution)
