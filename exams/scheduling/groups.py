"""Groups of candidates: who is in them, and enrolling all of a group."""

from collections.abc import Sequence

from django.db import transaction

from accounts import audit
from accounts.models import Membership, User
from accounts.roles import Role
from exams.models import CandidateGroup, CandidateGroupMember, Sitting
from exams.scheduling.enrolling import enrol_rows
from exams.scheduling.roster_rows import RosterRow
from exams.scheduling.verdicts import Verdict, portions
from proctor_site.kernel.errors import InvalidInput


def add_to_group(group: CandidateGroup, users: Sequence[User], *, actor: User) -> int:
    """Adds candidates of the institution; returns how many are new. Raises InvalidInput (candidates)."""
    rows = Membership.objects.filter(institution=group.institution, ended_at=None, role=Role.CANDIDATE)
    known = set(rows.filter(user__in=users).values_list("user", flat=True))
    for user in users:
        if user.pk not in known:
            raise InvalidInput(f"{user} is not a candidate of {group.institution}.", field="candidates")
    with transaction.atomic():
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
    return len(made)


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
