"""What would become of rows of a roster, or of pasted addresses, without writing anything."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from allauth.account.models import EmailAddress

from accounts.models import Membership, User
from accounts.roles import Role
from exams.models import (
    Allowance,
    Attempt,
    CandidateGroup,
    CandidateGroupMember,
    Enrolment,
    PendingEnrolment,
    Sitting,
)
from exams.scheduling.roster_numbers import Numbers, find_numbers
from exams.scheduling.roster_rows import RosterRow

Item = TypeVar("Item")
AT_ONCE = 500
"""Rows of one query and of one transaction."""


class Outcome(StrEnum):
    """What becomes of one row."""

    ENROLLED = "enrolled"
    INVITED = "invited"
    UPDATED = "updated"
    ALREADY_ENROLLED = "already_enrolled"
    ALREADY_INVITED = "already_invited"
    REFUSED = "refused"


CHANGING = (Outcome.ENROLLED, Outcome.INVITED, Outcome.UPDATED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row with its outcome, and what was found for its address."""

    row: RosterRow
    outcome: Outcome
    detail: str
    user: User | None = None
    enrolment: Enrolment | None = None
    pending: PendingEnrolment | None = None
    changes_time: bool = False
    joins_group: bool = False
    changes_number: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    users: dict[str, User]
    enrolments: dict[int, Enrolment]
    pending: dict[str, PendingEnrolment]
    times: dict[int, Allowance]
    in_group: set[tuple[int, str]]
    begun: set[int]
    numbers: Numbers


ENROLS_ITS_OWN = "Another system delivers this exam: it brings its candidates by the API."


def portions(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items in portions of AT_ONCE."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]


def places_left(sitting: Sitting) -> int | None:
    """How many more may be enrolled or invited; None without a limit."""
    if sitting.capacity is None:
        return None
    enrolled = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None).count()
    invited = PendingEnrolment.objects.filter(sitting=sitting).count()
    return max(0, sitting.capacity - enrolled - invited)


def full(sitting: Sitting) -> str:
    """The words for a sitting without a place left."""
    return f"All {sitting.capacity} places of this sitting are taken."


def judge(sitting: Sitting, rows: Sequence[RosterRow]) -> list[Verdict]:
    """The verdict on each row, in order; a handful of queries for each AT_ONCE rows."""
    left = places_left(sitting)
    verdicts: list[Verdict] = []
    for portion in portions(rows):
        found = _find(sitting, [row for row in portion if not row.problem])
        for row in portion:
            verdict = _judge_row(sitting, row, found)
            if left is not None and verdict.outcome in (Outcome.ENROLLED, Outcome.INVITED):
                if left == 0:
                    verdict = Verdict(row, Outcome.REFUSED, full(sitting))
                left = max(0, left - (verdict.outcome != Outcome.REFUSED))
            verdicts.append(verdict)
    return verdicts


def _find(sitting: Sitting, rows: Sequence[RosterRow]) -> _Found:
    emails = [row.email for row in rows]
    users = {user.email: user for user in User.objects.filter(email__in=emails)}
    proved = EmailAddress.objects.filter(email__in=emails, verified=True).select_related("user")
    users |= {address.email: address.user for address in proved}
    ids = {user.pk for user in users.values()}
    candidates = set(
        Membership.objects.filter(
            institution=sitting.institution, user__in=ids, ended_at=None, role=Role.CANDIDATE
        ).values_list("user", flat=True)
    )
    users = {email: user for email, user in users.items() if user.pk in candidates}
    enrolments = Enrolment.objects.filter(sitting=sitting, candidate__in=candidates).select_related(
        "candidate"
    )
    by_person = {each.candidate_id: each for each in enrolments}
    times = Allowance.objects.filter(enrolment__in=by_person.values(), from_roster=True)
    begun = Attempt.objects.filter(enrolment__in=by_person.values(), started_at__isnull=False)
    pending = PendingEnrolment.objects.filter(sitting=sitting, email__in=emails).select_related("group")
    grouped = CandidateGroupMember.objects.filter(candidate__in=candidates)
    return _Found(
        users,
        by_person,
        {each.email: each for each in pending},
        {each.enrolment_id: each for each in times},
        set(grouped.values_list("candidate", "group__name")),
        set(begun.values_list("enrolment", flat=True)),
        find_numbers(sitting, rows),
    )


