"""Agreed adjustments: given, changed and taken back, also while the candidate is working."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states
from exams.delivery import deadlines
from exams.models import Allowance, Attempt, Enrolment, Sitting
from exams.models.exam import Calculator
from proctor_site.kernel.errors import InvalidInput, Refusal

MOST_MINUTES = 24 * 60
MOST_BREAK = 4 * 60
LONGEST_REASON = 1_000
_FIELDS = (
    "extra_minutes",
    "factor",
    "break_minutes",
    "opens_at",
    "closes_at",
    "camera_free",
    "calculator",
    "spell_check",
    "muted_detectors",
    "reason",
)


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
) -> list[Given]:
    """The same extra minutes for many candidates of one sitting, whoever has started or not.

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
    done = [_give_one(each, batch, actor, terms) for each in enrolments]
    detail = {"minutes": minutes, "candidates": len(done), "batch": str(batch), "reason": terms["reason"]}
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


def check_terms(terms: dict[str, Any]) -> dict[str, Any]:
    """The terms in their clean form. Raises InvalidInput naming the field."""
    clean = dict(terms)
    for name in clean:
        if name not in _FIELDS:
            raise InvalidInput(f"An adjustment has no {name}.", field=name)
    for name, most in (("extra_minutes", MOST_MINUTES), ("break_minutes", MOST_BREAK)):
        if name in clean:
            clean[name] = _minutes(clean[name], name, most)
    if "factor" in clean:
        clean["factor"] = _factor(clean["factor"])
    if clean.get("calculator", Calculator.NONE) not in Calculator.values:
        raise InvalidInput(f"Choose one of: {', '.join(Calculator.values)}.", field="calculator")
    if not isinstance(clean.get("spell_check", False), bool):
        raise InvalidInput("Spell check is given or not: true or false.", field="spell_check")
    if "reason" in clean:
        clean["reason"] = _reason(clean["reason"])
    check_window(clean.get("opens_at"), clean.get("closes_at"))
    return clean


def check_window(opens_at: object, closes_at: object) -> None:
    """Raises InvalidInput naming the field unless both are moments (or None), and in order."""
    for name, moment in (("opens_at", opens_at), ("closes_at", closes_at)):
        if moment is not None and (not isinstance(moment, datetime) or moment.tzinfo is None):
            raise InvalidInput("Give a moment with its time zone.", field=name)
    if isinstance(opens_at, datetime) and isinstance(closes_at, datetime) and closes_at <= opens_at:
        raise InvalidInput("The own window must close after it opens.", field="closes_at")


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
        "reason": allowance.reason,
    }
    audit.record(enrolment.institution, enrolment, verb, actor=actor, detail=detail)


def _minutes(value: object, field: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise InvalidInput(f"Give whole minutes from 0 to {most}.", field=field)
    return value


def _factor(value: object) -> Decimal:
    try:
        factor = Decimal(str(value))
        if not 1 <= factor <= 5:
            raise InvalidOperation
    except InvalidOperation as error:
        raise InvalidInput(
            "The time factor is a number from 1 to 5, such as 1.25.", field="factor"
        ) from error
    return factor


def _reason(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_REASON or "\x00" in value:
        raise InvalidInput(f"At most {LONGEST_REASON} ordinary characters.", field="reason")
    return value.strip()
