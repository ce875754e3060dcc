"""Jobs in the admin: a failed one says why, and the officer tries it again."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import states
from accounts.jobs import kinds, services
from accounts.models import Institution, Job, User
from accounts.tenancy import within
from proctor_site.kernel.errors import Conflict

BrowserOf = Callable[..., Client]
LIST = "admin:accounts_job_changelist"


@pytest.fixture
def failed(institution: Institution) -> Iterator[Job]:
    answers = iter([Conflict("The file is empty."), None])

    def work(job: Job, progress: Any) -> None:
        answer = next(answers)
        if answer:
            raise answer

    kinds.job_kind("test")(work)
    with within(institution):
        yield services.enqueue(institution, "test", title="Import a roster", actor=None)
    del kinds.KINDS["test"]


def test_a_failed_job_says_why_and_is_tried_again(failed: Job, officer: User, browser_of: BrowserOf) -> None:
    client = browser_of(officer)
    page = client.get(reverse(LIST) + "?state=failed").content.decode()
    assert "Import a roster" in page and "The file is empty." in page
    assert "Import a roster" not in client.get(reverse(LIST) + "?state=done").content.decode()
    client.post(reverse(LIST), {"action": "try_again", "_selected_action": [failed.pk]})
    failed.refresh_from_db()
    assert failed.state == states.DONE
    detail = client.get(reverse("admin:accounts_job_change", args=[failed.pk])).content.decode()
    assert "the system" in detail


@pytest.mark.parametrize(("who", "sees"), [("author", True), ("proctor", False), ("foreign_officer", False)])
def test_who_sees_and_who_may_not_try_again(
    failed: Job, request: Any, browser_of: BrowserOf, who: str, sees: bool
) -> None:
    client = browser_of(request.getfixturevalue(who))
    assert ("Import a roster" in client.get(reverse(LIST)).content.decode()) == sees
    client.post(reverse(LIST), {"action": "try_again", "_selected_action": [failed.pk]})
    failed.refresh_from_db()
    assert failed.state == states.FAILED
