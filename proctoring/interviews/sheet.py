"""The questions of an interview and the notes of what was said: the only writer of these rows."""

from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.models import User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from proctoring.interviews import access
from proctoring.interviews.offers import require_standing
from proctoring.interviews.own_answers import proposals_for
from proctoring.interviews.proposals import Proposal
from proctoring.models import Interview, InterviewQuestion
from proctoring.review.cases import plain_text

MOST_QUESTIONS = 30
MOST_ASKED = 1_000
MOST_NOTES = 20_000


def questions_of(interview: Interview) -> list[InterviewQuestion]:
    """In the order in which they are asked."""
    return list(InterviewQuestion.objects.filter(interview=interview).order_by("position", "pk"))


def add_proposed(interview: Interview, *, actor: User, position: int | None) -> InterviewQuestion:
    """Takes one of the proposals onto the sheet, with copies of question and answer. Raises NotFound."""
    with transaction.atomic():
        _open(interview, actor)
        found = next((each for each in proposals_for(interview) if each.position == position), None)
        if found is None:
            raise NotFound("This is not proposed any more; it may be on the sheet already.")
        return _add(interview, actor, found.asks, found)


def add_own(interview: Interview, *, actor: User, asks: str) -> InterviewQuestion:
    """A question of the interviewer's own. Raises InvalidInput (asks), Conflict (over, too_many)."""
    with transaction.atomic():
        _open(interview, actor)
        return _add(interview, actor, plain_text(asks, "asks", required=True, most=MOST_ASKED), None)


def reword(interview: Interview, question_id: int, *, actor: User, asks: str) -> InterviewQuestion:
    """Asks it in other words. Raises NotFound, InvalidInput (asks), Conflict (over)."""
    with transaction.atomic():
        _open(interview, actor)
        question = _find(interview, question_id)
        question.asks = plain_text(asks, "asks", required=True, most=MOST_ASKED)
        question.save(update_fields=["asks"])
        _log(interview, actor, "question_reworded", question)
    return question


def shift(interview: Interview, question_id: int, *, actor: User, by: int) -> None:
    """Asks it so many places later (or earlier, below 0). Raises NotFound, Conflict (over)."""
    with transaction.atomic():
        _open(interview, actor)
        question, rows = _find(interview, question_id), questions_of(interview)
        place = next(number for number, each in enumerate(rows) if each.pk == question.pk)
        rows.insert(max(0, min(len(rows) - 1, place + by)), rows.pop(place))
        _number(rows)


def remove(interview: Interview, question_id: int, *, actor: User) -> None:
    """Takes it off the sheet. Raises NotFound, Conflict (over; has_notes: notes are kept)."""
    with transaction.atomic():
        _open(interview, actor)
        question = _find(interview, question_id)
        if question.notes:
            raise Conflict("There are notes to this question; it stays.", code="has_notes")
        _log(interview, actor, "question_removed", question)
        question.delete()
        _number(questions_of(interview))


def save_notes(
    interview: Interview, question_id: int, *, actor: User, notes: str, version: int
) -> InterviewQuestion:
    """Keeps what was noted. `version`: the one that the page has; the same notes again change nothing.

    Only who holds the interview. Raises NotFound, NotAllowed, InvalidInput (notes), Conflict: over, or
    changed_meanwhile with what stands there now in its details (`notes`, `version`), so that nothing is lost.
    """
    with transaction.atomic():
        access.lock_row(interview)
        require_host(interview, actor)
        require_standing(interview)
        question = _find(interview, question_id)
        text = _clean_notes(notes)
        if text == question.notes:
            return question
        if version != question.notes_version:
            raise Conflict(
                "These notes were changed from another page meanwhile.",
                code="changed_meanwhile",
                details={"notes": question.notes, "version": question.notes_version},
            )
        question.notes, question.notes_version = text, question.notes_version + 1
        question.notes_saved_at = clock.now()
        question.save(update_fields=["notes", "notes_version", "notes_saved_at"])
    return question


def require_host(interview: Interview, actor: User) -> None:
    """Raises NotAllowed for everybody but who holds it, and for them once they read cases no more."""
    access.require_act(interview.case, actor)
    if interview.host_id != actor.pk:
        raise NotAllowed(f"{interview.host} holds this interview, and writes its record.", code="not_host")


def _open(interview: Interview, actor: User) -> None:
    access.lock_row(interview)
    access.require_act(interview.case, actor)
    require_standing(interview)


def _find(interview: Interview, question_id: int) -> InterviewQuestion:
    found = InterviewQuestion.objects.filter(interview=interview, pk=question_id).first()
    if found is None:
        raise NotFound("There is no such question in this interview.")
    return found


def _add(interview: Interview, actor: User, asks: str, proposal: Proposal | None) -> InterviewQuestion:
    rows = InterviewQuestion.objects.filter(interview=interview)
    if rows.count() >= MOST_QUESTIONS:
        raise Conflict(f"An interview has {MOST_QUESTIONS} questions at most.", code="too_many")
    made = InterviewQuestion.objects.create(
        institution=interview.institution,
        interview=interview,
        position=(rows.aggregate(last=Max("position"))["last"] or 0) + 1,
        asks=asks,
        paper_position=proposal.position if proposal else None,
        question_text=proposal.question if proposal else "",
        answer_text=proposal.answer if proposal else "",
        why=list(proposal.why) if proposal else [],
        added_by=actor,
    )
    _log(interview, actor, "question_added", made)
    return made


def _number(rows: list[InterviewQuestion]) -> None:
    for position, each in enumerate(rows, 1):
        if each.position != position:
            InterviewQuestion.objects.filter(pk=each.pk).update(position=position)


def _log(interview: Interview, actor: User, what: str, question: InterviewQuestion) -> None:
    detail = {"question": question.pk, "of_paper": question.paper_position}
    audit.record(interview.institution, interview, f"interview.{what}", actor=actor, detail=detail)


def _clean_notes(notes: object) -> str:
    if not isinstance(notes, str) or "\x00" in notes:
        raise InvalidInput("Notes are ordinary text.", field="notes")
    text = notes.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MOST_NOTES:
        raise InvalidInput(f"At most {MOST_NOTES:,} characters for one question.", field="notes")
    return text
