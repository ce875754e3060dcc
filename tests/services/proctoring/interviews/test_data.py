"""What is kept of interviews: erased with the case, copied for its candidate, handed over."""

import io
import json
import zipfile

import pytest

from accounts.audit import stream_of
from accounts.jobs import worker
from accounts.models import User
from exams.models import Attempt
from proctoring import states
from proctoring.evidence import package_content
from proctoring.interviews import sheet
from proctoring.models import Case, Interview, InterviewQuestion, InterviewSlot, SealedPackage
from proctoring.review import readings, verdicts
from proctoring.rights import exports
from proctoring.rights.kinds import KINDS
from proctoring.rights.register import Erasing, Span
from tests.factories.cases import make_case
from tests.factories.interviews import make_case_interview

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]


def test_erasing_the_case_takes_its_interviews_along(case: Case, reviewer: User) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_AGREED)
    sheet.add_own(made, actor=reviewer, asks="One?")
    span = Span(case.session.attempt, case.session)
    erasing = Erasing(case.institution, None, "retention", span)
    for rows in KINDS["cases"].rows:
        found = rows.of_span(span)
        assert found is not None
        rows.remove(found, erasing)
    left = (Interview, InterviewSlot, InterviewQuestion, Case)
    assert [model.objects.count() for model in left] == [0, 0, 0, 0]


def test_a_copy_of_own_data_has_the_outcome_once_it_is_released_and_never_the_sheet(
    attempt: Attempt, reviewer: User, second: User, candidate: User
) -> None:
    case = make_case(attempt, state=states.CASE_FIRST_READ, readers=(reviewer,))
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_HELD)
    InterviewQuestion.objects.create(
        institution=case.institution, interview=made, position=1, asks="A secret?", added_by=reviewer
    )

    def copied() -> dict[str, bytes]:
        export = exports.ask(case.institution, candidate, actor=candidate)
        worker.work()
        export.refresh_from_db()
        with exports.open_for(export, exports.link_of(export, candidate), viewer=candidate) as file:
            archive = zipfile.ZipFile(io.BytesIO(file.read()))
        return {name: archive.read(name) for name in archive.namelist()}

    before = copied()
    assert "cases/Interview.json" not in before
    readings.give(case, actor=second, verdict="breach", note="Indeed.")
    verdicts.open_reply_window(case, actor=reviewer, told="A voice was heard.")
    after = copied()
    [told] = json.loads(after["cases/Interview.json"])
    assert (told["outcome"], told["outcome_text"]) == ("consistent", "Each step was explained.")
    assert not any(b"A secret?" in data for data in after.values())


def test_a_package_takes_interviews_along_with_the_readings_only(
    case: Case, reviewer: User, officer: User
) -> None:
    made = make_case_interview(case, reviewer, state=states.INTERVIEW_HELD)
    for with_readings in (True, False):
        row = SealedPackage(
            case=case, institution=case.institution, with_readings=with_readings, made_by=officer
        )
        file = io.BytesIO()
        package_content.write(row, file, lambda *_: None)
        with zipfile.ZipFile(file) as archive:
            assert ("readings.json" in archive.namelist()) is with_readings
            streams = {each["stream"] for each in json.loads(archive.read("custody.json"))}
            if with_readings:
                [told] = json.loads(archive.read("readings.json"))["interviews"]
                assert (told["state"], told["outcome"]) == ("held", "consistent")
                assert stream_of(made) in streams
            else:
                assert stream_of(made) not in streams
