"""Rubrics of question versions, and the phrases of markers: found and written."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from exams.kinds import shapes
from exams.marking import rubric_rules
from exams.models import MarkingPhrase, QuestionVersion, Rubric
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict

MOST_PHRASES = 100
LONGEST_PHRASE = 1_000


def rubric_for(version: QuestionVersion) -> Rubric | None:
    """The rubric in use for a version: its newest, or else the newest one of the nearest version before it.

    So a corrected wording does not lose its rubric. None: points are given freely. A rubric without criteria
    takes the rubric away.
    """
    rows = Rubric.objects.filter(version__question=version.question_id, version__number__lte=version.number)
    found = rows.order_by("-version__number", "-id").first()
    return found if found is not None and found.criteria else None


def set_rubric(version: QuestionVersion, criteria: object, *, actor: User) -> Rubric | None:
    """Gives the version this rubric; an empty list takes it away, and free points count again.

    Marks that were given by a former rubric stay. Raises InvalidInput naming the criterion and level.
    """
    cleaned = rubric_rules.clean_criteria(criteria) if criteria else []
    now_in_use = rubric_for(version)
    if (now_in_use.criteria if now_in_use else []) == cleaned:
        return now_in_use
    with transaction.atomic():
        made = Rubric.objects.create(
            institution=version.institution,
            version=version,
            criteria=cleaned,
            created_at=clock.now(),
            created_by=actor,
        )
        detail = {"version": version.number, "criteria": len(cleaned)}
        audit.record(version.institution, version.question, "question.rubric_set", actor=actor, detail=detail)
    return made if cleaned else None


def keep_phrase(text: object, *, marker: User, version: QuestionVersion) -> MarkingPhrase:
    """Keeps a comment for use again; the same text is kept once. Raises InvalidInput, Conflict (too many)."""
    words = shapes.plain_text(text, "phrase", "The phrase", most=LONGEST_PHRASE).strip()
    own = phrases_of(marker)
    found = next((each for each in own if each.text == words), None)
    if found is not None:
        return found
    if len(own) >= MOST_PHRASES:
        raise Conflict(f"At most {MOST_PHRASES} phrases; delete one first.", code="too_many", field="phrase")
    made: MarkingPhrase = MarkingPhrase.objects.create(
        institution=version.institution, marker=marker, text=words
    )
    return made


def phrases_of(marker: User) -> list[MarkingPhrase]:
    """The person's own phrases in the institution at hand, in alphabetical order."""
    return list(MarkingPhrase.objects.filter(marker=marker))


def drop_phrase(phrase: int, *, marker: User) -> None:
    """Forgets one of the person's own phrases; others stay untouched."""
    MarkingPhrase.objects.filter(pk=phrase, marker=marker).delete()
