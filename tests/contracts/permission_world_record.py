"""The released case of the world's owner, with a reply and a file."""

from datetime import timedelta

from accounts.models import User
from proctor_site.kernel import clock
from proctoring import states
from proctoring.models import (
    Case,
    CaseTag,
    Interview,
    InterviewSlot,
    MonitoringSession,
    ReplyFile,
    ReviewSettings,
)
from proctoring.rights import replies, reply_files
from tests.contracts.permission_world_rights import make_rights


def _make_offered(case: Case, host: User) -> Interview:
    """An interview of the case that waits for the candidate's answer."""
    now = clock.now()
    made = Interview.objects.create(
        institution=case.institution,
        case=case,
        number=1,
        host=host,
        minutes=30,
        reason="How you worked.",
        offered_by=host,
        offered_at=now,
        answer_until=now + timedelta(days=2),
    )
    InterviewSlot.objects.create(
        institution=case.institution, interview=made, begins_at=now + timedelta(days=3)
    )
    return made


def make_record(session: MonitoringSession, reviewer: User) -> tuple[ReplyFile, int]:
    """Puts the session's case (a new one where there is none) into its reply window.

    The file handed in, and the id of an interview that the reviewer offers.
    """
    now = clock.now()
    terms = {
        "state": states.CASE_REPLY_WINDOW,
        "released_at": now,
        "reply_until": now + timedelta(days=14),
    }
    made = {"institution": session.institution, "sitting": session.sitting, "created_at": now, **terms}
    case, _ = Case.objects.update_or_create(session=session, defaults=terms, create_defaults=made)
    CaseTag.objects.create(institution=session.institution, name="radio")
    ReviewSettings.objects.create(institution=session.institution)
    assert session.candidate is not None
    own = {"candidate": session.candidate}
    file = reply_files.add(case, "reply", name="note.pdf", data=b"%PDF-1.7", **own)
    replies.hand_in(case, "reply", text="So it was.", key=replies.window_of(case, "reply").key, **own)
    make_rights(session.institution, session.candidate)
    return file, _make_offered(case, reviewer).pk
