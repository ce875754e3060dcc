"""Groups of candidates: who is in them, and enrolling all of a group."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import Membership, User
from accounts.roles import Role
from accounts.transitions import lock
from exams.models import CandidateGroup, CandidateGroupMember, Enrolment, Sitting
from exams.scheduling.enrolling import enrol_rows
from exams.scheduling.group_allowances import follow, withdraw
from exams.scheduling.roster_rows import RosterRow
from exams.scheduling.verdicts import Verdict, portions
from exams.signals import deletion_wanted
from proctor_site.kernel.errors import InvalidInput


def add_to_group(group: CandidateGroup, users: Sequence[User], *, actor: User) -> int:
    """Adds candidates of the institution; returns how many are new. What the group was given, they have now.

    Raises InvalidInput (candidates).
    """
    rows = Membership.objects.filter(institution=group.institution, ended_at=None, role=Role.CANDIDATE)
    known = set(rows.filter(user__in=users).values_list("user", flat=True))
    for user in users:
        if user.pk not in known:
            raise InvalidInput(f"{user} is not a candidate of {group.institution}.", field="candidates")
    with transaction.atomic():
        lock(group)
        there = set(group.members.filter(candidate__in=users).values_list("candidate", flat=True))
        made = [
            CandidateGroupMember(institution=group.institution, group=group, candidate=user)
            for user in users
            if user.pk not in there
        ]
        CandidateGroupMember.objects.bulk_create(made, ignore_conflicts=True)
        if made:
            detail = {"people": [each.candidate_id for each in made]}
            audit.record(group.institution, group, "candidategroup.joined", actor=actor, detail=detail)
            follow(detail["people"], actor=actor)
    return len(made)


def remove_from_group(group: CandidateGroup, users: Sequence[User], *, actor: User) -> None:
    """Takes candidates out, and with it what the group was given, where their exam is not over.

    Raises Conflict (would_end) when one of them is working in time that the group gave.
    """
    with transaction.atomic():
        lock(group)
        people = [user.pk for user in users]
        group.members.filter(candidate__in=people).delete()
        detail = {"people": people}
        audit.record(group.institution, group, "candidategroup.left", actor=actor, detail=detail)
        follow(people, actor=actor)


def remove_group(group: CandidateGroup, *, actor: User) -> None:
    """Deletes the group; its members stay enrolled. Raises Conflict (would_end) as `remove_from_group`, and
    whatever who has to keep it raises (`deletion_wanted`)."""
    with transaction.atomic():
        people = list(group.members.values_list("candidate", flat=True))
        about = {"institution": group.institution, "sitting": None, "people": people}
        deletion_wanted.send(sender=CandidateGroup, **about)
        for allowance in group.allowances.all():
            withdraw(allowance, actor=actor)
        detail = {"name": group.name}
        audit.record(group.institution, group, "candidategroup.deleted", actor=actor, detail=detail)
        group.delete()


def groups_in(sitting: Sitting) -> QuerySet[CandidateGroup]:
    """The groups of which somebody is enrolled in the sitting."""
    enrolled = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None).values("candidate")
    members = CandidateGroupMember.objects.filter(candidate__in=enrolled).values("group")
    found: QuerySet[CandidateGroup] = CandidateGroup.objects.filter(pk__in=members)
    return found


def enrol_group(sitting: Sitting, group: CandidateGroup, *, actor: User) -> list[Verdict]:
    """Enrols everybody who is in the group now, and says what became of each. Raises InvalidInput (group)."""
    if group.institution_id != sitting.institution_id:
        raise InvalidInput("This group belongs to another institution.", field="group")
    members = group.members.select_related("candidate").order_by("candidate__name", "id")
    rows = [RosterRow(number, each.candidate.email) for number, each in enumerate(members, start=1)]
    if not rows:
        raise InvalidInput("Nobody is in this group yet.", field="group", code="empty")
    done: list[Verdict] = []
    for portion in portions(rows):
        done += enrol_rows(sitting, portion, actor=actor)
    detail = {"group": group.pk, "name": group.name}
    audit.record(sitting.institution, sitting, "sitting.group_enrolled", actor=actor, detail=detail)
    return done
