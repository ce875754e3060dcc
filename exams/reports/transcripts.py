"""The transcript of one attempt: who sat what and when, the result, and every answer with its points."""

from dataclasses import dataclass
from decimal import Decimal

from accounts import audit
from accounts.models import User
from exams import states
from exams.bank.wording import answer_html, certainty_in_words, key_in_words
from exams.marking.automatic import Result
from exams.marking.services import result_of
from exams.models import Attempt, PaperItem, QuestionVersion
from proctor_site.kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class Entry:
    """One question. `points` None: not marked yet; `is_left_out`: a regrade made it not count.

    `key` is the right answer that the marks follow: that of a later version after a regrade.
    """

    position: int
    version: QuestionVersion
    answer: str
    certainty: str
    key: str
    points: Decimal | None
    possible: Decimal
    comment: str
    is_left_out: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The questions of one section, in the order of the paper."""

    title: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything on the sheet."""

    attempt: Attempt
    result: Result
    parts: list[Part]


def transcript_of(attempt: Attempt, *, reader: User) -> Transcript:
    """The transcript of an attempt that was started and is over, noted in its audit log.

    Raises Conflict (not_over) for others.
    """
    if attempt.started_at is None or attempt.state not in states.ENDED:
        raise Conflict("There is a transcript as soon as the attempt is over.", code="not_over")
    items = attempt.paper.select_related("section", "version__question", "answer", "mark__key__question")
    parts: dict[int, Part] = {}
    for item in items.order_by("position"):
        part = parts.setdefault(item.section_id, Part(item.section.title, []))
        part.entries.append(_entry(item))
    audit.record(attempt.institution, attempt, "attempt.transcript_read", actor=reader)
    return Transcript(attempt, result_of(attempt), list(parts.values()))


def _entry(item: PaperItem) -> Entry:
    answer, mark = getattr(item, "answer", None), getattr(item, "mark", None)
    possible = item.points if mark is None or mark.possible is None else mark.possible
    return Entry(
        position=item.position,
        version=item.version,
        answer=answer_html(item.version, answer.value if answer else None),
        certainty=certainty_in_words(item),
        key=key_in_words((mark and mark.key) or item.version, asks_certainty=item.asks_certainty),
        points=mark.points if mark else None,
        possible=possible,
        comment=mark.comment if mark else "",
        is_left_out=bool(mark and mark.ruling and not possible),
    )
