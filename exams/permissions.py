"""Rights on exams: authors write questions, exam officers schedule, proctors and reviewers read."""

from typing import Any

import rules

from accounts.permissions import grant, has_role, roles_of
from accounts.roles import Role
from exams.models import Sitting, SittingProctor

_OFFICE = (Role.EXAM_OFFICER, Role.ADMIN)
_WRITE = (Role.AUTHOR, *_OFFICE)
_WATCH = (Role.PROCTOR, Role.REVIEWER)

_BANK = ("question", "questionversion", "questioncategory", "questiontag", "questionmedia")
for _model in ("exam", "section", "sectionquestion", *_BANK):
    grant("exams", _model, view=(Role.REVIEWER,), write=_WRITE)
grant("exams", "questionimport", view=_WRITE, write=_WRITE)
for _model in ("sitting", "sittingproctor", "enrolment", "pendingenrolment", "candidategroup"):
    grant("exams", _model, view=(Role.AUTHOR, *_WATCH), write=_OFFICE)
grant("exams", "candidategroupmember", view=(Role.AUTHOR, *_WATCH), write=_OFFICE)
for _model in ("roster", "selfenrolment", "sittingmail"):
    grant("exams", _model, view=_OFFICE, write=_OFFICE)
for _model in ("allowance", "groupallowance"):
    grant("exams", _model, view=_OFFICE, write=_OFFICE)
for _model in ("attempt", "paperitem", "answer", "answerfile", "mark", "markchange"):
    grant("exams", _model, view=(*_OFFICE, Role.REVIEWER))
grant("exams", "sectionpool", view=(Role.REVIEWER,), write=_WRITE)
for _model in ("sectionrun", "questionview"):
    grant("exams", _model, view=(*_OFFICE, Role.REVIEWER))
grant("exams", "journalentry", view=(*_OFFICE, Role.REVIEWER))
grant("exams", "keptchange", view=(*_OFFICE, Role.REVIEWER), write=_OFFICE)
grant("exams", "losttime", view=(*_OFFICE, *_WATCH))
grant("exams", "outsidesafebrowser", view=(*_OFFICE, *_WATCH))
grant("exams", "safebrowserterms", view=_OFFICE, write=_OFFICE)

rules.add_perm("exams.watch_sitting", has_role(Role.PROCTOR, *_OFFICE))
"""May open the proctor's page of a sitting and act on attempts; proctors only in their own sittings."""

MARKING_ROLES = (Role.AUTHOR, Role.REVIEWER, *_OFFICE)
rules.add_perm("exams.mark_answers", has_role(*MARKING_ROLES))
"""May mark in the rounds they are assigned to."""
rules.add_perm("exams.manage_marking", has_role(*_OFFICE))
"""May open and close marking rounds, assign markers, and change single marks with a reason."""
for _model in ("markinground", "roundmarker", "roundanswer", "reading"):
    grant("exams", _model, view=(*_OFFICE, Role.REVIEWER))
grant("exams", "rubric", view=(Role.REVIEWER,), write=_WRITE)
rules.add_perm("exams.view_statistics", has_role(*_WRITE))
"""May see how questions did: figures and counts, no names."""
rules.add_perm("exams.export_results", has_role(*_OFFICE))
"""May take results with names out of the system, and print transcripts."""


def may_run_sitting(user: Any, sitting: Sitting) -> bool:
    """Whether the person may watch the sitting and act in it.

    Exam officers and admins may in every sitting of the institution, proctors only where they are assigned.
    """
    roles = roles_of(user, sitting.institution)
    if roles & {role.value for role in _OFFICE}:
        return True
    # _base_manager: the sitting is already in hand, and callers may hold a scope of several institutions.
    assigned = SittingProctor._base_manager.filter(sitting_id=sitting.pk, user_id=user.pk)
    return Role.PROCTOR.value in roles and bool(assigned.exists())


rules.add_perm("exams.view_results", has_role(*_OFFICE, Role.REVIEWER))
"""May see marks and results of named candidates."""
rules.add_perm("exams.release_results", has_role(*_OFFICE))
"""May decide what candidates see of their results and when, and regrade questions."""
for _model in ("regrade", "release", "releasedresult", "resultpolicy"):
    grant("exams", _model, view=(*_OFFICE, Role.REVIEWER))
