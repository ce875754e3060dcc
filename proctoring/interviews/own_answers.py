"""Reads what proposals follow from: the answers of the attempt, and what was noticed in it."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from exams.bank.wording import answer_in_words, stem_in_words
from exams.kinds.registry import kind_named
from exams.models import Attempt, JournalEntry, PaperItem
from exams.reports.queries import BankFigures, figures_of
from proctor_site.kernel import clock
from proctoring.interviews.proposals import Noticed, OwnAnswer, Proposal, propose
from proctoring.models import Incident, Interview
from proctoring.states import DISMISSED

_FREE_TEXT = ("essay", "code")


def proposals_for(interview: Interview) -> list[Proposal]:
    """What the rules propose to ask, without what is on the sheet already. Six queries."""
    attempt = interview.case.session.attempt
    if attempt is None or attempt.is_emptied or attempt.started_at is None:
        return []
    used = set(interview.questions.exclude(paper_position=None).values_list("paper_position", flat=True))
    end = attempt.ended_at or clock.now()
    found = propose(_answers(attempt), _noticed(interview), attempt.started_at, end)
    return [each for each in found if each.position not in used]


def _answers(attempt: Attempt) -> list[OwnAnswer]:
    rows = attempt.paper.filter(answer__isnull=False).select_related("version__question", "answer", "mark")
    items = list(rows.order_by("position"))
    figures = figures_of(each.version.question for each in items)
    changed = _changes(attempt)
    return [_answer(each, changed[each.pk], figures) for each in items]


def _answer(item: PaperItem, changed: list[datetime], figures: dict[int, BankFigures]) -> OwnAnswer:
    question, value = item.version.question, item.answer.value
    known = figures.get(question.pk)
    is_blank = kind_named(question.kind).is_blank(value)
    return OwnAnswer(
        position=item.position,
        question=stem_in_words(item.version),
        answer="" if is_blank else answer_in_words(item.version, value),
        changed=changed,
        is_free_text=question.kind in _FREE_TEXT,
        earned=_has_earned_all(item),
        facility=known.facility if known else None,
        difficulty=question.difficulty,
    )


def _has_earned_all(item: PaperItem) -> bool | None:
    mark = getattr(item, "mark", None)
    if mark is None or mark.points is None:
        return None
    most = item.points if mark.possible is None else mark.possible
    return bool(most > 0 and mark.points >= most)


def _changes(attempt: Attempt) -> dict[int, list[datetime]]:
    """When the value of each answer changed, by our clock; what only set a flag or a certainty is none."""
    found: dict[int, list[datetime]] = defaultdict(list)
    last: dict[int, Any] = {}
    rows = JournalEntry.objects.filter(attempt=attempt).order_by("sequence")
    for item, value, at in rows.values_list("item", "value", "received_at"):
        if value != last.get(item):
            found[item].append(at)
        last[item] = value
    return found


def _noticed(interview: Interview) -> list[Noticed]:
    rows = Incident.objects.filter(session=interview.case.session_id).exclude(review_state=DISMISSED)
    return [
        Noticed(
            each.kind.replace("_", " "),
            each.started_at,
            each.ended_at or max(each.last_seen_at, each.started_at),
        )
        for each in rows.order_by("started_at", "pk")
    ]
