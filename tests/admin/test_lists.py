"""What the lists of the admin share: words for an empty one, dates, long filters, and the search's place."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, User
from proctoring.models import RetentionRun
from tests.factories.exams import make_exam, make_sitting

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(admin_member: User, browser_of: Callable[..., Client]) -> Callable[..., str]:
    client = browser_of(admin_member)

    def text(model: str, **query: str) -> str:
        return str(client.get(reverse(f"admin:{model}_changelist"), query).content.decode())

    return text


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("proctoring_deletioncertificate", "Nothing has been deleted yet"),
        ("proctoring_erasurerequest", "Nobody has asked for erasure yet."),
        ("proctoring_legalhold", "There is no hold."),
        ("proctoring_dataexport", "Nobody has asked for a copy yet."),
        ("exams_candidategroup", "There is nothing here yet."),
    ],
)
def test_an_empty_list_says_so(page: Callable[..., str], model: str, words: str) -> None:
    assert words in page(model)


def test_a_filter_that_nothing_fits_is_not_taken_for_an_empty_list(page: Callable[..., str]) -> None:
    said = page("proctoring_erasurerequest", state__exact="asked")
    assert "Nothing fits what you chose." in said and "Nobody has asked" not in said


def test_dates_are_written_day_first_with_24_hours(
    page: Callable[..., str], institution: Institution, scoped: Institution
) -> None:
    RetentionRun.objects.create(
        institution=institution, night=date(2026, 3, 4), started_at=datetime(2026, 3, 4, 14, 5, tzinfo=UTC)
    )
    said = page("proctoring_retentionrun")
    assert "4 Mar 2026" in said
    assert "p.m." not in said and "March 4" not in said


def test_a_long_filter_is_folded_until_something_is_chosen(
    page: Callable[..., str], institution: Institution, scoped: Institution
) -> None:
    exam = make_exam(institution)
    sittings = [make_sitting(exam) for _ in range(10)]
    assert '<details data-filter-title="sitting" open>' in page("exams_attempt")
    make_sitting(exam)
    assert '<details data-filter-title="sitting">' in page("exams_attempt")
    assert '<details data-filter-title="sitting" open>' in page("exams_attempt", sitting=str(sittings[0].pk))


def test_the_search_of_the_log_is_met_before_the_list(page: Callable[..., str]) -> None:
    said = page("accounts_auditentry")
    assert said.count("audit-search-title") == 2  # the heading and its name
    assert said.index('id="audit-search-title"') < said.index('id="changelist-form"')
