"""Adjustments for groups: every enrolment of a member has a copy, whoever came first (decision 0062)."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states
from exams.models import (
    Allowance,
    Attempt,
    CandidateGroup,
    CandidateGroupMember,
    Enrolment,
    GroupAllowance,
    Sitting,
)
from exams.scheduling.terms import FIELDS, check_terms
from exams.signals import group_terms_changed
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput


def give(
    group: CandidateGroup, *, actor: User | None, sitting: Sitting | None = None, **terms: Any
) -> GroupAllowance:
    """An adjustment (the fields of `Allowance`) for who is in the group now or later.

    In one sitting, or in all. Whoever is working has the new deadline at once. Raises InvalidInput naming the
    field.
    """
    clean = _checked(group, sitting, terms)
    with transaction.atomic():
        lock(group)
        made: GroupAllowance = GroupAllowance.objects.create(
            institution=group.institution, group=group, sitting=sitting, **clean
        )
        _note(group, "candidategroup.allowance_given", actor, made)
        follow_group(group, actor=actor)
    return made


def change(
    allowance: GroupAllowance, *, actor: User | None, sitting: Sitting | None, **terms: Any
) -> GroupAllowance:
    """Other terms, for everybody at once. Raises InvalidInput naming the field, Conflict (would_end)."""
    group = allowance.group
    kept = {name: getattr(allowance, name) for name in ("opens_at", "closes_at")}
    clean = _checked(group, sitting, kept | terms)
    with transaction.atomic():
        lock(group)
        for name, value in clean.items():
            setattr(allowance, name, value)
        allowance.sitting = sitting
        allowance.save()
        _note(group, "candidategroup.allowance_changed", actor, allowance)
        follow_group(group, actor=actor)
    return allowance


def withdraw(allowance: GroupAllowance, *, actor: User | None) -> None:
    """Takes it back from everybody whose exam is not over yet.

    Raises Conflict (would_end) when somebody is working in the time that it gave: then nobody loses it.
    """
    group = allowance.group
    with transaction.atomic():
        lock(group)
        _note(group, "candidategroup.allowance_withdrawn", actor, allowance)
        enrolments = list(_open(allowance.copies.values("enrolment__candidate")))
        allowance.copies.exclude(enrolment__in=enrolments).update(from_group=None)
        _follow(enrolments, actor, without=allowance.pk)
        allowance.delete()


def follow_group(group: CandidateGroup, *, actor: User | None) -> int:
    """As `follow`, for everybody in the group."""
    return follow(group.members.values_list("candidate", flat=True), actor=actor)


def follow(candidates: Iterable[int], *, actor: User | None) -> int:
    """Brings the enrolments of these people in line with their groups, as far as their exam is not over.

    Returns how many enrolments have other terms now. Safe to repeat. Raises Conflict (would_end) when
    somebody is working in time that would go.
    """
    return _follow(list(_open(candidates)), actor)


def _open(candidates: Any) -> QuerySet[Enrolment]:
    now = clock.now()
    waiting = Q(sitting__closes_at__gt=now)
    waiting |= Q(pk__in=Allowance.objects.filter(closes_at__gt=now).values("enrolment"))
    waiting |= Q(pk__in=Attempt.objects.filter(state__in=states.LIVE).values("enrolment"))
    rows = Enrolment.objects.filter(
        candidate__in=candidates, withdrawn_at=None, sitting__cancelled_at=None
    ).filter(waiting)
    found: QuerySet[Enrolment] = rows.select_related("institution", "sitting", "candidate").order_by("pk")
    return found


def _follow(enrolments: list[Enrolment], actor: User | None, *, without: int | None = None) -> int:
    with transaction.atomic():
        agreed = _agreed({each.candidate_id for each in enrolments}, without)
        copies: dict[int, dict[int, Allowance]] = defaultdict(dict)
        for copy in Allowance.objects.filter(enrolment__in=enrolments, from_group__isnull=False):
            copies[copy.enrolment_id][copy.from_group_id or 0] = copy
        return sum(_copy(each, agreed[each.candidate_id], copies[each.pk], actor) for each in enrolments)


def _agreed(candidates: set[int], without: int | None) -> dict[int, list[GroupAllowance]]:
    """What each candidate's groups have; the groups stay locked, so that nobody joins or leaves meanwhile."""
    members = CandidateGroupMember.objects.filter(candidate__in=candidates)
    rows = members.filter(group__allowances__isnull=False).values_list("candidate", "group").distinct()
    groups: dict[int, list[int]] = defaultdict(list)
    for candidate, group in rows:
        groups[group].append(candidate)
    list(CandidateGroup.objects.select_for_update().filter(pk__in=groups).order_by("pk"))
    agreed: dict[int, list[GroupAllowance]] = defaultdict(list)
    for allowance in GroupAllowance.objects.filter(group__in=groups).exclude(pk=without or 0).order_by("pk"):
        for candidate in groups[allowance.group_id]:
            agreed[candidate].append(allowance)
    return agreed


def _copy(
    enrolment: Enrolment, agreed: list[GroupAllowance], copies: dict[int, Allowance], actor: User | None
) -> bool:
    wanted = {each.pk: each for each in agreed if each.sitting_id in (None, enrolment.sitting_id)}
    gone = [copy for pk, copy in copies.items() if pk not in wanted]
    other = [each for pk, each in wanted.items() if pk not in copies or _terms(copies[pk]) != _terms(each)]
    if not gone and not other:
        return False
    lock(enrolment)
    for copy in gone:
        copy.delete()
    for each in other:
        Allowance.objects.update_or_create(
            institution=enrolment.institution, enrolment=enrolment, from_group=each, defaults=_terms(each)
        )
    detail = {"groups": sorted({str(each.group) for each in wanted.values()}), "taken_away": len(gone)}
    audit.record(
        enrolment.institution, enrolment, "enrolment.group_terms_changed", actor=actor, detail=detail
    )
    group_terms_changed.send(sender=Enrolment, enrolment=enrolment, actor=actor)
    return True


def _terms(source: Allowance | GroupAllowance) -> dict[str, Any]:
    return {name: getattr(source, name) for name in FIELDS}


def _checked(group: CandidateGroup, sitting: Sitting | None, terms: dict[str, Any]) -> dict[str, Any]:
    clean = check_terms(terms)
    if sitting is not None and sitting.institution_id != group.institution_id:
        raise InvalidInput("This sitting belongs to another institution.", field="sitting")
    if sitting is None and (clean.get("opens_at") or clean.get("closes_at")):
        raise InvalidInput("An own opening or closing holds in one sitting: choose which.", field="sitting")
    return clean


def _note(group: CandidateGroup, verb: str, actor: User | None, allowance: GroupAllowance) -> None:
    detail = {
        "extra_minutes": allowance.extra_minutes,
        "factor": str(allowance.factor),
        "break_minutes": allowance.break_minutes,
        "camera_free": allowance.camera_free,
        "calculator": allowance.calculator,
        "spell_check": allowance.spell_check,
        "without_safe_browser": allowance.without_safe_browser,
        "sitting": allowance.sitting_id,
        "reason": allowance.reason,
    }
    audit.record(group.institution, group, verb, actor=actor, detail=detail)
