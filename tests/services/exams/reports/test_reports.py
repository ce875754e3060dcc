"""Reports of sittings and exams: which attempts count, what is stored, when it is computed anew."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Institution, Job, User
from accounts.tenancy import within
from exams import states
from exams.marking import releases
from exams.models import Attempt, Mark, PaperItem, Question, QuestionFigures, Sitting, StoredReport
from exams.reports import services
from exams.reports.columns import Subject, data_version
from exams.reports.item_statistics import NO_POINTS, NOT_MARKED
from exams.reports.queries import figures_of
from exams.reports.report import from_json, make_report, to_json
from proctor_site.kernel import clock
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.results import make_results

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    return make_results(scoped, attempts=12)


def of(sitting: Sitting) -> Subject:
    return Subject(sitting.exam, sitting)


def test_a_report_of_a_sitting(sitting: Sitting) -> None:
    report = make_report(of(sitting))
    assert [line.number for line in report.lines] == [1, 2, 3, 4, 5]
    assert report.exam.attempts == 12
    assert report.lines[0].figures.guess.value == pytest.approx(100 / 3)
    assert report.lines[3].figures.guess.value == 0
    by_hand = Mark.objects.filter(item__version__question=report.lines[2].question).values_list(
        "points", flat=True
    )
    assert report.lines[2].figures.facility.value == pytest.approx(float(sum(by_hand) / len(by_hand) * 100))
    assert len(report.attempts) == len(report.totals) == len(report.worth) == 12
    assert report.exam.mean.value == pytest.approx(sum(report.totals) / sum(report.worth) * 100)


def test_a_report_comes_back_from_json_as_it_went(sitting: Sitting) -> None:
    report = make_report(of(sitting))
    assert from_json(json.loads(json.dumps(to_json(report), allow_nan=False))) == report


def test_queries_do_not_grow_with_attempts(sitting: Sitting, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        make_report(of(sitting))
    make_results(sitting.institution, sitting=sitting, attempts=20, seed=2)
    with django_assert_num_queries(4):
        assert make_report(of(sitting)).exam.attempts == 32


def test_only_first_attempts_that_were_handed_in_count(sitting: Sitting, candidate: User) -> None:
    stopped, running, missed = (make_member(sitting.institution) for _ in range(3))
    make_attempt(enrol(sitting, stopped), state=states.TERMINATED)
    make_attempt(enrol(sitting, running))
    make_attempt(enrol(sitting, missed), state=states.MISSED)
    twice = Attempt.objects.order_by("id").first()
    assert twice is not None
    make_attempt(twice.enrolment, state=states.SUBMITTED)
    report = make_report(of(sitting))
    assert (report.exam.attempts, report.stopped, report.later) == (12, 1, 1)
    assert twice.pk in report.attempts


def test_all_sittings_of_an_exam_count_each_candidate_once(sitting: Sitting) -> None:
    second = make_sitting(sitting.exam)
    make_results(sitting.institution, sitting=second, attempts=6, seed=5)
    again = Attempt.objects.filter(enrolment__sitting=sitting).order_by("id").first()
    assert again is not None
    late = clock.now() + timedelta(minutes=1)
    make_attempt(enrol(second, again.enrolment.candidate), state=states.SUBMITTED, started_at=late)
    report = make_report(Subject(sitting.exam))
    assert (report.exam.attempts, report.later) == (18, 1)
    assert make_report(of(sitting)).exam.attempts == 12


def test_other_exams_and_institutions_do_not_count(sitting: Sitting, other_institution: Institution) -> None:
    make_results(sitting.institution, attempts=3)
    make_results(other_institution, attempts=3)
    with within(sitting.institution):
        assert make_report(of(sitting)).exam.attempts == 12


def test_an_unmarked_question_is_left_out_until_it_is_marked(scoped: Institution) -> None:
    sitting = make_results(scoped, attempts=6, kinds=["true_false", "numeric", "essay"])
    essay = make_report(of(sitting)).lines[2]
    assert essay.figures.facility.reason == NOT_MARKED
    now = clock.now()
    for item in PaperItem.objects.filter(version__question__kind="essay", mark=None):
        Mark.objects.create(
            institution=scoped, attempt_id=item.attempt_id, item=item, points=Decimal("0.50"), marked_at=now
        )
    marked = make_report(of(sitting))
    assert marked.exam.left_out == []
    assert marked.lines[2].figures.facility.value is not None


def test_rulings_of_a_regrade_count(sitting: Sitting) -> None:
    line = make_report(of(sitting)).lines[0]
    marks = Mark.objects.filter(item__version__question=line.question)
    marks.update(possible=0, points=0, ruling="left_out")
    report = make_report(of(sitting))
    assert report.lines[0].figures.facility.reason == NO_POINTS
    assert report.exam.questions == 4
    assert report.worth == [400] * 12


def test_a_sitting_nobody_took_has_a_report_without_figures(scoped: Institution) -> None:
    report = make_report(of(make_sitting(make_exam(scoped))))
    assert (report.lines, report.exam.attempts, report.exam.mean.value) == ([], 0, None)


def test_it_is_stored_and_computed_again_only_when_marks_change(sitting: Sitting, officer: User) -> None:
    first = services.find_report(of(sitting), actor=officer)
    again = services.find_report(of(sitting), actor=officer)
    assert first.report == again.report
    assert again.computed_at == StoredReport.objects.get().computed_at == first.computed_at
    Mark.objects.filter(item__position=1).update(points=0)
    changed = services.find_report(of(sitting), actor=officer)
    assert changed.report is not None and changed.report.lines[0].figures.facility.value == 0
    assert StoredReport.objects.count() == 1
    services.find_report(Subject(sitting.exam), actor=officer)
    assert StoredReport.objects.count() == 2


def test_the_version_follows_every_change(sitting: Sitting) -> None:
    versions = [data_version(of(sitting))]
    attempt = Attempt.objects.order_by("id").first()
    assert attempt is not None
    Attempt.objects.filter(pk=attempt.pk).update(state=states.TERMINATED)
    versions.append(data_version(of(sitting)))
    Mark.objects.filter(item__position=2).update(marked_at=clock.now())
    versions.append(data_version(of(sitting)))
    Mark.objects.filter(item__position=2).update(possible=2)
    versions.append(data_version(of(sitting)))
    Mark.objects.filter(attempt=attempt).delete()
    versions.append(data_version(of(sitting)))
    assert len(set(versions)) == len(versions)
    assert max(len(each) for each in versions) <= 250


def test_a_large_sitting_is_left_to_a_job(
    sitting: Sitting, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 10)
    found = services.find_report(of(sitting), actor=officer)  # the tests' queue carries jobs out at once
    assert found.report is not None and found.job is None
    [job] = Job.objects.all()
    assert (job.state, job.result) == ("done", {"attempts": 12, "questions": 5})
    services.find_report(of(sitting), actor=officer)
    assert Job.objects.count() == 1


def test_while_a_job_waits_the_old_report_is_shown_and_no_second_job_asked_for(
    sitting: Sitting, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.compute(of(sitting))
    Mark.objects.filter(item__position=1).update(points=0)
    monkeypatch.setattr(services, "AT_ONCE", 10)
    monkeypatch.setattr("accounts.jobs.services.put_into_queue", lambda *args, **kwargs: None)
    found = [services.find_report(of(sitting), actor=officer) for _ in range(2)]
    assert [each.job.state for each in found if each.job] == ["waiting", "waiting"]
    assert all(each.report is not None for each in found)
    assert Job.objects.count() == 1


def test_a_job_that_failed_is_not_repeated_until_marks_change(
    sitting: Sitting, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 10)
    monkeypatch.setattr("accounts.jobs.services.put_into_queue", lambda *args, **kwargs: None)
    services.find_report(of(sitting), actor=officer)
    Job.objects.update(state="failed", key="", reason="The disk was full.")
    found = services.find_report(of(sitting), actor=officer)
    assert found.job is not None and found.job.reason == "The disk was full."
    assert Job.objects.count() == 1
    Mark.objects.filter(item__position=1).update(points=0)
    assert services.find_report(of(sitting), actor=officer).job != found.job


def test_figures_of_each_question_are_kept_for_the_bank(sitting: Sitting) -> None:
    report, _ = services.compute(of(sitting))
    kept = QuestionFigures.objects.get(question=report.lines[0].question)
    assert kept.attempts == 12
    assert kept.facility == report.lines[0].figures.facility.value
    assert kept.discrimination == report.lines[0].figures.discrimination.value
    services.compute(of(sitting))
    assert QuestionFigures.objects.count() == 5
    services.compute(Subject(sitting.exam))
    assert QuestionFigures.objects.count() == 5


def test_a_subject_of_another_institution_is_not_found(
    sitting: Sitting, other_institution: Institution
) -> None:
    foreign = make_sitting(make_exam(other_institution))
    assert services.subject_of(foreign.exam_id, foreign.pk) is None
    assert services.subject_of(foreign.exam_id, None) is None
    assert services.subject_of(sitting.exam_id, foreign.pk) is None
    assert services.subject_of(sitting.exam_id, sitting.pk) == of(sitting)


def test_a_release_keeps_the_figures_of_the_questions(sitting: Sitting, officer: User) -> None:
    releases.release(sitting, actor=officer)
    assert QuestionFigures.objects.filter(sitting=sitting).count() == 5
    [job] = Job.objects.filter(kind=services.JOB_KIND)
    assert (job.state, job.created_by) == ("done", officer)


def test_figures_of_the_bank_are_means_over_sittings_by_attempts(
    sitting: Sitting, django_assert_num_queries: Any
) -> None:
    second = make_results(sitting.institution, sitting=make_sitting(sitting.exam), attempts=4, seed=9)
    for each in (sitting, second):
        services.compute(of(each))
    questions = list(Question.objects.all())
    with django_assert_num_queries(1):
        found = figures_of(questions)
    kept = QuestionFigures.objects.filter(question=questions[0]).order_by("sitting_id")
    assert [row.attempts for row in kept] == [12, 4]
    assert found[questions[0].pk].attempts == 16
    assert found[questions[0].pk].facility == pytest.approx(
        (12 * kept[0].facility + 4 * kept[1].facility) / 16
    )


def test_a_figure_that_a_sitting_could_not_give_does_not_count(sitting: Sitting) -> None:
    services.compute(of(sitting))
    question = QuestionFigures.objects.order_by("id").first()
    assert question is not None
    QuestionFigures.objects.filter(pk=question.pk).update(discrimination=None)
    found = figures_of([question.question])[question.question_id]
    assert found.discrimination is None and found.facility == question.facility
    assert figures_of([]) == {}


def test_figures_of_another_institution_are_not_given(
    sitting: Sitting, other_institution: Institution
) -> None:
    foreign = make_results(other_institution, attempts=4)
    with within(other_institution):
        services.compute(of(foreign))
        questions = list(Question.objects.all())
        assert len(figures_of(questions)) == 5
    assert figures_of(questions) == {}
