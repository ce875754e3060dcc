"""Rights on proctoring data: who sees incidents and evidence, who decides, and who watches which sitting."""

from typing import Any

import rules

from accounts.naming import names_for
from accounts.permissions import grant, has_role, roles_of
from accounts.roles import Role
from exams.models import Attempt, Enrolment, Sitting, SittingProctor
from exams.permissions import may_run_sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import NotAllowed, NotFound

_OFFICE = (Role.EXAM_OFFICER, Role.ADMIN)
_REVIEW = (Role.PROCTOR, Role.REVIEWER, *_OFFICE)

grant("proctoring", "policy", view=(Role.AUTHOR, Role.DATA_PROTECTION_OFFICER, *_REVIEW), write=_OFFICE)
grant("proctoring", "policyassignment", view=_REVIEW, write=_OFFICE)
grant("proctoring", "compatkey", view=(Role.ADMIN,), write=(Role.ADMIN,))
for _model in ("reasoncode", "readytext"):
    grant("proctoring", _model, view=(Role.DATA_PROTECTION_OFFICER, *_REVIEW), write=_OFFICE)
for _model in (
    "monitoringsession",
    "incident",
    "evidenceitem",
    "candidatewarning",
    "identitycheck",
    "livewatch",
    "chatmessage",
    "raisedhand",
    "watchassignment",
    "handover",
    "call",
):
    grant("proctoring", _model, view=(Role.DATA_PROTECTION_OFFICER, *_REVIEW))
# Cases: proctors judge live and read nothing afterwards, unless they are reviewers too.
_READERS = (Role.REVIEWER, *_OFFICE)
for _model in (
    "case",
    "reading",
    "casecomment",
    "caselook",
    "sampledraw",
    "reply",
    "casemail",
    "interview",
    "interviewslot",
    "interviewquestion",
):
    grant("proctoring", _model, view=(Role.DATA_PROTECTION_OFFICER, *_READERS))
grant("proctoring", "casetag", view=(Role.DATA_PROTECTION_OFFICER,), write=_READERS)
grant("proctoring", "reviewsettings", view=(Role.REVIEWER, Role.DATA_PROTECTION_OFFICER), write=_OFFICE)
rules.add_perm("proctoring.read_case", has_role(*_READERS))
"""May give readings of cases, comment and tag."""
rules.add_perm("proctoring.ask_for_case", has_role(*_REVIEW))
"""May ask that an attempt be looked at; proctors in their own sittings."""
rules.add_perm("proctoring.run_review", has_role(*_OFFICE))
"""May share cases out and take a lock from somebody else's hands."""
for _model in ("detectorprecision", "detectorstanding"):
    grant("proctoring", _model, view=(Role.DATA_PROTECTION_OFFICER, *_REVIEW))
grant("proctoring", "precisionterms", view=(Role.DATA_PROTECTION_OFFICER, *_REVIEW), write=_OFFICE)
for _model in ("notice", "consent"):
    grant("proctoring", _model, view=(Role.DATA_PROTECTION_OFFICER, *_OFFICE))
grant("proctoring", "officerphoto", view=(Role.DATA_PROTECTION_OFFICER,), write=_OFFICE)
# Nobody adds or changes it; it is deleted for a reason also by who answers for data protection.
_KEEPERS = (Role.DATA_PROTECTION_OFFICER, *_OFFICE)
grant("proctoring", "keptfacedata", view=_KEEPERS)
rules.set_perm("proctoring.delete_keptfacedata", has_role(*_KEEPERS))
# Periods, holds, requests and proof of deletion: read by who answers for data protection; their own services
# alone write them.
for _model in (
    "retentionperiod",
    "legalhold",
    "retentionrun",
    "erasurerequest",
    "dataexport",
    "deletioncertificate",
):
    grant("proctoring", _model, view=_KEEPERS)
rules.add_perm("proctoring.keep_or_erase", has_role(Role.DATA_PROTECTION_OFFICER, Role.ADMIN))
"""May change periods, place and lift holds, and decide on requests for erasure."""
grant("proctoring", "photoupload", view=(Role.DATA_PROTECTION_OFFICER,), write=_OFFICE)
# What is not handed in yet is the candidate's alone; files are opened by links that are logged.
for _model in ("replywindow", "replyfile"):
    rules.add_perm(f"proctoring.view_{_model}", rules.always_false)
grant("proctoring", "lawdocument", view=_KEEPERS)
rules.add_perm("proctoring.change_privacy", has_role(Role.ADMIN, Role.DATA_PROTECTION_OFFICER))
# Read through the pages of proctors, the review desk, reports and the audit log only.
for _model in (
    "actrun",
    "actresult",
    "timegift",
    "coverageminute",
    "standingmail",
    "observationminute",
    "observedrules",
    "decisionrun",
    "incidentexport",
    "incidentexportmail",
    "outsidesession",
):
    rules.add_perm(f"proctoring.view_{_model}", rules.always_false)
for _model in ("meeting", "participant", "meetinginvitation", "meetingstay", "meetingmail"):
    grant("proctoring", _model, view=(Role.DATA_PROTECTION_OFFICER, *_OFFICE))