def _judge_row(sitting: Sitting, row: RosterRow, found: _Found) -> Verdict:
    if row.problem:
        return Verdict(row, Outcome.REFUSED, row.problem)
    if sitting.cancelled_at is not None:
        return Verdict(row, Outcome.REFUSED, "This sitting has been cancelled.")
    if sitting.exam.is_outside:
        return Verdict(row, Outcome.REFUSED, ENROLS_ITS_OWN)
    user = found.users.get(row.email)
    clash = found.numbers.clash(row, user) if row.external_id else ""
    if clash:
        return Verdict(row, Outcome.REFUSED, clash)
    number = found.numbers.changes(row, user)
    if user is not None:
        return _judge_person(row, user, found, number)
    pending = found.pending.get(row.email)
    if pending is None:
        words = "Invited by e-mail; enrolled once the invitation is accepted."
        return Verdict(row, Outcome.INVITED, words, changes_time=row.has_extra_time, changes_number=number)
    joins = bool(row.group) and (pending.group is None or pending.group.name != row.group)
    other_time = row.has_extra_time and not _is_same_time(row, pending)
    if joins or other_time or number:
        return Verdict(
            row,
            Outcome.UPDATED,
            _in_words(row, joins, other_time, _number_words(row, None, found) if number else ""),
            pending=pending,
            changes_time=other_time,
            joins_group=joins,
            changes_number=number,
        )
    words = "Was invited before; enrolled once the invitation is accepted."
    return Verdict(row, Outcome.ALREADY_INVITED, words, pending=pending)


def _judge_person(row: RosterRow, user: User, found: _Found, number: bool) -> Verdict:
    enrolment = found.enrolments.get(user.pk)
    joins = bool(row.group) and (user.pk, row.group) not in found.in_group
    said = _number_words(row, user, found) if number else ""
    if enrolment is None or enrolment.withdrawn_at is not None:
        had = found.times.get(enrolment.pk) if enrolment else None
        other_time = row.has_extra_time and (had is None or not _is_same_time(row, had))
        words = _in_words(row, False, False, said)
        return Verdict(
            row,
            Outcome.ENROLLED,
            f"{user} is enrolled. {words}".strip(),
            user,
            enrolment,
            None,
            other_time,
            joins,
            number,
        )
    has = found.times.get(enrolment.pk)
    other_time = row.has_extra_time and (has is None or not _is_same_time(row, has))
    note = ""
    if other_time and enrolment.pk in found.begun:
        other_time = False
        note = " The exam has begun: change the extra time on the enrolment’s page."
    if joins or other_time or number:
        words = f"{user} is enrolled already. {_in_words(row, joins, other_time, said)}{note}"
        return Verdict(row, Outcome.UPDATED, words, user, enrolment, None, other_time, joins, number)
    return Verdict(row, Outcome.ALREADY_ENROLLED, f"{user} is enrolled already.{note}", user, enrolment)


def _is_same_time(row: RosterRow, has: Allowance | PendingEnrolment) -> bool:
    return has.extra_minutes == row.extra_minutes and has.factor == Decimal(row.factor)


def _number_words(row: RosterRow, user: User | None, found: _Found) -> str:
    before = found.numbers.before(row, user)
    return f"Candidate number: {row.external_id}{f', before: {before}' if before else ''}."


def _in_words(row: RosterRow, joins: bool, other_time: bool, number: str) -> str:
    parts = [f"Joins the group {row.group}."] if joins else []
    parts += [number] if number else []
    if other_time:
        extra = [f"{row.extra_minutes} minutes"] if row.extra_minutes else []
        extra += [f"factor {row.factor}"] if Decimal(row.factor) != 1 else []
        parts.append(f"Extra time: {' and '.join(extra)}.")
    return " ".join(parts)


def named_groups(rows: Iterable[RosterRow]) -> list[str]:
    """The groups that the rows name and that do not exist yet."""
    names = sorted({row.group for row in rows if row.group and not row.problem})
    known = set(CandidateGroup.objects.filter(name__in=names).values_list("name", flat=True))
    return [name for name in names if name not in known]
