"""The way of an attempt from its end to the last decision, as its candidate is told it (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from proctoring import states
from proctoring.rights.wording import ADVERSE, VERDICT_WORDS


class Standing(StrEnum):
    """Where a step stands; `LEFT_OUT`: it was not needed."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the steps follow from; names as in `Case`. `state` "": there is no case."""

    ended_at: datetime | None
    state: str = ""
    released_at: datetime | None = None
    reply_until: datetime | None = None
    said_all_at: datetime | None = None
    decided_at: datetime | None = None
    verdict: str = ""
    verdict_before_appeal: str = ""
    appeal_until: datetime | None = None
    appealed_at: datetime | None = None
    appeal_decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `at`: when it was done; `until`: when it ends, with `left` in words while it runs."""

    code: str
    title: str
    words: str
    standing: Standing
    at: datetime | None = None
    until: datetime | None = None
    left: str = ""


def may_reply_in_time(facts: Facts, now: datetime) -> bool:
    """Whether what is handed in now arrives within the reply window; its last moment no more."""
    return (
        facts.state == states.CASE_REPLY_WINDOW
        and facts.said_all_at is None
        and facts.reply_until is not None
        and now < facts.reply_until
    )


def may_appeal_in_time(facts: Facts, now: datetime) -> bool:
    """Whether an appeal handed in now counts; only one, and not against the verdict "no concern"."""
    return (
        facts.state == states.CASE_DECIDED
        and facts.appealed_at is None
        and facts.verdict in ADVERSE
        and facts.appeal_until is not None
        and now < facts.appeal_until
    )


def steps_of(facts: Facts, now: datetime) -> list[Step]:
    """All steps in order of time; exactly one is `NOW` unless everything is over or nothing has ended."""
    if facts.ended_at is None:
        return [Step("ended", "Your exam", "It is not over yet.", Standing.NOW)]
    ended = Step("ended", "Your exam ended", "", Standing.DONE, at=facts.ended_at)
    if not facts.state:
        words = (
            "Nobody has opened a review of your exam. If people look closer at it, this page says so, and "
            "nothing is decided before you can read and answer what it is about."
        )
        return [ended, Step("review", "Review", words, Standing.AHEAD)]
    return [ended, _review(facts), _reply(facts, now), _decision(facts, now), *_appeal(facts, now)]


def line_of(facts: Facts, now: datetime) -> dict[str, str]:
    """One line for lists: `badge` with its `tone`, and `note`."""
    if not facts.state:
        return {"badge": "", "tone": "", "note": "No review has been opened."}
    if may_reply_in_time(facts, now):
        assert facts.reply_until is not None  # `may_reply_in_time`
        left = in_words(facts.reply_until - now)
        note = f"People ask you about this exam. You can reply; {left} left."
        return {"badge": "you can reply", "tone": "badge-warning", "note": note}
    if facts.state == states.CASE_APPEALED:
        return {"badge": "appeal", "tone": "badge-info", "note": "Your appeal is being decided."}
    if facts.decided_at is not None:
        words = VERDICT_WORDS.get(facts.verdict, "")
        more = " You can appeal." if may_appeal_in_time(facts, now) else ""
        return {"badge": "decided", "tone": "badge-neutral", "note": f"{words}{more}"}
    note = "People look at what was noticed. Nothing has been decided."
    return {"badge": "in review", "tone": "badge-info", "note": note}


def in_words(left: timedelta) -> str:
    """A span that is left, rounded down: days and hours, hours and minutes, or minutes."""
    minutes = max(0, int(left.total_seconds() // 60))
    days, hours = divmod(minutes // 60, 24)
    if days:
        return _joined(_count(days, "day"), _count(hours, "hour"))
    if hours:
        return _joined(_count(hours, "hour"), _count(minutes % 60, "minute"))
    return _count(minutes, "minute") or "less than a minute"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}" if number else ""


def _review(facts: Facts) -> Step:
    if facts.state in (states.CASE_OPEN, states.CASE_FIRST_READ, states.CASE_SECOND_READ):
        words = (
            "People look at what was noticed. Nothing has been decided. You are told by e-mail as soon as "
            "there is something to read or to answer."
        )
        return Step("review", "Review by people", words, Standing.NOW)
    return Step("review", "Review by people", "", Standing.DONE, at=facts.released_at)


def _reply(facts: Facts, now: datetime) -> Step:
    title = "Your reply"
    if facts.state == states.CASE_REPLY_WINDOW:
        if may_reply_in_time(facts, now):
            assert facts.reply_until is not None  # `may_reply_in_time`
            words = "Nothing has been decided. You can say how it was before anybody decides; you need not."
            left = in_words(facts.reply_until - now)
            return Step("reply", title, words, Standing.NOW, until=facts.reply_until, left=left)
        return Step("reply", title, _how_it_ended(facts), Standing.DONE, at=_reply_end(facts))
    if facts.decided_at is None:
        words = "Before anything is decided against you, you can read what it is about and reply."
        return Step("reply", title, words, Standing.AHEAD)
    if facts.reply_until is None:
        return Step("reply", title, "It was not needed.", Standing.LEFT_OUT)
    return Step("reply", title, _how_it_ended(facts), Standing.DONE, at=_reply_end(facts))


def _how_it_ended(facts: Facts) -> str:
    return "You have said all that you want to say." if facts.said_all_at else "The time to reply is over."


def _reply_end(facts: Facts) -> datetime | None:
    return facts.said_all_at or facts.reply_until


def _decision(facts: Facts, now: datetime) -> Step:
    if facts.decided_at is not None:
        words = VERDICT_WORDS.get(facts.verdict_before_appeal or facts.verdict, "")
        return Step("decision", "Decision", words, Standing.DONE, at=facts.decided_at)
    waits = facts.state == states.CASE_REPLY_WINDOW and not may_reply_in_time(facts, now)
    words = "People decide, no program does. You are told by e-mail."
    return Step("decision", "Decision", words, Standing.NOW if waits else Standing.AHEAD)


def _appeal(facts: Facts, now: datetime) -> list[Step]:
    if facts.decided_at is None:
        return [Step("appeal", "Appeal", "You can challenge a decision against you.", Standing.AHEAD)]
    if facts.state == states.CASE_APPEALED:
        sent = Step("appeal", "Your appeal", "It has arrived.", Standing.DONE, at=facts.appealed_at)
        words = "Somebody who has had no part in the decision reads everything anew."
        return [sent, Step("appeal_decision", "Decision about your appeal", words, Standing.NOW)]
    if facts.appealed_at is not None:
        sent = Step("appeal", "Your appeal", "", Standing.DONE, at=facts.appealed_at)
        words = VERDICT_WORDS.get(facts.verdict, "")
        at = facts.appeal_decided_at
        return [sent, Step("appeal_decision", "Decision about your appeal", words, Standing.DONE, at=at)]
    if facts.verdict not in ADVERSE or facts.appeal_until is None:
        return []
    if may_appeal_in_time(facts, now):
        words = "If you think that the decision is wrong, you can challenge it once."
        left = in_words(facts.appeal_until - now)
        return [Step("appeal", "Appeal", words, Standing.NOW, until=facts.appeal_until, left=left)]
    return [Step("appeal", "Appeal", "The time to appeal is over.", Standing.DONE, at=facts.appeal_until)]
