"""Messages, hands and hand-overs on the sockets: both sides hear at once; who is here is known."""

from typing import Any

import pytest

from accounts.tenancy import within
from proctoring.live import proctor_presence
from proctoring.models import ChatMessage
from proctoring.rota import services as rota
from proctoring.talk import services
from tests.channels.conftest import in_thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")]


async def test_both_sides_hear_at_once_and_only_what_is_theirs(
    connect: Any, sitting: Any, session: Any, candidate: Any, proctor: Any, officer: Any
) -> None:
    attempt = session.attempt
    watching = await connect(proctor, f"/ws/i/north-college/sittings/{sitting.pk}/")
    await watching.receive("hello")
    writing = await connect(candidate, f"/ws/attempts/{attempt.pk}/")
    await writing.receive("hello")
    assert proctor_presence.pages_in(sitting.pk) == {proctor.pk: 1}

    def say(author: Any, text: str) -> ChatMessage:
        with within(attempt.institution):
            return services.say(attempt, author=author, text=text, client_id=text)

    def raise_and_give() -> None:
        with within(attempt.institution):
            services.raise_hand(attempt, candidate=candidate)
            rota.give(sitting, [attempt.enrolment_id], to=proctor.pk, actor=officer)

    await in_thread(say, candidate, "Question")
    heard = await watching.event("chat.said")
    assert (heard["attempt"], heard["payload"]["talk"]["unread"]) == (attempt.pk, 1)
    assert (await writing.event("chat.said"))["payload"]["message"]["client_id"] == "Question"
    await in_thread(say, proctor, "Answer")
    told = (await writing.event("chat.said"))["payload"]
    assert (told["message"]["author"], "talk" in told) == ("Proctor", False)
    await in_thread(raise_and_give)
    # Both may come in one batch: the later one is waited for, the earlier one is among what was seen.
    given = (await watching.event("watch.assigned"))["payload"]["changes"]
    batches = [each for message in watching.seen for each in message.get("events", [])]
    (raised,) = [each for each in batches if each["kind"] == "hand.raised"]
    assert raised["payload"]["talk"]["hand_since"]
    assert [(each["enrolment"], each["proctor"]["id"]) for each in given] == [
        (attempt.enrolment_id, proctor.pk)
    ]
    assert (await writing.event("hand.raised"))["payload"]["by"] == ""
    assert not any(each.get("kind", "").startswith("watch.") for each in writing.seen)
    await watching.inner.disconnect()
    assert proctor_presence.pages_in(sitting.pk) == {}
