"""State tables of proctoring: incident, case, session, check, meeting, interview, hand-over, call."""

from proctor_site.kernel.states import MoveTable, move

UNREVIEWED = "unreviewed"
ACKNOWLEDGED = "acknowledged"
UPHELD = "upheld"
DISMISSED = "dismissed"
INCONCLUSIVE = "inconclusive"
_DECIDED = (UPHELD, DISMISSED, INCONCLUSIVE)

INCIDENT_REVIEW = MoveTable(
    name="incident",
    states=(UNREVIEWED, ACKNOWLEDGED, *_DECIDED),
    moves=(
        move("acknowledge", [UNREVIEWED], ACKNOWLEDGED),
        move("uphold", [UNREVIEWED, ACKNOWLEDGED], UPHELD),
        move("dismiss", [UNREVIEWED, ACKNOWLEDGED], DISMISSED),
        move("leave_inconclusive", [UNREVIEWED, ACKNOWLEDGED], INCONCLUSIVE),
        move("reopen", [ACKNOWLEDGED, *_DECIDED], UNREVIEWED),
    ),
)

CASE_OPEN = "open"
CASE_FIRST_READ = "first_read"
CASE_SECOND_READ = "second_read"
CASE_REPLY_WINDOW = "reply_window"
CASE_DECIDED = "decided"
CASE_APPEALED = "appealed"
CASE_UNREAD = (CASE_OPEN, CASE_FIRST_READ)
"""Waits for a reader who has not seen it yet."""
CASE_JUDGED = (CASE_DECIDED, CASE_APPEALED)
"""There is a verdict."""

CASE = MoveTable(
    name="case",
    states=(
        CASE_OPEN,
        CASE_FIRST_READ,
        CASE_SECOND_READ,
        CASE_REPLY_WINDOW,
        CASE_DECIDED,
        CASE_APPEALED,
    ),
    moves=(
        # No concern is the one verdict that needs neither a second reader nor a reply.
        move("clear", [CASE_OPEN, CASE_FIRST_READ, CASE_SECOND_READ], CASE_DECIDED),
        move("read", [CASE_OPEN], CASE_FIRST_READ),
        move("read_again", [CASE_FIRST_READ], CASE_SECOND_READ),
        move("open_reply_window", [CASE_SECOND_READ], CASE_REPLY_WINDOW),
        move("decide", [CASE_REPLY_WINDOW], CASE_DECIDED),
        move("appeal", [CASE_DECIDED], CASE_APPEALED),
        move("decide_appeal", [CASE_APPEALED], CASE_DECIDED),
        # A reader pressed the wrong button; the reading stays, marked as taken back.
        move("take_back", [CASE_FIRST_READ, CASE_DECIDED], CASE_OPEN),
    ),
)

IN_FORCE = "in_force"
ADVISORY = "advisory"

STANDING = MoveTable(
    name="detector's standing",
    states=(IN_FORCE, ADVISORY),
    moves=(
        # By itself, when people disagree with it too often.
        move("make_advisory", [IN_FORCE], ADVISORY),
        # Only by a person; other numbers have a standing of their own.
        move("bring_back", [ADVISORY], IN_FORCE),
    ),
)

SESSION_LIVE = "live"
SESSION_ENDED = "ended"

SESSION = MoveTable(
    name="monitoring session",
    states=(SESSION_LIVE, SESSION_ENDED),
    moves=(
        move("end", [SESSION_LIVE], SESSION_ENDED),
        # A terminated attempt can be reinstated; its monitoring then goes on in the same session.
        move("continue", [SESSION_ENDED], SESSION_LIVE),
    ),
)

CHECK_WAITING = "waiting"
CHECK_APPROVED = "approved"
CHECK_ASKED_AGAIN = "asked_again"
CHECK_REFUSED = "refused"
CHECK_DROPPED = "dropped"

IDENTITY_CHECK = MoveTable(
    name="identity check",
    states=(CHECK_WAITING, CHECK_APPROVED, CHECK_ASKED_AGAIN, CHECK_REFUSED, CHECK_DROPPED),
    moves=(
        move("approve", [CHECK_WAITING], CHECK_APPROVED),
        move("ask_again", [CHECK_WAITING], CHECK_ASKED_AGAIN),
        move("refuse", [CHECK_WAITING], CHECK_REFUSED),
        # Nobody is needed any more: the candidate chose another way, or the time to start has passed.
        move("drop", [CHECK_WAITING], CHECK_DROPPED),
    ),
)

SHOWING_ASKED = "asked"
SHOWING_DOING = "doing"
SHOWING_DONE = "done"
SHOWING_DECLINED = "declined"
SHOWING_CANCELLED = "cancelled"
SHOWING_EXPIRED = "expired"
SHOWING_OPEN = (SHOWING_ASKED, SHOWING_DOING)

SHOWING = MoveTable(
    name="request to show something",
    states=(*SHOWING_OPEN, SHOWING_DONE, SHOWING_DECLINED, SHOWING_CANCELLED, SHOWING_EXPIRED),
    moves=(
        move("begin", [SHOWING_ASKED], SHOWING_DOING),
        move("finish", [SHOWING_DOING], SHOWING_DONE),
        move("decline", SHOWING_OPEN, SHOWING_DECLINED),
        # By the proctor, or because the attempt or the agreement has ended.
        move("cancel", SHOWING_OPEN, SHOWING_CANCELLED),
        move("expire", SHOWING_OPEN, SHOWING_EXPIRED),
    ),
)

