"""Agreed adjustments: given, changed and taken back, also while the candidate is working."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states
from exams.delivery import deadlines
from exams.models import Allowance, Attempt, CandidateGroup, Enrolment, Sitting
from exams.scheduling.terms import check_terms
from proctor_site.kernel.errors import InvalidInput, Refusal


@dataclass(frozen=True, slots=True)
class Given:
    """What became of one enrolment in an action for many. `refused`: why nothing was given, or empty."""

    enrolment: Enrolment
    moved_seconds: int
    refused: str


def give(
    enrolment: Enrolment, *, actor: User | None, batch: uuid.UUID | None = None, **terms: Any
) -> Allowance:
    """A further adjustment (the fields of `Allowance`); a running attempt has its new deadline at once.

    With `batch` the same call again gives nothing more. Raises InvalidInput naming the field.
    """
    clean = check_terms(terms)
    with transaction.atomic():
        lock(enrolment)
        found = enrolment.allowances.filter(batch=batch).first() if batch else None
        if found is not None:
            return found
        made = Allowance.objects.create(
            institution=enrolment.institution, enrolment=enrolment, batch=batch, **clean
        )
        _note(enrolment, "enrolment.allowance_given", actor, made)
        settle_running(enrolment, actor=actor)
    return made


def change(allowance: Allowance, *, actor: User | None, **terms: Any) -> Allowance:
    """Other terms for an adjustment. Raises InvalidInput naming the field, Conflict (would_end)."""
    clean = check_terms(terms)
    with transaction.atomic():
        lock(allowance.enrolment)
        for name, value in clean.items():
            setattr(allowance, name, value)
        allowance.save(update_fields=sorted(clean))
        _note(allowance.enrolment, "enrolment.allowance_changed", actor, allowance)
        settle_running(allowance.enrolment, actor=actor)
    return allowance


def withdraw(allowance: Allowance, *, actor: User | None) -> None:
    """Takes an adjustment back. Raises Conflict (would_end) when its time is already used."""
    enrolment = allowance.enrolment
    with transaction.atomic():
        lock(enrolment)
        _note(enrolment, "enrolment.allowance_withdrawn", actor, allowance)
        allowance.delete()
        settle_running(enrolment, actor=actor)


def give_everybody(
    sitting: Sitting,
    enrolments: Iterable[Enrolment],
    *,
    minutes: int,
    reason: str,
    batch: uuid.UUID,
    actor: User | None,
    group: CandidateGroup | None = None,
) -> list[Given]:
    """The same extra minutes for many candidates of one sitting, whoever has started or not.

    With `group` only those of `enrolments` who are in it now. On top of what else was agreed (decision 0062).
    One entry of the sitting's audit log, and one per enrolment. The same `batch` again gives nothing more,
    and completes what an interruption left undone. Raises InvalidInput (extra_minutes, reason).
    """
    terms = check_terms({"extra_minutes": minutes, "reason": reason})
    if terms["extra_minutes"] < 1:
        raise InvalidInput("Give at least one minute.", field="extra_minutes")
    if not terms["reason"]:
        raise InvalidInput(
            "Say why, in a few words; only exam officers see it.", field="reason", code="required"
        )
    members = None if group is None else set(group.members.values_list("candidate", flat=True))
    wanted = [each for each in enrolments if members is None or each.candidate_id in members]
    done = [_give_one(each, batch, actor, terms) for each in wanted]
    detail = {
        "minutes": minutes,
        "candidates": len(done),
        "group": group.name if group else "",
        "batch": str(batch),
        "reason": terms["reason"],
    }
    audit.record(sitting.institution, sitting, "sitting.extra_time_given", actor=actor, detail=detail)
    return done


def take_back(sitting: Sitting, batch: uuid.UUID, *, actor: User | None) -> list[Given]:
    """Undoes `give_everybody`; who has used the time already keeps it and is named."""
    done = []
    rows = Allowance.objects.filter(enrolment__sitting=sitting, batch=batch)
    for allowance in rows.select_related("enrolment__candidate", "enrolment__sitting", "institution"):
        try:
            withdraw(allowance, actor=actor)
            done.append(Given(allowance.enrolment, -60 * allowance.extra_minutes, ""))
        except Refusal as refusal:
            done.append(Given(allowance.enrolment, 0, refusal.message))
    detail = {"batch": str(batch), "candidates": sum(not each.refused for each in done)}
    audit.record(sitting.institution, sitting, "sitting.extra_time_taken_back", actor=actor, detail=detail)
    return done


def settle_running(enrolment: Enrolment, *, actor: User | None) -> int:
    """Gives the enrolment's running attempt the deadline that its adjustments mean now; seconds it moved."""
    # Adjustments that were read before must not be believed.
    getattr(enrolment, "_prefetched_objects_cache", {}).pop("allowances", None)
    running = Attempt.objects.filter(enrolment=enrolment, state__in=states.RUNNING).first()
    if running is None:
        return 0
    running.enrolment = enrolment
    return deadlines.settle(running, actor=actor, cause="allowance")


def _give_one(enrolment: Enrolment, batch: uuid.UUID, actor: User | None, terms: dict[str, Any]) -> Given:
    try:
        with transaction.atomic():
            lock(enrolment)
            if enrolment.allowances.filter(batch=batch).exists():
                return Given(enrolment, 0, "")
            made = Allowance.objects.create(
                institution=enrolment.institution, enrolment=enrolment, batch=batch, **terms
            )
            _note(enrolment, "enrolment.allowance_given", actor, made)
            return Given(enrolment, settle_running(enrolment, actor=actor), "")
    except Refusal as refusal:
        return Given(enrolment, 0, refusal.message)


def _note(enrolment: Enrolment, verb: str, actor: User | None, allowance: Allowance) -> None:
    detail = {
        "extra_minutes": allowance.extra_minutes,
        "factor": str(allowance.factor),
        "break_minutes": allowance.break_minutes,
        "camera_free": allowance.camera_free,
        "calculator": allowance.calculator,
        "spell_check": allowance.spell_check,
        "without_safe_browser": allowance.without_safe_browser,
        "reason": allowance.reason,
    }
    audit.record(enrolment.institution, enrolment, verb, actor=actor, detail=detail)
