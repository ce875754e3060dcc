"""Enrols and invites many people at once, by the verdicts on their rows."""

from collections.abc import Sequence

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.services.candidate_offers import offer_candidates
from accounts.transitions import lock
from exams.models import Allowance, CandidateGroup, CandidateGroupMember, Enrolment, PendingEnrolment, Sitting
from exams.models.sitting_mail import MailKind
from exams.scheduling import mails
from exams.scheduling.group_allowances import follow
from exams.scheduling.roster_numbers import give_numbers
from exams.scheduling.roster_rows import RosterRow
from exams.scheduling.verdicts import CHANGING, Outcome, Verdict, judge


def enrol_rows(sitting: Sitting, rows: Sequence[RosterRow], *, actor: User) -> list[Verdict]:
    """Judges the rows under the sitting's lock and does what the verdicts say, in one transaction.

    Rows that are refused or change nothing leave the others untouched. Meant for portions of
    `verdicts.AT_ONCE`. Raises NotAllowed when the actor may invite nobody.
    """
    with transaction.atomic():
        lock(sitting)  # two imports at once must not both take the last place
        if any(row.external_id for row in rows):
            lock(sitting.institution)  # nor must imports into two sittings give one number to two people
        verdicts = judge(sitting, rows)
        todo = [verdict for verdict in verdicts if verdict.outcome in CHANGING]
        groups = _groups_of(sitting, todo)
        enrolments = _enrol(sitting, todo, actor)
        _invite(sitting, todo, groups, actor)
        _join_groups(sitting, todo, groups)
        follow([verdict.user.pk for verdict in todo if verdict.user is not None], actor=actor)
        _give_time(sitting, todo, enrolments, actor)
        numbered = [verdict for verdict in todo if verdict.changes_number]
        people = {each.user.pk: each.row.external_id for each in numbered if each.user}
        invited = {each.row.email: each.row.external_id for each in numbered if not each.user}
        give_numbers(sitting, people, invited, actor=actor)
    return verdicts


def _groups_of(sitting: Sitting, todo: Sequence[Verdict]) -> dict[str, CandidateGroup]:
    names = {verdict.row.group for verdict in todo if verdict.row.group}
    known = {group.name: group for group in CandidateGroup.objects.filter(name__in=names)}
    for name in sorted(names - known.keys()):
        known[name], _ = CandidateGroup.objects.get_or_create(institution=sitting.institution, name=name)
    return known


def _enrol(sitting: Sitting, todo: Sequence[Verdict], actor: User) -> dict[int, Enrolment]:
    """The enrolments of the people in `todo`, by person; new ones are written, withdrawn ones given back."""
    wanted = [verdict for verdict in todo if verdict.outcome == Outcome.ENROLLED and verdict.user]
    new = [
        Enrolment(institution=sitting.institution, sitting=sitting, candidate=verdict.user)
        for verdict in wanted
        if verdict.enrolment is None
    ]
    Enrolment.objects.bulk_create(new)
    audit.record_first(sitting.institution, new, "enrolment.created", actor=actor)
    back = [verdict.enrolment for verdict in wanted if verdict.enrolment is not None]
    for enrolment in back:
        enrolment.withdrawn_at = None
        enrolment.save(update_fields=["withdrawn_at"])
        audit.record(sitting.institution, enrolment, "enrolment.created", actor=actor)
    mails.write_to_enrolled(sitting, [*new, *back], MailKind.ENROLLED)
    known = [verdict.enrolment for verdict in todo if verdict.enrolment is not None]
    return {each.candidate_id: each for each in (*new, *known)}


def _invite(
    sitting: Sitting, todo: Sequence[Verdict], groups: dict[str, CandidateGroup], actor: User
) -> None:
    wanted = [verdict for verdict in todo if verdict.outcome == Outcome.INVITED]
    if not wanted:
        return
    PendingEnrolment.objects.bulk_create(
        PendingEnrolment(
            institution=sitting.institution,
            sitting=sitting,
            email=verdict.row.email,
            name=verdict.row.name,
            group=groups.get(verdict.row.group),
            extra_minutes=verdict.row.extra_minutes,
            factor=verdict.row.factor,
            created_by=actor,
        )
        for verdict in wanted
    )
    people = {verdict.row.email: verdict.row.name for verdict in wanted}
    offer_candidates(sitting.institution, people, actor=actor)
    detail = {"emails": sorted(people)}
    audit.record(sitting.institution, sitting, "sitting.candidates_invited", actor=actor, detail=detail)
    mails.write_to_invited(sitting, sorted(people), MailKind.INVITED)


def _join_groups(sitting: Sitting, todo: Sequence[Verdict], groups: dict[str, CandidateGroup]) -> None:
    joining = [verdict for verdict in todo if verdict.joins_group]
    rows = [
        CandidateGroupMember(
            institution=sitting.institution, group=groups[verdict.row.group], candidate=verdict.user
        )
        for verdict in joining
        if verdict.user is not None
    ]
    CandidateGroupMember.objects.bulk_create(rows, ignore_conflicts=True)
    for verdict in joining:
        if verdict.pending is not None:
            verdict.pending.group = groups[verdict.row.group]
            verdict.pending.save(update_fields=["group"])


def _give_time(
    sitting: Sitting, todo: Sequence[Verdict], enrolments: dict[int, Enrolment], actor: User
) -> None:
    for verdict in todo:
        if not verdict.changes_time:
            continue
        time = {"extra_minutes": verdict.row.extra_minutes, "factor": verdict.row.factor}
        if verdict.user is not None:
            enrolment = enrolments[verdict.user.pk]
            audit.record(
                sitting.institution, enrolment, "enrolment.time_from_roster", actor=actor, detail=time
            )
            Allowance.objects.update_or_create(
                institution=sitting.institution,
                enrolment=enrolment,
                from_roster=True,
                defaults=time,
            )
        elif verdict.pending is not None:
            PendingEnrolment.objects.filter(pk=verdict.pending.pk).update(**time)
