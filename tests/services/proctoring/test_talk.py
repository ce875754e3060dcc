"""Messages between a candidate and the proctors, and the raised hand: who, when, how often, who is told."""

from typing import Any

import pytest

from accounts.models import AuditEntry, User
from accounts.tenancy import across_all
from exams import states
from exams.models import Attempt, PaperItem
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, Overloaded
from proctoring import policies, supervision_wall
from proctoring.models import ChatMessage, LiveEvent, Policy, RaisedHand
from proctoring.talk import queries, services
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]


def told(kind: str, audience: str) -> list[dict[str, Any]]:
    return [row.payload for row in LiveEvent.objects.filter(kind=kind, audience=audience).order_by("id")]


def say(attempt: Attempt, author: User, text: str = "Hello", name: str = "a", **more: Any) -> ChatMessage:
    return services.say(attempt, author=author, text=text, client_id=name, **more)


def talk_in_row(attempt: Attempt) -> Any:
    return supervision_wall.rows_of(attempt.enrolment.sitting)[0]["talk"]


def test_both_sides_hear_each_other_and_the_row_counts(
    attempt: Attempt, candidate: User, proctor: User
) -> None:
    asked = say(attempt, candidate, "May I use paper?")
    assert talk_in_row(attempt) == {"unread": 1, "hand_since": None}
    (for_proctors,) = told("chat.said", "proctors")
    assert for_proctors["candidate"]["name"] == "Carla Candidate"
    assert (for_proctors["talk"]["unread"], for_proctors["message"]["text"]) == (1, "May I use paper?")
    assert for_proctors["message"]["client_id"] == ""  # the other side's name for it is no business of ours
    assert services.mark_read(attempt, reader=proctor, up_to=asked.pk) == 1
    assert services.mark_read(attempt, reader=proctor, up_to=asked.pk) == 0
    assert talk_in_row(attempt)["unread"] == 0
    say(attempt, proctor, "Yes.")
    answered = told("chat.said", "candidate")[-1]["message"]
    assert (answered["side"], answered["author"]) == ("proctor", "Proctor")  # no names of proctors
    mine = queries.conversation(attempt, side="candidate")
    assert [each["text"] for each in mine["messages"]] == ["May I use paper?", "Yes."]
    assert (mine["unread"], mine["read_up_to"]["candidate"], mine["is_open"]) == (1, asked.pk, True)
    assert queries.conversation(attempt, side="proctor", after=asked.pk)["messages"][0]["author"] == str(
        proctor
    )


def test_sent_again_it_stays_one_message(attempt: Attempt, candidate: User, proctor: User) -> None:
    first = say(attempt, candidate, "Hello", "x")
    assert say(attempt, candidate, " Hello ", "x").pk == first.pk
    with pytest.raises(InvalidInput) as refusal:
        say(attempt, candidate, "Something else", "x")
    assert (refusal.value.field, refusal.value.code) == ("client_id", "id_used")
    say(attempt, proctor, "Hello", "x")  # another author's names are apart
    assert ChatMessage.objects.count() == 2
    assert len(told("chat.said", "candidate")) == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "  \n "}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": 5}, "text"),
        ({"client_id": ""}, "client_id"),
        ({"client_id": "x" * 65}, "client_id"),
        ({"client_id": "a\nb"}, "client_id"),
        ({"client_id": None}, "client_id"),
        ({"item": 0}, "item"),
        ({"item": True}, "item"),
        ({"item": 999_999}, "item"),
        ({"item": 2**70}, "item"),
    ],
)
def test_bad_messages_name_their_field(
    attempt: Attempt, candidate: User, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        services.say(attempt, author=candidate, **{"text": "Hello", "client_id": "a", **given})
    assert refusal.value.field == field
    assert not ChatMessage.objects.exists()


def test_a_question_of_the_own_paper_is_named(attempt: Attempt, candidate: User, proctor: User) -> None:
    item = PaperItem.objects.filter(attempt=attempt).first()
    assert item is not None
    message = say(attempt, candidate, item=item.pk)
    seen = queries.shape(message, "proctor")
    assert (seen["position"], seen["question"]) == (item.position, item.version.question_id)
    assert queries.shape(message, "candidate")["question"] is None  # nothing of the bank


@pytest.mark.parametrize(
    "who", ["second_candidate", "second_proctor", "reviewer", "stranger", "foreign_officer"]
)
def test_nobody_else_speaks_reads_or_lowers(request: Any, attempt: Attempt, who: str) -> None:
    user = request.getfixturevalue(who)
    for act in (
        lambda: say(attempt, user),
        lambda: services.mark_read(attempt, reader=user, up_to=5),
        lambda: services.raise_hand(attempt, candidate=user),
        lambda: services.lower_hand(attempt, person=user),
    ):
        with pytest.raises(NotFound):
            act()
    assert not ChatMessage.objects.exists()


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (states.SCHEDULED, "not_begun"),
        (states.CHECKING_IN, ""),
        (states.READY, ""),
        (states.PAUSED, ""),
        (states.OVERDUE, ""),
        (states.SUBMITTED, "ended"),
        (states.TERMINATED, "ended"),
    ],
)
def test_from_check_in_until_the_end(
    sitting: Any, candidate: User, proctor: User, state: str, code: str
) -> None:
    attempt = make_attempt(enrol(sitting, candidate), state=state)
    for act in (lambda: say(attempt, proctor), lambda: services.raise_hand(attempt, candidate=candidate)):
        if not code:
            act()
            continue
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == code


