"""Who has a case open: a lock that lapses unless the page renews it, and the time spent with it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from accounts import audit
from accounts.models import User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict
from proctoring.models import Case, CaseLook
from proctoring.review.readers import require_reviewer

LEASE = timedelta(seconds=90)
"""The page renews every 30 seconds; two renewals may be lost."""


def take_lock(case: Case, *, actor: User, over: bool = False) -> Case:
    """Takes or renews the lock, and counts the time since the last renewal.

    `over`: takes it from a colleague, which the audit log keeps. Raises NotAllowed, Conflict ("locked").
    """
    require_reviewer(case, actor)
    now = clock.now()
    with transaction.atomic():
        rows = Case.objects.filter(pk=case.pk)
        before = rows.select_for_update().values_list("locked_by_id", "locked_until").get()
        foreign = before[0] != actor.pk and before[1] is not None and before[1] > now
        if foreign and not over:
            case.refresh_from_db(fields=["locked_by", "locked_until"])
            raise Conflict(f"{case.locked_by} has this case open.", code="locked")
        rows.update(locked_by=actor, locked_until=now + LEASE)
        case.locked_by, case.locked_until = actor, now + LEASE
        if foreign:
            audit.record(case.institution, case, "case.taken_over", actor=actor, detail={"from": before[0]})
        _count(case, actor, is_renewal=before[0] == actor.pk and not _has_lapsed(before[1]))
    return case


def release_lock(case: Case, *, actor: User) -> None:
    """Gives the lock back; nothing happens when somebody else has it by now."""
    held = Case.objects.filter(pk=case.pk, locked_by=actor).exclude(locked_until=None)
    with transaction.atomic():
        if held.filter(locked_until__gt=clock.now()).exists():
            _count(case, actor, is_renewal=True)
        held.update(locked_by=None, locked_until=None)
    case.locked_by = case.locked_until = None


def look_of(case: Case, actor: User) -> CaseLook | None:
    """The person's newest look at the case."""
    return CaseLook.objects.filter(case=case, reader=actor).order_by("-pk").first()


def seconds_of(case: Case, actor: User) -> int:
    """How long the person has had the case open so far, over all looks."""
    return sum(CaseLook.objects.filter(case=case, reader=actor).values_list("seconds", flat=True))


def is_free_for(actor: User) -> Q:
    """Cases that nobody else has open."""
    return Q(locked_until=None) | Q(locked_until__lte=clock.now()) | Q(locked_by=actor)


def _count(case: Case, actor: User, *, is_renewal: bool) -> None:
    now = clock.now()
    look = look_of(case, actor) if is_renewal else None
    if look is None:
        CaseLook.objects.create(
            institution=case.institution, case=case, reader=actor, begun_at=now, last_at=now
        )
        return
    spent = min(round((now - look.last_at).total_seconds()), round(LEASE.total_seconds()))
    CaseLook.objects.filter(pk=look.pk).update(last_at=now, seconds=F("seconds") + max(spent, 0))


def _has_lapsed(until: datetime | None) -> bool:
    return until is None or until <= clock.now()
