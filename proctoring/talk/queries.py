"""Shared reads of messages and raised hands, and how both are told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, QuerySet

from exams import states
from exams.models import Attempt, Sitting
from proctoring import policies
from proctoring.live.messages import iso
from proctoring.models import ChatMessage, Policy, RaisedHand
from proctoring.models.talk import Side

MOST_AT_ONCE = 200
OPEN_STATES = (states.CHECKING_IN, states.READY, *states.RUNNING)
"""From check-in until the end; afterwards what was written can be read."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What waits for a proctor. `unread`: the candidate's messages that no proctor has seen."""

    unread: int = 0
    hand_since: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        return {"unread": self.unread, "hand_since": iso(self.hand_since)}


QUIET = Talk()


def talk_in(sitting: Sitting) -> dict[int, Talk]:
    """What waits in each attempt of the sitting, by attempt; those in which nothing waits are left out. Two
    queries."""
    mine = ChatMessage.objects.filter(
        attempt__enrolment__sitting=sitting, side=Side.CANDIDATE, read_at=None
    ).order_by()
    unread = dict(mine.values_list("attempt").annotate(number=Count("pk")))
    up = RaisedHand.objects.filter(attempt__enrolment__sitting=sitting, lowered_at=None)
    hands = dict(up.values_list("attempt", "raised_at"))
    return {each: Talk(unread.get(each, 0), hands.get(each)) for each in {*unread, *hands}}


def talk_of(attempt: Attempt) -> Talk:
    """What waits in one attempt."""
    unread = ChatMessage.objects.filter(attempt=attempt, side=Side.CANDIDATE, read_at=None).count()
    return Talk(unread, hand_since(attempt))


def hand_since(attempt: Attempt) -> datetime | None:
    """Since when the hand is up, or None."""
    return (
        RaisedHand.objects.filter(attempt=attempt, lowered_at=None)
        .values_list("raised_at", flat=True)
        .first()
    )


def is_offered(attempt: Attempt, policy: Policy) -> bool:
    """Whether pages of the attempt show messages: where its policy has them on; never in practice."""
    return policy.chat and not attempt.enrolment.sitting.is_practice


def why_closed(attempt: Attempt) -> tuple[str, str]:
    """Why nothing can be written now, as a code and a sentence; two empty texts when it can."""
    if attempt.state in states.ENDED:
        return "ended", "The exam has ended. What was written stays here to read."
    if attempt.state not in OPEN_STATES:
        return "not_begun", "Messages begin with check-in."
    if attempt.enrolment.sitting.is_practice:
        return "practice", "Nobody watches practice, so nobody would answer."
    if not policies.policy_of(attempt).chat:
        return "chat_off", "Messages are switched off in this exam."
    return "", ""


def messages_of(attempt: Attempt) -> "QuerySet[ChatMessage]":
    """All messages of an attempt, oldest first, with their authors."""
    return (
        ChatMessage.objects.filter(attempt=attempt).select_related("author", "item__version").order_by("pk")
    )


def conversation(attempt: Attempt, *, side: str, after: int = 0) -> dict[str, Any]:
    """What a page of that side shows: the messages after an id, at most `MOST_AT_ONCE`, and how things stand.

    `read_up_to`: by side, the newest of its messages that the other side has seen.
    """
    rows = list(messages_of(attempt).filter(pk__gt=after)[: MOST_AT_ONCE + 1])
    seen = ChatMessage.objects.filter(attempt=attempt).exclude(read_at=None).order_by()
    read = dict(seen.values_list("side").annotate(newest=Max("pk")))
    other = Side.PROCTOR if side == Side.CANDIDATE else Side.CANDIDATE
    code, why = why_closed(attempt)
    return {
        "messages": shapes(rows[:MOST_AT_ONCE], side),
        "more": len(rows) > MOST_AT_ONCE,
        "unread": ChatMessage.objects.filter(attempt=attempt, side=other, read_at=None).count(),
        "read_up_to": {each: read.get(each, 0) for each in Side.values},
        "hand_since": iso(hand_since(attempt)),
        "is_open": not code,
        "closed": why,
    }


def shapes(rows: Iterable[ChatMessage], side: str) -> list[dict[str, Any]]:
    """Messages as a page of that side reads them."""
    return [shape(each, side) for each in rows]


def shape(message: ChatMessage, side: str) -> dict[str, Any]:
    """One message. Candidates read no names of proctors, as in warnings."""
    is_named = side == Side.PROCTOR or message.side == Side.CANDIDATE
    return {
        "id": message.pk,
        "side": message.side,
        "author": str(message.author) if is_named else "Proctor",
        "text": message.text,
        "item": message.item_id,
        "position": message.item.position if message.item else None,
        "question": message.item.version.question_id if message.item and side == Side.PROCTOR else None,
        "client_id": message.client_id if message.side == side else "",
        "sent_at": iso(message.sent_at),
        "read_at": iso(message.read_at),
    }
