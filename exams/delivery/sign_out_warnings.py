"""What a candidate should know before a session of theirs ends: an exam that is under way."""

from collections.abc import Iterator

from accounts.models import User
from accounts.sign_ins import warns_before_ending
from exams import states
from exams.models import Attempt


@warns_before_ending
def exams_under_way(person: User) -> Iterator[str]:
    """One sentence for each; the answers are saved and the clock goes on whatever happens."""
    rows = Attempt.objects.with_scopes_disabled().filter(
        enrolment__candidate=person, state__in=(states.CHECKING_IN, states.READY, *states.RUNNING)
    )
    for attempt in rows.select_related("enrolment__sitting__exam").order_by("pk"):
        yield (
            f"Your exam “{attempt.enrolment.sitting.exam.title}” is under way. If you end the session in "
            "which you take it, you have to sign in there again; answers stay saved, and its clock goes on."
        )