grant("proctoring", "sealedpackage", view=(Role.DATA_PROTECTION_OFFICER, Role.REVIEWER, *_OFFICE))
grant("proctoring", "evidencemanifest", view=(Role.DATA_PROTECTION_OFFICER, *_REVIEW))
rules.add_perm("proctoring.seal_evidence", has_role(*_OFFICE))
"""May make packages of evidence to be handed over, and download them."""
# Nobody reads a key.
for _model in ("personkey", "datakey"):
    rules.add_perm(f"proctoring.view_{_model}", rules.always_false)
# No one sees a reference face, a voice or a document as a row; photos are shown by links that are logged.
for _model in ("referenceface", "referencevoice", "documentcheck"):
    rules.add_perm(f"proctoring.view_{_model}", rules.always_false)

rules.add_perm("proctoring.decide_incident", has_role(*_REVIEW))
rules.add_perm("proctoring.export_incidents", has_role(Role.REVIEWER, Role.DATA_PROTECTION_OFFICER, *_OFFICE))
"""May take lists of incidents out as files; proctors watch, and take nothing away."""
rules.add_perm("proctoring.tend_evidence_store", has_role(*_OFFICE))
"""May have the evidence store tried at once."""
rules.add_perm("proctoring.bring_back_detector", has_role(*_OFFICE))
rules.add_perm("proctoring.make_meeting", has_role(*_REVIEW))
"""May make meetings of their own (interviews), and be a host of one."""
rules.add_perm("proctoring.view_evidence", has_role(*_REVIEW))


def may_watch(user: Any, sitting: Sitting) -> bool:
    """Whether the person may open the proctor's page of the sitting and act on its attempts.

    Exam officers and admins may in every sitting of the institution, proctors only where they are assigned;
    none of them while they read a case of it without names (`require_watching` says so).
    """
    return may_run_sitting(user, sitting) and not _reads_blind(user, sitting)


def require_watching(user: Any, sitting: Sitting | None, what: str = "sitting") -> None:
    """Refuses who does not watch the sitting: NotFound, so that ids of others cannot be probed.

    Raises NotAllowed (code "reads_blind") for who would, but reads a case of it without names.
    """
    if sitting is None or not may_run_sitting(user, sitting):
        raise NotFound(f"There is no such {what} that you watch.")
    if _reads_blind(user, sitting):
        raise NotAllowed(
            "This sitting is over, and you are reading a case of it without names, which its pages show. "
            "Give your reading, or hand the case back, first.",
            code="reads_blind",
        )


def _reads_blind(user: Any, sitting: Sitting) -> bool:
    """Whether pages of the sitting would name somebody whose case the person reads without names.

    Not before it is over: who watches a running exam has to know everybody in it.
    """
    if sitting.closes_at > clock.now():
        return False
    hidden = names_for(user, sitting.institution).hidden
    rows = Enrolment._base_manager.filter(sitting_id=sitting.pk, candidate__in=list(hidden))
    return bool(hidden) and bool(rows.exists())


def may_direct_watching(user: Any, sitting: Sitting) -> bool:
    """Whether the person may decide for other proctors who looks first at whom: exam officers and admins."""
    return bool(roles_of(user, sitting.institution) & {role.value for role in _OFFICE})


def may_see_incidents(user: Any, sitting: Sitting | None, institution: Any) -> bool:
    """Whether the person may see (and decide) incidents and evidence of the sitting.

    Reviewers, exam officers and admins see all of the institution, proctors only sittings they are assigned
    to. `sitting` None: a session without one, which proctors do not see.
    """
    roles = roles_of(user, institution)
    if roles & {Role.REVIEWER.value, *(role.value for role in _OFFICE)}:
        return True
    return Role.PROCTOR.value in roles and sitting is not None and _is_assigned(user, sitting)


def is_own(user: Any, attempt: Attempt) -> bool:
    """Whether the attempt is the person's own, and they are still a member of its institution."""
    return bool(attempt.enrolment.candidate_id == user.pk and roles_of(user, attempt.institution))


def require_watch(attempt: Attempt, proctor: Any) -> None:
    """Refuses people who do not watch this sitting: NotFound, so that ids of others cannot be probed.

    And staff who sit the exam themselves: NotAllowed, nobody supervises their own attempt.
    """
    require_watching(proctor, attempt.enrolment.sitting, "attempt in a sitting")
    if is_own(proctor, attempt):
        raise NotAllowed("This is your own attempt; somebody else has to supervise it.", code="own_attempt")


def may_host(user: Any, institution: Any) -> bool:
    """Whether the person may make meetings of their own there, and be named as a host."""
    return bool(roles_of(user, institution) & {role.value for role in _REVIEW})


def may_manage_all_meetings(user: Any, institution: Any) -> bool:
    """Exam officers and admins change every meeting of the institution, others those that are theirs."""
    return bool(roles_of(user, institution) & {role.value for role in _OFFICE})


def _is_assigned(user: Any, sitting: Sitting) -> bool:
    # _base_manager: the sitting is already in hand, and callers may hold a scope of several institutions.
    return bool(SittingProctor._base_manager.filter(sitting_id=sitting.pk, user_id=user.pk).exists())
