"""Imports of questions as jobs: nothing half done, tried again, failures in words, none twice."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import storages

from accounts import states
from accounts.models import Institution, Job, User
from accounts.tenancy import within
from exams.bank import bulk, import_jobs, imports
from exams.models import Question, QuestionImport, QuestionMedia
from proctor_site.kernel.errors import Conflict
from tests.services.exams.test_question_imports import GIFT, MOODLE, _picture


@pytest.fixture(autouse=True)
def here(institution: Institution) -> Iterator[None]:
    with within(institution):
        yield


def receive(institution: Institution, officer: User, data: bytes = GIFT) -> QuestionImport:
    return import_jobs.receive(institution, file_name="quiz.txt", data=data, actor=officer)


def test_a_small_file_is_read_at_once_and_imported_by_a_job(institution: Institution, officer: User) -> None:
    found = receive(institution, officer)
    assert found.checked_at is not None and found.job is None
    import_jobs.ask(found, actor=officer)
    assert found.job is not None and (found.job.state, found.job.result) == (states.DONE, found.counts)
    assert found.imported_at is not None and Question.objects.count() == 3
    import_jobs.ask(found, actor=officer)
    assert (Question.objects.count(), Job.objects.count()) == (3, 1)


def test_a_large_file_that_makes_no_sense_says_so(
    institution: Institution, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "CHECKED_AT_ONCE", 10)
    found = receive(institution, officer, b"// only a comment {}\n")
    assert found.job is not None and found.job.state == states.FAILED
    assert "There is no question in this file" in found.job.reason
    with pytest.raises(Conflict, match="not read yet"):
        import_jobs.ask(found, actor=officer)
    imports.drop(found, actor=officer)
    with pytest.raises(Conflict, match="dropped"):
        import_jobs.ask(found, actor=officer)


def test_a_try_that_fails_leaves_nothing_and_the_next_one_finishes(
    institution: Institution, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = MOODLE.format(base64.b64encode(_picture()).decode()).encode()
    found = receive(institution, officer, data)
    real, seen = bulk._write_tags, []

    def fails_first(*given: Any) -> None:
        stored = [each.stored_name for each in QuestionMedia.objects.all()]
        seen.append((Question.objects.count(), stored))
        if len(seen) == 1:
            raise OSError("the database has gone")
        real(*given)

    monkeypatch.setattr(bulk, "_write_tags", fails_first)
    import_jobs.ask(found, actor=officer)
    [(_, [left_behind]), (at_second, _)] = seen
    assert at_second == 1, "the first try left a question behind"
    assert not storages["question_media"].exists(left_behind)
    assert found.job is not None and (found.job.state, found.job.tries) == (states.DONE, 2)
    assert storages["question_media"].exists(QuestionMedia.objects.get().stored_name)


def test_a_failed_import_is_tried_again_by_asking_again(
    institution: Institution, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = receive(institution, officer)
    with monkeypatch.context() as broken:
        broken.setattr(bulk, "_write_tags", lambda *given: 1 / 0)
        import_jobs.ask(found, actor=officer)
    assert found.job is not None and found.job.state == states.FAILED and not Question.objects.exists()
    import_jobs.ask(found, actor=officer)
    assert found.imported_at is not None and (Question.objects.count(), Job.objects.count()) == (3, 1)
