"""Reply windows by the clock: the reminder before the end, and telling staff when one has ended."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from accounts import audit
from accounts.tenancy import across_all, within
from accounts.transitions import lock
from proctor_site.kernel import clock
from proctoring.models import Case, CaseMail, ReplyWindow
from proctoring.models.reply import CaseMailKind, ReplyPart
from proctoring.review.verdicts import is_ready
from proctoring.rights import mails, replies
from proctoring.states import CASE_REPLY_WINDOW

REMIND_BEFORE = timedelta(days=3)
_MOST_AT_ONCE = 500


def sweep() -> int:
    """Reminds and marks all that is due, of every institution; how many cases. Safe in several processes."""
    with across_all():
        due = [("remind", each) for each in _to_remind()[:_MOST_AT_ONCE]]
        due += [("end", each) for each in ended().filter(~_is_marked())[:_MOST_AT_ONCE]]
    for verb, case in due:
        with within(case.institution):
            if verb == "remind":
                mails.remind(case)
            else:
                _mark_ended(case)
    return len(due)


def ended() -> QuerySet[Case]:
    """Cases whose reply window is over, by the clock or because the candidate said so: ready to decide.

    Needs an open scope.
    """
    rows: QuerySet[Case] = Case.objects.filter(is_ready())
    related = ("institution", "session__candidate", "assigned_to", "first_reader", "second_reader")
    return rows.select_related(*related).order_by("pk")


def _to_remind() -> QuerySet[Case]:
    """Within the last days of a window that lasts longer than that; not who said to be done."""
    now = clock.now()
    told = CaseMail.objects.filter(case=OuterRef("pk"), kind=CaseMailKind.REPLY_REMINDER)
    rows: QuerySet[Case] = Case.objects.filter(
        ~Exists(told),
        state=CASE_REPLY_WINDOW,
        said_all_at=None,
        reply_until__gt=now,
        reply_until__lte=now + REMIND_BEFORE,
        released_at__lt=F("reply_until") - REMIND_BEFORE,
    )
    return rows.select_related("institution", "session__candidate").order_by("pk")


def _is_marked() -> Exists:
    """A window that is ended in the reply's row; a new window of the case begins after that mark."""
    marks = ReplyWindow.objects.filter(
        case=OuterRef("pk"), part=ReplyPart.REPLY, ended_at__gte=OuterRef("released_at")
    )
    return Exists(marks)


def _mark_ended(case: Case) -> None:
    with transaction.atomic():
        lock(case, "institution", "session__candidate", "assigned_to", "first_reader", "second_reader")
        window = replies.window_of(case, ReplyPart.REPLY)
        is_new = window.ended_at is None or (
            case.released_at is not None and window.ended_at < case.released_at
        )
        if not is_new or case.state != CASE_REPLY_WINDOW:
            return  # another process was faster
        window.ended_at = clock.now()
        window.save(update_fields=["ended_at"])
        audit.record(case.institution, case, "case.reply_window_ended")
        mails.tell_staff(case)
