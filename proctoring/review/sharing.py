"""Who reads what: giving a case to somebody, sharing the queue out evenly; comments and tags."""

from collections.abc import Sequence

from django.db import transaction

from accounts import audit
from accounts.models import Institution, Membership, User
from accounts.roles import Role
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, NotAllowed
from proctoring.models import Case, CaseComment, CaseTag
from proctoring.review.cases import plain_text
from proctoring.review.readers import refusal_for, require_reviewer
from proctoring.states import CASE_FIRST_READ, CASE_OPEN

MOST_SHARED = 1_000
_MOST_TAGS = 10


def reviewers_of(institution: Institution) -> list[User]:
    """Everybody who may read cases there, by name."""
    roles = (Role.REVIEWER, Role.EXAM_OFFICER, Role.ADMIN)
    rows = Membership.objects.filter(institution=institution, ended_at=None, role__in=roles)
    return list(User.objects.filter(pk__in=rows.values("user")).order_by("name", "pk"))


def assign(case: Case, *, actor: User, to: User | None) -> Case:
    """Gives the case to somebody who can read it next; `to` None: to nobody, so that anybody may take it.

    Everybody may take an open case and give their own away; others' only who runs the review. Raises
    NotAllowed, InvalidInput (field "to").
    """
    require_reviewer(case, actor)
    if case.assigned_to_id not in (None, actor.pk) and not actor.has_perm("proctoring.run_review", case):
        raise NotAllowed(f"{case.assigned_to} has this case; ask them, or an exam officer.", code="assigned")
    if to is not None:
        refusal = refusal_for(case, to)
        if refusal:
            raise InvalidInput(f"{to} cannot read this case next.", field="to", details={"why": refusal})
    with transaction.atomic():
        now = clock.now() if to is not None else None
        Case.objects.filter(pk=case.pk).update(assigned_to=to, assigned_at=now)
        detail = {"from": case.assigned_to_id, "to": to.pk if to else None}
        audit.record(case.institution, case, "case.assigned", actor=actor, detail=detail)
    case.assigned_to, case.assigned_at = to, now
    return case


def share_out(institution: Institution, *, actor: User, to: Sequence[User]) -> dict[int, int]:
    """Gives all unassigned cases that wait for a first or second reading out by turns, best first.

    How many each one got, by their id. At most 1000 at once. Raises NotAllowed, InvalidInput (field "to").
    """
    if not actor.has_perm("proctoring.run_review", institution):
        raise NotAllowed("Exam officers and admins share cases out.")
    known = {each.pk for each in reviewers_of(institution)}
    people = [each for each in dict.fromkeys(to) if each.pk in known]
    if not people:
        raise InvalidInput("Choose at least one person who reads cases.", field="to")
    got = dict.fromkeys((each.pk for each in people), 0)
    with transaction.atomic():
        rows = Case.objects.filter(
            institution=institution, state__in=(CASE_OPEN, CASE_FIRST_READ), assigned_to=None
        )
        waiting = rows.select_related("session", "institution").order_by("-rank", "pk")[:MOST_SHARED]
        for case in waiting:
            able = (
                each for each in sorted(people, key=lambda each: got[each.pk]) if not refusal_for(case, each)
            )
            person = next(able, None)
            if person is not None:
                assign(case, actor=actor, to=person)
                got[person.pk] += 1
    return got


def comment(case: Case, *, actor: User, text: str) -> CaseComment:
    """Adds a comment. Raises NotAllowed, InvalidInput (field "text")."""
    require_reviewer(case, actor)
    text = plain_text(text, "text", required=True)
    with transaction.atomic():
        made = CaseComment.objects.create(
            institution=case.institution, case=case, author=actor, text=text, created_at=clock.now()
        )
        audit.record(case.institution, case, "case.commented", actor=actor, detail={"comment": made.pk})
    return made


def tag(case: Case, *, actor: User, names: str) -> list[CaseTag]:
    """Sets the tags: words with commas between them; new words become tags. Raises InvalidInput ("tags")."""
    require_reviewer(case, actor)
    wanted = list(
        dict.fromkeys(filter(None, (each.strip() for each in plain_text(names, "tags").split(","))))
    )
    if len(wanted) > _MOST_TAGS or any(len(each) > 40 for each in wanted):
        raise InvalidInput(f"Up to {_MOST_TAGS} tags of up to 40 letters, with commas between.", field="tags")
    with transaction.atomic():
        rows = [CaseTag.objects.get_or_create(institution=case.institution, name=name)[0] for name in wanted]
        case.tags.set(rows)
        audit.record(case.institution, case, "case.tagged", actor=actor, detail={"tags": wanted})
    return rows
