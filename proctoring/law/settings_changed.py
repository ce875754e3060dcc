"""Makes the documents anew after a policy, period or institution was saved; importing it begins that."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.models import Institution
from proctoring.law import versions
from proctoring.models import Policy, RetentionPeriod, ReviewSettings


@receiver([post_save, post_delete], sender=Policy, dispatch_uid="law.policy_changed")
def policy_changed(sender: type[Policy], *, instance: Policy, **more: Any) -> None:
    """After the commit, when the change is certain."""
    transaction.on_commit(partial(versions.refresh_quietly, instance.institution))


@receiver([post_save, post_delete], sender=RetentionPeriod, dispatch_uid="law.period_changed")
def period_changed(sender: type[RetentionPeriod], *, instance: RetentionPeriod, **more: Any) -> None:
    """The same: what the documents and the notice promise is what the nightly deletion does."""
    transaction.on_commit(partial(versions.refresh_quietly, instance.institution))


@receiver(post_save, sender=ReviewSettings, dispatch_uid="law.review_changed")
def review_changed(sender: type[ReviewSettings], *, instance: ReviewSettings, **more: Any) -> None:
    """The same: who gets data depends on whether a language model writes summaries."""
    transaction.on_commit(partial(versions.refresh_quietly, instance.institution))


@receiver(post_save, sender=Institution, dispatch_uid="law.institution_changed")
def institution_changed(
    sender: type[Institution], *, instance: Institution, created: bool, raw: bool, **more: Any
) -> None:
    """The same; a new institution gets its documents when somebody looks, or within the hour."""
    if not created and not raw and instance.confirmed_at is not None:
        transaction.on_commit(partial(versions.refresh_quietly, instance))
