"""Messages and hand-overs for tests."""

from accounts.models import User
from accounts.tenancy import within
from exams.models import Attempt, Enrolment
from proctor_site.kernel import clock
from proctoring.models import ChatMessage, HandOver
from proctoring.models.talk import Side
from proctoring.rota import services as rota


def make_message(attempt: Attempt, author: User, *, text: str = "Hello", name: str = "m") -> ChatMessage:
    """A message that was not read yet; `name`: its client id."""
    with within(attempt.institution):
        return ChatMessage.objects.create(
            institution=attempt.institution,
            attempt=attempt,
            side=Side.CANDIDATE if author == attempt.enrolment.candidate else Side.PROCTOR,
            author=author,
            text=text,
            client_id=name,
            sent_at=clock.now(),
        )


def make_hand_over(enrolment: Enrolment, giver: User, taker: User) -> HandOver:
    """One candidate of the giver, offered to the taker."""
    with within(enrolment.institution):
        rota.take(enrolment.sitting, [enrolment.pk], actor=giver)
        return rota.offer(enrolment.sitting, [enrolment.pk], to=taker.pk, note="Lunch", actor=giver)
