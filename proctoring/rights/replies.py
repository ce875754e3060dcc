"""What candidates write to a case: drafts, replies, grounds of an appeal. The only writer of these rows."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from proctor_site.kernel import chains, clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound
from proctoring.models import Case, Reply, ReplyFile, ReplyWindow
from proctoring.models.reply import ReplyPart, new_key
from proctoring.review import verdicts
from proctoring.rights import reply_files, stages
from proctoring.rights.wording import ADVERSE
from proctoring.states import CASE_APPEALED, CASE_DECIDED, CASE_REPLY_WINDOW

MOST_CHARACTERS = verdicts.MOST_IN_APPEAL
MOST_REPLIES = 20
"""Of each part of a case; what is more is for a person to talk about."""
_TAKES_REPLIES = (CASE_REPLY_WINDOW, CASE_DECIDED, CASE_APPEALED)


def facts_of(case: Case | None, ended_at: datetime | None) -> stages.Facts:
    """What the steps of a case follow from."""
    if case is None:
        return stages.Facts(ended_at)
    return stages.Facts(
        ended_at=ended_at,
        state=case.state,
        released_at=case.released_at,
        reply_until=case.reply_until,
        said_all_at=case.said_all_at,
        decided_at=case.decided_at,
        verdict=case.verdict,
        verdict_before_appeal=case.verdict_before_appeal,
        appeal_until=case.appeal_until,
        appealed_at=case.appealed_at,
        appeal_decided_at=case.appeal_decided_at,
    )


def window_of(case: Case, part: str) -> ReplyWindow:
    """The draft of a part, made empty when there is none yet."""
    return ReplyWindow.objects.get_or_create(
        case=case, part=part, defaults={"institution": case.institution}
    )[0]


def save_draft(case: Case, part: str, *, candidate: User, text: object, key: object) -> ReplyWindow:
    """Keeps what is written so far towards the text named `key`; not what was handed in meanwhile.

    Raises NotFound for anybody else, InvalidInput (`text`, `key`), Conflict (`not_offered`, `out_of_date`).
    """
    reply_files.require_own(case, candidate)
    cleaned, name = clean_text(text), _clean_key(key)
    with transaction.atomic():
        lock(case, "session", "institution")
        window = _window_for(case, part, name)
        if window.draft != cleaned or window.draft_saved_at is None:
            window.draft, window.draft_saved_at = cleaned, clock.now()
            window.save(update_fields=["draft", "draft_saved_at"])
    return window


def hand_in(case: Case, part: str, *, candidate: User, text: object, key: object) -> Reply:
    """Hands in the text with the files of the draft; the same `key` again gives the same reply.

    After the end of the window it is kept too, and marked late. An appeal in time moves the case. Raises
    NotFound for anybody else, InvalidInput (`text`, `key`), Conflict (`not_offered`, `too_many`).
    """
    reply_files.require_own(case, candidate)
    cleaned, name = clean_text(text), _clean_key(key)
    with transaction.atomic():
        lock(case, "session", "institution")
        twin: Reply | None = Reply.objects.filter(case=case, key=name).first()
        if twin is not None:
            return twin
        window = _window_for(case, part, name)
        files = ReplyFile.objects.filter(case=case, part=part, reply=None)
        if not cleaned and (part == ReplyPart.APPEAL or not files.exists()):
            raise InvalidInput("Write what you want to say.", field="text", code="required")
        if Reply.objects.filter(case=case, part=part).count() >= MOST_REPLIES:
            raise Conflict(f"At most {MOST_REPLIES} texts; write to your exam office.", code="too_many")
        reply = _write(case, part, candidate, cleaned, name)
        if part == ReplyPart.APPEAL and not reply.is_late and case.appealed_at is None:
            verdicts.appeal(case, candidate=candidate, text=cleaned)
        window.draft, window.draft_saved_at, window.key = "", None, new_key()
        window.save(update_fields=["draft", "draft_saved_at", "key"])
    return reply


def _window_for(case: Case, part: str, key: str) -> ReplyWindow:
    require_offered(case, part)
    window = window_of(case, part)
    if window.key != key:
        raise Conflict(
            "Something was handed in from another page meanwhile. What stands here is not handed in yet.",
            code="out_of_date",
        )
    return window


def _write(case: Case, part: str, candidate: User, text: str, key: str) -> Reply:
    """The row, its files and its entry in the log; under the lock of the case."""
    last = Reply.objects.filter(case=case).order_by("-number").first()
    reply = Reply(
        institution=case.institution,
        case=case,
        part=part,
        candidate=candidate,
        number=last.number + 1 if last else 1,
        key=key,
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        is_late=is_late(case, part),
        handed_in_at=clock.now(),
        previous_hash=last.hash if last else chains.GENESIS,
    )
    waiting = list(ReplyFile.objects.filter(case=case, part=part, reply=None).order_by("pk"))
    reply.hash = chains.link_hash(reply.previous_hash, payload_of(reply, reply_files.facts_of(waiting)))
    reply.save(force_insert=True)
    ReplyFile.objects.filter(pk__in=[each.pk for each in waiting]).update(reply=reply)
    detail = {
        "number": reply.number,
        "part": part,
        "is_late": reply.is_late,
        "text_sha256": reply.text_sha256,
        "files": len(waiting),
        "hash": reply.hash,
    }
    audit.record(case.institution, case, "case.reply_handed_in", actor=candidate, detail=detail)
    return reply


def payload_of(reply: Reply, files: list[dict[str, Any]]) -> dict[str, Any]:
    """What the hash of a reply covers; text and files by their own hashes, so that they may be erased."""
    return {
        "case": reply.case_id,
        "part": str(reply.part),
        "number": reply.number,
        "handed_in_at": reply.handed_in_at,
        "is_late": reply.is_late,
        "text_sha256": reply.text_sha256,
        "files": files,
    }


def first_broken(case: Case) -> Reply | None:
    """The first reply of the case that was altered, or after which one is missing; None: all is whole."""
    rows = list(Reply.objects.filter(case=case).prefetch_related("files").order_by("number"))
    links = (
        (each.previous_hash, each.hash, payload_of(each, reply_files.facts_of(each.files.all())))
        for each in rows
    )
    position = chains.first_break(links)
    return None if position is None else rows[position]


def require_offered(case: Case, part: str) -> None:
    """Raises Conflict `not_offered` where nothing of this part can be handed in, not even late."""
    if not is_offered(case, part):
        raise Conflict("There is nothing to answer here at the moment.", code="not_offered")


def is_offered(case: Case, part: str) -> bool:
    """Whether texts of this part are taken in: a reply once it was asked for, an appeal against a decision.

    After an appeal was decided nothing more is.
    """
    if case.released_at is None or case.appeal_decided_at is not None:
        return False
    if part == ReplyPart.REPLY:
        return case.state in _TAKES_REPLIES
    return case.state == CASE_APPEALED or (case.state == CASE_DECIDED and case.verdict in ADVERSE)


def is_late(case: Case, part: str) -> bool:
    """Whether what is handed in now comes after its time: it is kept, and shown as late."""
    facts, now = facts_of(case, case.session.ended_at), clock.now()
    if part == ReplyPart.REPLY:
        return not stages.may_reply_in_time(facts, now)
    if case.state == CASE_APPEALED:
        return case.appeal_until is None or now >= case.appeal_until
    return not stages.may_appeal_in_time(facts, now)


def clean_text(text: object) -> str:
    """The text with plain line ends and no blanks around it. Raises InvalidInput (`text`)."""
    if not isinstance(text, str):
        raise InvalidInput("This must be a text.", field="text")
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidInput(
            "There is a character in it that cannot be stored; write it anew or leave it out.",
            field="text",
            code="invalid_characters",
        )
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(cleaned) > MOST_CHARACTERS:
        raise InvalidInput(
            f"This text has {len(cleaned):,} characters; at most {MOST_CHARACTERS:,} are possible. You can "
            "hand in several texts, or add a file.",
            field="text",
            code="too_long",
        )
    return cleaned


def _clean_key(key: object) -> str:
    if not isinstance(key, str) or not key.isascii() or not key.isalnum() or len(key) > 32:
        raise InvalidInput("This page is out of date; load it again.", field="key")
    return key


def find_part(name: str) -> ReplyPart:
    """The part of an address. Raises NotFound."""
    if name not in ReplyPart.values:
        raise NotFound("There is no such page.")
    return ReplyPart(name)
