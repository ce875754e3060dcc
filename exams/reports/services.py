"""Computes statistics and keeps them: at once for small sittings, as a job for large ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import states
from accounts.jobs.services import enqueue
from accounts.models import Job, User
from accounts.transitions import lock
from exams.models import Exam, PaperItem, QuestionFigures, Sitting, StoredReport
from exams.reports.columns import Subject, data_version
from exams.reports.report import Report, from_json, make_report, to_json
from exams.scheduling.queries import marked_sittings
from proctor_site.kernel import clock

JOB_KIND = "exams.statistics"
_OPEN_OR_FAILED = (states.WAITING, states.RUNNING, states.FAILED)
AT_ONCE = 100_000
"""So many answers are computed while the page waits (half a second); more are left to a job."""


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to show now: a report, a job that computes a newer one, or both.

    `answers` is how many answers there are, for the words of the page that waits.
    """

    report: Report | None
    computed_at: datetime | None
    job: Job | None
    answers: int


def find_report(subject: Subject, *, actor: User) -> Found:
    """The report of the subject: the stored one while the marks are as they were, else computed anew."""
    version = data_version(subject)
    stored = _stored(subject)
    answers = PaperItem.objects.filter(attempt__in=subject.attempts().order_by()).count()
    if stored is not None and stored.version == version:
        return Found(from_json(stored.content), stored.computed_at, None, answers)
    if answers <= AT_ONCE:
        report, at = compute(subject)
        return Found(report, at, None, answers)
    job = _job_for(subject, version) or ask_for(subject, actor=actor)
    if job.is_over:
        stored = _stored(subject)
    is_new = stored is not None and stored.version == version
    return Found(
        report=from_json(stored.content) if stored else None,
        computed_at=stored.computed_at if stored else None,
        job=None if is_new else job,
        answers=answers,
    )


def ask_for(subject: Subject, *, actor: User | None) -> Job:
    """A job that computes the report; one that already waits is taken."""
    arguments = _arguments(subject)
    return enqueue(
        subject.exam.institution,
        JOB_KIND,
        title=f"Statistics of {subject.sitting or subject.exam}",
        actor=actor,
        arguments=arguments | {"version": data_version(subject)},
        key=f"statistics:{arguments['exam']}:{arguments['sitting'] or 'all'}",
    )


def _arguments(subject: Subject) -> dict[str, int | None]:
    return {"exam": subject.exam.pk, "sitting": subject.sitting.pk if subject.sitting else None}


def _job_for(subject: Subject, version: str) -> Job | None:
    """The job that is at it, or the one that has failed on these very marks: it is not repeated unasked."""
    rows = Job.objects.filter(
        kind=JOB_KIND, created_at__gt=clock.now() - timedelta(days=1), state__in=_OPEN_OR_FAILED
    )
    wanted = _arguments(subject)
    for job in rows.order_by("-id")[:50]:
        if {name: job.arguments.get(name) for name in wanted} == wanted:
            is_same = job.arguments.get("version") == version
            return job if is_same or not job.is_over else None
    return None


def compute(subject: Subject) -> tuple[Report, datetime]:
    """Computes and keeps the report and, for a sitting, the figures of its questions."""
    version = data_version(subject)  # before the marks are read: what comes between makes it old, not wrong
    report, now = make_report(subject), clock.now()
    own: dict[str, Any] = {
        "institution_id": subject.institution_id,
        "exam": subject.exam,
        "sitting": subject.sitting,
    }
    values = {"version": version, "content": to_json(report), "computed_at": now}
    with transaction.atomic():
        lock(subject.exam)
        StoredReport.objects.update_or_create(**own, defaults=values)
        if subject.sitting is not None:
            _keep_figures(subject.sitting, report)
    return report, now


def subject_of(exam: int | None, sitting: int | None) -> Subject | None:
    """The subject with these ids in the open scope, or None when there is none."""
    if sitting is None:
        found = Exam.objects.select_related("institution").filter(pk=exam or 0).first()
        return Subject(found) if found else None
    one = marked_sittings().select_related("exam__institution").filter(pk=sitting).first()
    return Subject(one.exam, one) if one and exam in (None, one.exam_id) else None


def _stored(subject: Subject) -> StoredReport | None:
    return StoredReport.objects.filter(exam=subject.exam, sitting=subject.sitting).first()


def _keep_figures(sitting: Sitting, report: Report) -> None:
    rows: dict[int, QuestionFigures] = {}
    for line in report.lines:
        facility = line.figures.facility.value
        if facility is None or line.question in rows:
            continue
        rows[line.question] = QuestionFigures(
            institution_id=sitting.institution_id,
            question_id=line.question,
            sitting=sitting,
            attempts=line.figures.attempts,
            facility=facility,
            discrimination=line.figures.discrimination.value,
        )
    QuestionFigures.objects.filter(sitting=sitting).delete()
    QuestionFigures.objects.bulk_create(rows.values())
