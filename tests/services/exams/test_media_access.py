"""Who sees a picture of an exam when: while it is on a page of the running attempt, and with its result."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.bank import media, questions
from exams.delivery import media_access
from exams.marking import releases
from exams.models import Exam, QuestionMedia, SectionQuestion, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import NotFound
from tests.factories.exams import CONTENT, enrol, make_attempt, make_exam, make_sitting
from tests.factories.marking import hand_in

Opens = Callable[[User, QuestionMedia], bool]


@pytest.fixture
def opens(institution: Institution) -> Opens:
    def ask(person: User, row: QuestionMedia) -> bool:
        with within(institution):
            try:
                opened = media_access.open_for(person, row.public_id)
            except NotFound as refusal:
                assert refusal.code == "not_found"
                return False
            opened.stream.close()
            return opened.media == row

    return ask


def picture(institution: Institution, colour: str) -> QuestionMedia:
    data = BytesIO()
    Image.new("RGB", (4, 4), colour).save(data, "PNG")
    with within(institution):
        return media.store(institution, name="a.png", data=data.getvalue(), description="A map", actor=None)


@pytest.fixture
def shown(institution: Institution) -> QuestionMedia:
    return picture(institution, "red")


@pytest.fixture
def sitting(institution: Institution, shown: QuestionMedia) -> Sitting:
    exam = make_exam(institution, kinds=("true_false",))
    with within(institution):
        question = questions.create_question(
            institution,
            title="With a map",
            kind="true_false",
            stem=f'<p><img src="{shown.reference}" alt="A map"></p>',
            content=CONTENT["true_false"],
            text_format="html",
            actor=None,
        )
        section = exam.sections.get()
        SectionQuestion.objects.create(
            institution=institution, section=section, question=question, position=9
        )
    return make_sitting(exam)


@pytest.mark.parametrize(
    ("state", "wanted"),
    [(state, state in states.RUNNING) for state in states.STATES],
)
def test_a_picture_of_the_paper_is_open_while_the_attempt_runs(
    sitting: Sitting, shown: QuestionMedia, candidate: User, opens: Opens, state: str, wanted: bool
) -> None:
    make_attempt(enrol(sitting, candidate), state=state)
    assert opens(candidate, shown) is wanted


def test_it_is_nobody_elses(
    sitting: Sitting,
    shown: QuestionMedia,
    candidate: User,
    second_candidate: User,
    stranger: User,
    foreign_candidate: User,
    foreign_officer: User,
    opens: Opens,
) -> None:
    make_attempt(enrol(sitting, candidate))
    make_attempt(enrol(make_sitting(make_exam(sitting.institution)), second_candidate))
    for person in (second_candidate, stranger, foreign_candidate, foreign_officer):
        assert not opens(person, shown)


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ({"shows_answers": True}, True),
        ({"shows_answers": True, "shows_marks": True, "shows_key": True}, True),
        ({}, False),
        ({"shows_marks": True, "shows_comments": True}, False),
        ({"shows_answers": True, "shows_total": False}, False),
        ({"shows_answers": True, "not_before": timedelta(days=1)}, False),
        ({"shows_answers": True, "not_before": timedelta(days=-1)}, True),
    ],
    ids=range(7),
)
def test_after_the_end_the_released_result_decides(
    sitting: Sitting,
    shown: QuestionMedia,
    candidate: User,
    second_candidate: User,
    officer: User,
    opens: Opens,
    policy: dict[str, Any],
    wanted: bool,
) -> None:
    wishes = dict(policy)
    not_before = wishes.pop("not_before", None)
    with within(sitting.institution):
        hand_in(sitting, candidate, true_false=True)
        releases.set_policy(
            sitting.exam, actor=officer, not_before=not_before and clock.now() + not_before, **wishes
        )
    assert not opens(candidate, shown), "nothing is released yet"
    with within(sitting.institution):
        releases.release(sitting, actor=officer, allow_unmarked=True)
    hand_in(sitting, second_candidate, true_false=True)
    assert opens(candidate, shown) is wanted
    assert not opens(second_candidate, shown), "this result is not among those released"
    with within(sitting.institution):
        releases.withdraw(releases.current_release(sitting), actor=officer, reason="Too early.")
    assert not opens(candidate, shown)


def write_texts(exam: Exam, *, instructions: QuestionMedia, section: QuestionMedia) -> None:
    with within(exam.institution):
        exam.instructions = f"Look at {instructions.reference}."
        exam.save()
        exam.sections.update(instructions=f"Listen to {section.reference}.")


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (states.SCHEDULED, (True, False)),
        (states.READY, (True, False)),
        (states.IN_PROGRESS, (True, True)),
        (states.PAUSED, (True, True)),
        (states.SUBMITTED, (False, False)),
        (states.TERMINATED, (False, False)),
        (states.MISSED, (False, False)),
    ],
)
def test_the_texts_of_an_exam_open_what_they_show(
    sitting: Sitting,
    candidate: User,
    second_candidate: User,
    opens: Opens,
    state: str,
    wanted: tuple[bool, bool],
) -> None:
    first, second = picture(sitting.institution, "green"), picture(sitting.institution, "blue")
    write_texts(sitting.exam, instructions=first, section=second)
    make_attempt(enrol(sitting, candidate), state=state)
    make_attempt(enrol(make_sitting(make_exam(sitting.institution)), second_candidate))
    assert (opens(candidate, first), opens(candidate, second)) == wanted
    assert not opens(second_candidate, first)


def test_there_is_no_such_file(institution: Institution, officer: User) -> None:
    with within(institution), pytest.raises(NotFound):
        media_access.open_for(officer, uuid.uuid4())
