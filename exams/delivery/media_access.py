"""Opens the pictures, sounds and files that exams show, for those who may see them now."""

import uuid

from django.db.models import Q, QuerySet

from accounts.models import User
from exams import states
from exams.bank import media
from exams.bank.media import OpenedMedia
from exams.marking.shown import shows_questions
from exams.models import Attempt, PaperItem, QuestionMedia
from proctor_site.kernel.errors import NotFound


def open_for(person: User, public_id: uuid.UUID) -> OpenedMedia:
    """The file, for staff who may read questions and for candidates who see it on a page of theirs now.

    Candidates: while their attempt runs, what stands on its paper or in the texts of the exam; before the
    start and after the end the instructions' or nothing; later what the released result shows of the paper.
    Searches the open scope. Raises NotFound for everybody else.
    """
    found = QuestionMedia.objects.filter(public_id=public_id).select_related("institution").first()
    if found is None or not _may_see(person, found):
        raise NotFound("There is no such file that you may see.")
    return media.open_file(found)


def _may_see(person: User, found: QuestionMedia) -> bool:
    return (
        person.has_perm("exams.view_question", found)
        or _stands_in_a_running_exam(person, found)
        or _is_shown_with_a_result(person, found)
    )


def _stands_in_a_running_exam(person: User, found: QuestionMedia) -> bool:
    on_paper = PaperItem.objects.filter(
        version__media=found,
        attempt__enrolment__candidate=person,
        attempt__state__in=states.RUNNING,
    )
    return on_paper.exists() or _of(person, found).filter(_in_texts(found)).exists()


def _in_texts(found: QuestionMedia) -> Q:
    exam = "enrolment__sitting__exam"
    before = Q(**{f"{exam}__instructions__contains": found.reference}, state__in=states.LIVE)
    during = Q(**{f"{exam}__sections__instructions__contains": found.reference}, state__in=states.RUNNING)
    return before | during


def _of(person: User, found: QuestionMedia) -> QuerySet[Attempt]:
    return Attempt.objects.filter(enrolment__candidate=person, institution=found.institution)


def _is_shown_with_a_result(person: User, found: QuestionMedia) -> bool:
    ended = _of(person, found).filter(state__in=states.ENDED, paper__version__media=found)
    return any(shows_questions(each) for each in ended.select_related("enrolment__sitting__exam").distinct())
