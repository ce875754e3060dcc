"""The list of a sitting's candidates, in the form of a roster."""

from collections.abc import Iterator

from accounts.models import Membership
from accounts.roles import Role
from exams.models import Allowance, CandidateGroupMember, Enrolment, PendingEnrolment, Sitting

HEADERS = ("E-mail", "Name", "Candidate number", "Group", "Extra minutes", "Factor", "State")


def candidate_list(sitting: Sitting) -> Iterator[tuple[str, str, str, str, int, str, str]]:
    """One row for each enrolled or invited candidate under HEADERS; a roster import takes the list back.

    Extra time is the part that rosters manage; what was agreed one by one is not in a list that is passed on.
    """
    times = {
        each.enrolment_id: each
        for each in Allowance.objects.filter(enrolment__sitting=sitting, from_roster=True)
    }
    groups: dict[int, str] = {}
    for candidate, group in CandidateGroupMember.objects.filter(
        candidate__enrolments__sitting=sitting
    ).values_list("candidate", "group__name"):
        groups.setdefault(candidate, group)
    members = Membership.objects.filter(
        institution=sitting.institution, role=Role.CANDIDATE, user__enrolments__sitting=sitting
    )
    numbers = dict(members.order_by().values_list("user", "external_id"))
    enrolled = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None).select_related("candidate")
    for each in enrolled.order_by("candidate__name", "id"):
        time, person = times.get(each.pk), each.candidate
        group = groups.get(each.candidate_id, "")
        yield (person.email, person.name, numbers.get(person.pk, ""), group, *_time(time), "enrolled")
    for pending in PendingEnrolment.objects.filter(sitting=sitting).select_related("group"):
        group = pending.group.name if pending.group else ""
        yield (pending.email, pending.name, pending.external_id, group, *_time(pending), "invited")


def _time(source: Allowance | PendingEnrolment | None) -> tuple[int, str]:
    return (source.extra_minutes, f"{source.factor.normalize():f}") if source else (0, "1")
