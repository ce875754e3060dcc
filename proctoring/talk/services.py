"""The only writer of messages and raised hands; every change is told to both sides when it is committed."""

import hashlib
from typing import Any

from django.db import transaction

from accounts import audit, limits
from accounts.models import User
from accounts.transitions import lock
from exams.models import Attempt, PaperItem
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, Overloaded
from proctoring.live.messages import iso
from proctoring.live.publish import record_events
from proctoring.models import ChatMessage, RaisedHand
from proctoring.models.live_event import Audience
from proctoring.models.talk import MOST_CLIENT_ID, MOST_MESSAGE, Side
from proctoring.permissions import is_own, require_watch
from proctoring.talk import queries

MOST_A_MINUTE = 10
"""Messages of one candidate; a message that is sent again does not count."""
MOST_HANDS_A_MINUTE = 10
_MINUTE_S = 60


def side_of(attempt: Attempt, person: User) -> Side:
    """On which side the person speaks in this attempt. NotFound for everybody who is on none."""
    if is_own(person, attempt):
        return Side.CANDIDATE
    require_watch(attempt, person)
    return Side.PROCTOR


def say(attempt: Attempt, *, author: User, text: Any, client_id: Any, item: Any = None) -> ChatMessage:
    """Writes a message; sent again with the same client id, it is the message that was written before.

    `item`: a question of the attempt's paper that it is about. Raises InvalidInput (text, client_id, item),
    Conflict (`ended`, `not_begun`, `practice`, `chat_off`), and Overloaded (`too_often`) for candidates.
    """
    side = side_of(attempt, author)
    wording, name = _text(text), _client_id(client_id)
    with transaction.atomic():
        # Under the lock ids grow in the order of the commits, so that no page misses one before its cursor.
        lock(attempt, "institution", "enrolment__sitting__exam__institution", "enrolment__candidate")
        before = queries.messages_of(attempt).filter(author=author, client_id=name).first()
        if before is not None:
            return _same(before, wording)
        _require_open(attempt)
        about = _item(attempt, item)
        if side is Side.CANDIDATE:
            _count(attempt)
        message = ChatMessage.objects.create(
            institution=attempt.institution,
            attempt=attempt,
            side=side,
            author=author,
            text=wording,
            item=about,
            client_id=name,
            sent_at=clock.now(),
        )
        # What was said stays provable without a second copy of it.
        digest = hashlib.sha256(wording.encode()).hexdigest()
        detail = {"message": message.pk, "side": side.value, "sha256": digest}
        audit.record(attempt.institution, attempt, "attempt.message_sent", actor=author, detail=detail)
        _tell(attempt, "chat.said", {each: {"message": queries.shape(message, each)} for each in Side})
    return message


def mark_read(attempt: Attempt, *, reader: User, up_to: Any) -> int:
    """The reader's side has seen the other's messages up to an id; how many of them were new to it.

    Also after the end. Raises InvalidInput (up_to).
    """
    side = side_of(attempt, reader)
    if isinstance(up_to, bool) or not isinstance(up_to, int) or not 0 <= up_to < 2**63:
        raise InvalidInput("up_to is the id of the newest message that was seen.", field="up_to")
    others = ChatMessage.objects.filter(attempt=attempt, read_at=None, pk__lte=up_to).exclude(side=side)
    now = clock.now()
    with transaction.atomic():
        number = others.update(read_at=now)
        if number:
            told = {"side": side.value, "up_to": up_to, "at": iso(now)}
            _tell(attempt, "chat.read", dict.fromkeys(Side, told))
    return number


def raise_hand(attempt: Attempt, *, candidate: User) -> RaisedHand:
    """The candidate asks for a proctor; a hand that is up stays up. NotFound for everybody else."""
    if not is_own(candidate, attempt):
        raise NotFound("There is no such attempt of yours.")
    with transaction.atomic():
        lock(attempt, "institution", "enrolment__sitting__exam__institution", "enrolment__candidate")
        up = RaisedHand.objects.filter(attempt=attempt, lowered_at=None).first()
        if up is not None:
            return up
        _require_open(attempt)
        limits.count("hand", str(attempt.pk), most=MOST_HANDS_A_MINUTE, seconds=_MINUTE_S)
        hand = RaisedHand.objects.create(
            institution=attempt.institution, attempt=attempt, raised_at=clock.now()
        )
        _tell_hand(attempt, "hand.raised", None)
    return hand


