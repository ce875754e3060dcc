"""Exams, sittings, enrolments and attempts for tests."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.bank.paper import draw_paper
from exams.models import (
    Attempt,
    Enrolment,
    Exam,
    Question,
    QuestionVersion,
    Section,
    SectionQuestion,
    Sitting,
    SittingProctor,
)
from proctor_site.kernel import clock
from tests.factories.names import endings

_endings = endings()

CONTENT: dict[str, dict[str, Any]] = {
    "single_choice": {
        "options": [
            {"id": "a", "text": "Vienna", "correct": True},
            {"id": "b", "text": "Berlin", "correct": False},
            {"id": "c", "text": "Bern", "correct": False},
        ]
    },
    "multiple_choice": {
        "options": [
            {"id": "a", "text": "2", "correct": True},
            {"id": "b", "text": "3", "correct": True},
            {"id": "c", "text": "4", "correct": False},
        ],
        "scoring": "all_or_nothing",
    },
    "true_false": {"correct": True},
    "numeric": {"value": "3.14", "tolerance": "0.01"},
    "short_answer": {"accepted": ["Vienna", "Wien"], "case_sensitive": False},
    "matching": {
        "prompts": [
            {"id": "at", "text": "Austria", "choice": "v"},
            {"id": "it", "text": "Italy", "choice": "r"},
        ],
        "choices": [
            {"id": "v", "text": "Vienna"},
            {"id": "r", "text": "Rome"},
            {"id": "b", "text": "Bern"},
        ],
        "scoring": "partial",
    },
    "ordering": {
        "entries": [
            {"id": "q", "text": "1789"},
            {"id": "c", "text": "1848"},
            {"id": "k", "text": "1918"},
        ],
        "scoring": "pairs",
    },
    "cloze": {
        "text": "[[1]] lies on the [[2]], at [[3]] metres.",
        "gaps": [
            {
                "id": "1",
                "kind": "single_choice",
                "weight": 2,
                "content": {
                    "options": [
                        {"id": "v", "text": "Vienna", "correct": True},
                        {"id": "g", "text": "Graz", "correct": False},
                    ]
                },
            },
            {
                "id": "2",
                "kind": "short_answer",
                "weight": 1,
                "content": {"accepted": ["Danube"], "case_sensitive": False},
            },
            {"id": "3", "kind": "numeric", "weight": 1, "content": {"value": "151", "tolerance": "5"}},
        ],
    },
    "hotspot": {
        "media": "00000000-0000-4000-8000-000000000000",
        "description": "Map of Austria",
        "width": 800,
        "height": 400,
        "regions": [
            {"shape": "circle", "x": 700, "y": 100, "r": 30},
            {"shape": "rect", "x": 100, "y": 200, "width": 80, "height": 40},
        ],
        "needed": 1,
    },
    "essay": {"word_limit": None},
    "code": {"language": "python", "template": "def area(r):\n    ", "solution": ""},
    "file_upload": {"types": ["pdf", "txt"], "most_files": 2, "largest_mb": 1},
}
"""One valid content per kind."""

RIGHT: dict[str, Any] = {
    "single_choice": "a",
    "multiple_choice": ["a", "b"],
    "true_false": True,
    "numeric": "3.14",
    "short_answer": "Wien",
    "matching": {"at": "v", "it": "r"},
    "ordering": ["q", "c", "k"],
    "cloze": {"1": "v", "2": "Danube", "3": "151"},
    "hotspot": [[710, 105]],
    "essay": "A short text.",
    "code": "def area(r):\n    return 3.14 * r * r\n",
    "file_upload": [{"id": "0" * 8 + "-0000-4000-8000-" + "0" * 12}],
}
"""The right answer to each content above (essays and code have none; any text)."""

WRONG: dict[str, Any] = {
    "single_choice": "b",
    "multiple_choice": ["a", "c"],
    "true_false": False,
    "numeric": "2.71",
    "short_answer": "Berlin",
    "matching": {"at": "r", "it": "b"},
    "ordering": ["k", "c", "q"],
    "cloze": {"1": "g", "3": "100"},
    "hotspot": [[10, 10]],
}


def make_question(
    institution: Institution,
    kind: str = "single_choice",
    *,
    content: dict[str, Any] | None = None,
    stem: str = "",
    title: str = "",
) -> Question:
    """A question with one version."""
    ending = next(_endings)
    with within(institution):
        question = Question.objects.create(
            institution=institution, title=title or f"Question {ending}", kind=kind
        )
        QuestionVersion.objects.create(
            institution=institution,
            question=question,
            number=1,
            stem=stem or f"What is the answer to question {ending}?",
            content=CONTENT[kind] if content is None else content,
        )
    return question


def make_exam(
    institution: Institution,
    *,
    kinds: Iterable[str] = ("single_choice", "true_false"),
    title: str = "",
    points: int = 1,
    asks_certainty: bool = False,
    **section: Any,
) -> Exam:
    """An exam of one section with one question of each kind, in that order."""
    with within(institution):
        exam = Exam.objects.create(
            institution=institution, title=title or f"Exam {next(_endings)}", asks_certainty=asks_certainty
        )
        part = Section.objects.create(institution=institution, exam=exam, **{"title": "Part one", **section})
        for position, kind in enumerate(kinds, start=1):
            SectionQuestion.objects.create(
                institution=institution,
                section=part,
                question=make_question(institution, kind),
                position=position,
                points=Decimal(points),
            )
    return exam


def make_sitting(exam: Exam, *, proctors: Iterable[User] = (), **fields: Any) -> Sitting:
    """A sitting that opened an hour ago and closes in three; an hour of working time."""
    now = clock.now()
    with within(exam.institution):
        sitting = Sitting.objects.create(
            institution=exam.institution,
            exam=exam,
            **{
                "title": f"Sitting {next(_endings)}",
                "opens_at": now - timedelta(hours=1),
                "closes_at": now + timedelta(hours=3),
                "time_zone": "Europe/Vienna",
                "duration_minutes": 60,
                **fields,
            },
        )
        for user in proctors:
            SittingProctor.objects.create(institution=exam.institution, sitting=sitting, user=user)
    return sitting


def enrol(sitting: Sitting, user: User) -> Enrolment:
    """The right of a candidate to the sitting."""
    with within(sitting.institution):
        return Enrolment.objects.create(institution=sitting.institution, sitting=sitting, candidate=user)


def make_attempt(enrolment: Enrolment, *, state: str = states.IN_PROGRESS, **fields: Any) -> Attempt:
    """An attempt in that state; from ready on it has its paper. No signal is sent."""
    now = clock.now()
    values: dict[str, Any] = {"seed": 42}
    started = (*states.RUNNING, *states.MARKED, states.ABANDONED)
    if state in started:
        values |= {"started_at": now, "deadline_at": now + timedelta(hours=1)}
        values |= {"device": "device-1", "devices": ["device-1"]}
    if state == states.PAUSED:
        values["paused_at"] = now
    if state == states.OVERDUE:
        values |= {"deadline_at": now - timedelta(minutes=1), "hand_in_until": now + timedelta(minutes=4)}
        values["started_at"] = now - timedelta(minutes=61)
    if state in states.ENDED:
        values["ended_at"] = now
    if state == states.SUBMITTED:
        values["ended_by"] = "candidate"
    with within(enrolment.institution):
        attempt = Attempt.objects.create(
            institution=enrolment.institution, enrolment=enrolment, state=state, **{**values, **fields}
        )
        if state in (states.READY, *started):
            draw_paper(attempt)
    return attempt