MEETING_SCHEDULED = "scheduled"
MEETING_OPEN = "open"
MEETING_INTERRUPTED = "interrupted"
MEETING_ENDED = "ended"
MEETING_CANCELLED = "cancelled"

MEETING = MoveTable(
    name="meeting",
    states=(MEETING_SCHEDULED, MEETING_OPEN, MEETING_INTERRUPTED, MEETING_ENDED, MEETING_CANCELLED),
    moves=(
        move("open", [MEETING_SCHEDULED], MEETING_OPEN),
        # The provider of live video does not answer; the exam goes on, the meeting when it is back.
        move("interrupt", [MEETING_OPEN], MEETING_INTERRUPTED),
        move("restore", [MEETING_INTERRUPTED], MEETING_OPEN),
        move("end", [MEETING_OPEN, MEETING_INTERRUPTED], MEETING_ENDED),
        # The sitting is over, and nobody watched it live; or a person cancels an interview.
        move("cancel", [MEETING_SCHEDULED], MEETING_CANCELLED),
        # The slot of an interview is over, and nobody came.
        move("lapse", [MEETING_SCHEDULED], MEETING_ENDED),
    ),
)

INTERVIEW_OFFERED = "offered"
INTERVIEW_AGREED = "agreed"
INTERVIEW_HELD = "held"
INTERVIEW_DECLINED = "declined"
INTERVIEW_MISSED = "missed"
INTERVIEW_CANCELLED = "cancelled"
INTERVIEW_LAPSED = "lapsed"
INTERVIEW_STANDING = (INTERVIEW_OFFERED, INTERVIEW_AGREED)
"""It may still take place."""

INTERVIEW = MoveTable(
    name="interview",
    states=(
        *INTERVIEW_STANDING,
        INTERVIEW_HELD,
        INTERVIEW_DECLINED,
        INTERVIEW_MISSED,
        INTERVIEW_CANCELLED,
        INTERVIEW_LAPSED,
    ),
    moves=(
        move("agree", [INTERVIEW_OFFERED], INTERVIEW_AGREED),
        # Other times: named by who holds it, or asked for by the candidate.
        move("offer_again", INTERVIEW_STANDING, INTERVIEW_OFFERED),
        move("ask_again", INTERVIEW_STANDING, INTERVIEW_OFFERED),
        move("decline", INTERVIEW_STANDING, INTERVIEW_DECLINED),
        # With its outcome; there is none without.
        move("hold", [INTERVIEW_AGREED], INTERVIEW_HELD),
        move("miss", [INTERVIEW_AGREED], INTERVIEW_MISSED),
        # By a person, or because the case was decided.
        move("cancel", INTERVIEW_STANDING, INTERVIEW_CANCELLED),
        # Nobody answered while a time could still be chosen.
        move("lapse", [INTERVIEW_OFFERED], INTERVIEW_LAPSED),
    ),
)

HAND_OVER_OFFERED = "offered"
HAND_OVER_ACCEPTED = "accepted"
HAND_OVER_DECLINED = "declined"
HAND_OVER_WITHDRAWN = "withdrawn"

HAND_OVER = MoveTable(
    name="hand-over",
    states=(HAND_OVER_OFFERED, HAND_OVER_ACCEPTED, HAND_OVER_DECLINED, HAND_OVER_WITHDRAWN),
    moves=(
        move("accept", [HAND_OVER_OFFERED], HAND_OVER_ACCEPTED),
        move("decline", [HAND_OVER_OFFERED], HAND_OVER_DECLINED),
        # By who offered it, or because nothing of what was offered is left to give.
        move("withdraw", [HAND_OVER_OFFERED], HAND_OVER_WITHDRAWN),
    ),
)

CALL_RINGING = "ringing"
CALL_OPEN = "open"
CALL_DECLINED = "declined"
CALL_MISSED = "missed"
CALL_ENDED = "ended"
CALL_GOES_ON = (CALL_RINGING, CALL_OPEN)

CALL = MoveTable(
    name="call",
    states=(CALL_RINGING, CALL_OPEN, CALL_DECLINED, CALL_MISSED, CALL_ENDED),
    moves=(
        move("answer", [CALL_RINGING], CALL_OPEN),
        move("decline", [CALL_RINGING], CALL_DECLINED),
        # Nobody answered in time, or the proctor thought better of it.
        move("miss", [CALL_RINGING], CALL_MISSED),
        move("end", [CALL_OPEN], CALL_ENDED),
    ),
)

ERASURE_ASKED = "asked"
ERASURE_GRANTED = "granted"
ERASURE_REFUSED = "refused"
ERASURE_TAKEN_BACK = "taken_back"
ERASURE_DONE = "done"
ERASURE_GOES_ON = (ERASURE_ASKED, ERASURE_GRANTED)

ERASURE = MoveTable(
    name="request for erasure",
    states=(ERASURE_ASKED, ERASURE_GRANTED, ERASURE_REFUSED, ERASURE_TAKEN_BACK, ERASURE_DONE),
    moves=(
        move("grant", [ERASURE_ASKED], ERASURE_GRANTED),
        move("refuse", [ERASURE_ASKED], ERASURE_REFUSED),
        # The person thought better of it, before anything was deleted.
        move("take_back", [ERASURE_ASKED], ERASURE_TAKEN_BACK),
        move("finish", [ERASURE_GRANTED], ERASURE_DONE),
    ),
)