def lower_hand(attempt: Attempt, *, person: User) -> bool:
    """Either side lowers the hand; False when none was up."""
    side = side_of(attempt, person)
    with transaction.atomic():
        lock(attempt, "institution", "enrolment__sitting__exam__institution", "enrolment__candidate")
        is_down = _lower(attempt, person, side)
        if is_down and side is Side.PROCTOR:
            audit.record(attempt.institution, attempt, "attempt.hand_lowered", actor=person)
    return is_down


def close_for(attempt: Attempt) -> None:
    """The attempt has ended: a hand that is up falls. In the caller's transaction."""
    _lower(attempt, None, None)


def _lower(attempt: Attempt, person: User | None, side: Side | None) -> bool:
    up = RaisedHand.objects.filter(attempt=attempt, lowered_at=None)
    is_down = bool(up.update(lowered_at=clock.now(), lowered_by=person))
    if is_down:
        _tell_hand(attempt, "hand.lowered", side)
    return is_down


def _require_open(attempt: Attempt) -> None:
    code, why = queries.why_closed(attempt)
    if code:
        raise Conflict(why, code=code)


def _count(attempt: Attempt) -> None:
    try:
        limits.count("chat", str(attempt.pk), most=MOST_A_MINUTE, seconds=_MINUTE_S)
    except Overloaded as refusal:
        raise Overloaded(
            f"At most {MOST_A_MINUTE} messages a minute. This one waits; it is not lost.",
            code=refusal.code,
            details=refusal.details,
        ) from refusal


def _same(message: ChatMessage, wording: str) -> ChatMessage:
    if message.text != wording:
        raise InvalidInput("Another message was sent under this id.", field="client_id", code="id_used")
    return message


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidInput("This must be a text.", field="text")
    wording = value.strip()
    if not wording:
        raise InvalidInput("Write the message.", field="text", code="required")
    if len(wording) > MOST_MESSAGE or "\x00" in wording:
        raise InvalidInput(f"At most {MOST_MESSAGE} ordinary characters.", field="text", code="too_long")
    return wording


def _client_id(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= MOST_CLIENT_ID or not value.isascii():
        raise InvalidInput(f"A name of the message: 1 to {MOST_CLIENT_ID} characters.", field="client_id")
    if not value.isprintable():
        raise InvalidInput("The name of the message has ordinary characters only.", field="client_id")
    return value


def _item(attempt: Attempt, value: Any) -> PaperItem | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise InvalidInput("item is the id of a question on the paper.", field="item")
    found = PaperItem.objects.filter(attempt=attempt, pk=value).first()
    if found is None:
        raise InvalidInput("There is no such question on this paper.", field="item", code="not_on_paper")
    return found


def _tell_hand(attempt: Attempt, kind: str, side: Side | None) -> None:
    since = iso(queries.hand_since(attempt))
    told = {"hand_since": since, "by": side.value if side else ""}
    _tell(attempt, kind, dict.fromkeys(Side, told))


def _tell(attempt: Attempt, kind: str, told: dict[Side, dict[str, Any]]) -> None:
    candidate = attempt.enrolment.candidate
    talk = queries.talk_of(attempt).to_json()
    for_proctors = {"candidate": {"id": candidate.pk, "name": str(candidate)}, "talk": talk}
    record_events(
        attempt.institution,
        kind=kind,
        told={
            Audience.CANDIDATE: told[Side.CANDIDATE],
            Audience.PROCTORS: told[Side.PROCTOR] | for_proctors,
        },
        sitting=attempt.enrolment.sitting,
        attempt=attempt,
    )