def test_switched_off_by_the_policy_and_in_practice(
    institution: Any, attempt: Attempt, candidate: User, second_candidate: User
) -> None:
    practice = make_attempt(enrol(make_sitting(make_exam(institution), is_practice=True), second_candidate))
    with pytest.raises(Conflict) as refusal:
        say(practice, second_candidate)
    assert refusal.value.code == "practice"
    Policy.objects.create(institution=institution, name="Silent", is_default=True, chat=False)
    assert not queries.is_offered(attempt, policies.policy_of(attempt))
    with pytest.raises(Conflict) as refusal:
        say(attempt, candidate)
    assert refusal.value.code == "chat_off"


def test_a_candidate_who_writes_too_often_is_told_how_long_to_wait(
    attempt: Attempt, candidate: User, proctor: User
) -> None:
    for number in range(services.MOST_A_MINUTE):
        say(attempt, candidate, name=f"m{number}")
    with pytest.raises(Overloaded) as refusal:
        say(attempt, candidate, name="one-more")
    assert (refusal.value.code, refusal.value.details["retry_after_ms"]) == ("too_often", 60_000)
    assert say(attempt, candidate, name="m0").text == "Hello"  # a repeat is no new one
    say(attempt, proctor, name="p")  # who answers many is not held up


def test_a_hand_goes_up_once_and_is_lowered_by_either_side(
    attempt: Attempt, candidate: User, proctor: User
) -> None:
    first = services.raise_hand(attempt, candidate=candidate)
    assert services.raise_hand(attempt, candidate=candidate).pk == first.pk
    assert len(told("hand.raised", "proctors")) == 1
    assert talk_in_row(attempt)["hand_since"] is not None
    assert services.lower_hand(attempt, person=proctor)
    assert not services.lower_hand(attempt, person=candidate)
    assert told("hand.lowered", "candidate") == [{"hand_since": None, "by": "proctor"}]
    services.raise_hand(attempt, candidate=candidate)
    assert RaisedHand.objects.count() == 2
    assert services.lower_hand(attempt, person=candidate)


def test_a_hand_falls_with_the_end(attempt: Attempt, candidate: User) -> None:
    from exams.delivery import attempts

    services.raise_hand(attempt, candidate=candidate)
    attempts.submit(attempt, actor=candidate, ended_by="candidate")
    hand = RaisedHand.objects.get()
    assert (hand.lowered_at is not None, hand.lowered_by) == (True, None)
    assert talk_in_row(attempt) == {"unread": 0, "hand_since": None}


def test_the_log_proves_what_was_said_without_repeating_it(attempt: Attempt, proctor: User) -> None:
    import hashlib

    say(attempt, proctor, "Please wait.")
    with across_all():
        entry = AuditEntry.objects.get(verb="attempt.message_sent")
    assert entry.actor == proctor
    assert entry.detail["sha256"] == hashlib.sha256(b"Please wait.").hexdigest()
    assert "Please wait." not in str(entry.detail)
