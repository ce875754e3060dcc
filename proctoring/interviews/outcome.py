"""What came of an interview: held, with its outcome and reasons; or missed. Neither changes the verdict."""

import hashlib
import json
from datetime import timedelta

from django.db import transaction

from accounts.models import User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import states
from proctoring.interviews import access, moves
from proctoring.interviews.sheet import questions_of, require_host
from proctoring.meetings.own import making
from proctoring.models import Interview, MeetingStay
from proctoring.models.interview import InterviewOutcome
from proctoring.models.meeting import Part
from proctoring.models.reply import CaseMailKind
from proctoring.review import verdicts
from proctoring.review.cases import plain_text

WAIT = timedelta(minutes=15)
"""So long somebody who does not come is waited for."""


def record(interview: Interview, *, actor: User, outcome: str, text: str) -> Interview:
    """Notes that it was held and what came of it, with reasons that the candidate reads after the release.

    Its notes are fixed from now on. In the reply window the candidate has some days left to answer it. Raises
    NotAllowed, IllegalMove, Conflict (too_early), InvalidInput (fields "outcome", "text").
    """
    with transaction.atomic():
        access.lock_row(interview)
        require_host(interview, actor)
        states.INTERVIEW.target(interview.state, "hold")
        if outcome not in InterviewOutcome.values:
            raise InvalidInput("Choose what came of it.", field="outcome")
        said = plain_text(text, "text", required=True)
        _require_begun(interview, timedelta(0), "This interview has not begun yet.")
        values = {
            "outcome": outcome, "outcome_text": said, "closed_at": clock.now(), "closed_by": actor,
        }  # fmt: skip
        detail = {"outcome": outcome, "record_sha256": _fingerprint(interview)}
        moves.apply(interview, "hold", actor=actor, values=values, detail=detail)
        _end_meeting(interview, actor)
        verdicts.leave_time_to_reply(interview.case, actor=actor, why=f"interview {interview.number}")
        if interview.case.released_at is not None:
            moves.tell_candidate(interview, CaseMailKind.INTERVIEW_RESULT)
    return interview


def miss(interview: Interview, *, actor: User, why: str) -> Interview:
    """Notes that the candidate did not come; it counts neither way. Not for who came to the meeting.

    Raises NotAllowed, IllegalMove, Conflict (too_early, was_there), InvalidInput (field "why").
    """
    with transaction.atomic():
        access.lock_row(interview)
        access.require_act(interview.case, actor)
        states.INTERVIEW.target(interview.state, "miss")
        said = plain_text(why, "why", required=True, most=2_000)
        words = f"Wait at least {WAIT.seconds // 60} minutes from the agreed time."
        _require_begun(interview, WAIT, words)
        if came(interview):
            raise Conflict(
                "The candidate came to the meeting. Write down what came of it, or call it off.",
                code="was_there",
            )
        values = {"closed_at": clock.now(), "closed_by": actor, "closing_text": said}
        moves.apply(interview, "miss", actor=actor, values=values)
        _end_meeting(interview, actor)
    return interview


def came(interview: Interview) -> bool:
    """Whether the candidate came to the meeting, be it to its waiting room only."""
    rows = MeetingStay.objects.filter(
        participant__meeting=interview.meeting_id, participant__part=Part.CANDIDATE
    )
    return interview.meeting_id is not None and rows.exists()


def _require_begun(interview: Interview, after: timedelta, words: str) -> None:
    if interview.begins_at is None or clock.now() < interview.begins_at + after:
        raise Conflict(words, code="too_early")


def _end_meeting(interview: Interview, actor: User) -> None:
    """Ends the room where it is open. One that nobody opened lapses by itself, without an e-mail."""
    meeting = interview.meeting
    if meeting is not None and meeting.state != states.MEETING_SCHEDULED:
        making.call_off(meeting, actor=actor, reason="the interview is over")


def _fingerprint(interview: Interview) -> str:
    """SHA-256 of questions and notes as they stand: the log proves later that they were not altered."""
    rows = [[each.asks, each.question_text, each.answer_text, each.notes] for each in questions_of(interview)]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
