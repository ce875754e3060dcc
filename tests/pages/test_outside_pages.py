"""Where staff meet exams that other systems deliver: the form, the list, the wall."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Exam
from proctoring import supervision
from tests.factories.outside import make_outside_sitting, start_session

pytestmark = pytest.mark.django_db
_FORM = {
    "sections-TOTAL_FORMS": "0",
    "sections-INITIAL_FORMS": "0",
    "policy_assignment-TOTAL_FORMS": "0",
    "policy_assignment-INITIAL_FORMS": "0",
}


def test_officers_make_an_outside_exam_and_it_has_no_questions(
    institution: Institution, officer: User, browser_of: Any
) -> None:
    office = browser_of(officer)
    given = {"title": "Taken elsewhere", "is_outside": "on", "calculator": "none", "pass_percentage": "50"}
    both = office.post("/admin/exams/exam/add/", {**_FORM, **given, "is_template": "on", "_save": "1"})
    assert "is no template" in both.content.decode()
    made = office.post("/admin/exams/exam/add/", {**_FORM, **given, "_save": "1"}, follow=True)
    with within(institution):
        exam = Exam.objects.get(title="Taken elsewhere")
    page = made.content.decode()
    assert exam.is_outside and "make a sitting" in page
    assert "Pass mark" not in page and 'name="is_outside"' not in page
    content = office.get(f"/admin/exams/exam/{exam.pk}/content/", follow=True).content.decode()
    assert "it has no questions here" in content


def test_the_wall_says_what_does_not_reach_candidates(
    institution: Institution, officer: User, browser_of: Any
) -> None:
    sitting = make_outside_sitting(institution)
    start_session(sitting, officer)
    page = browser_of(officer).get(f"/i/{institution.slug}/watch/{sitting.pk}/").content.decode()
    assert "Otto Outside" in page and "Another system delivers this exam" in page
    assert 'data-act="warn" hidden aria-label="Warn: Otto Outside"' in page and "Identity checks" not in page
    assert 'data-act="terminate"' in page


def test_a_warning_is_offered_where_the_other_system_shows_it_and_the_panel_says_since_when(
    institution: Institution, officer: User, browser_of: Any
) -> None:
    sitting = make_outside_sitting(institution)
    session = start_session(sitting, officer, shows_warnings=True)
    silent = {"session_id": "run-2", "candidate_id": "E-2", "candidate_name": "Olga Other"}
    start_session(sitting, officer, **silent)
    office = browser_of(officer)
    wall = office.get(f"/i/{institution.slug}/watch/{sitting.pk}/").content.decode()
    assert 'data-act="warn" aria-label="Warn: Otto Outside"' in wall
    assert 'data-act="warn" hidden aria-label="Warn: Olga Other"' in wall
    assert session.attempt is not None
    address = reverse("watched_candidate", args=[institution.slug, sitting.pk, session.attempt.enrolment_id])
    with within(institution):
        warning = supervision.warn(session.attempt, proctor=officer, text="Look at the screen.")
        page = office.get(address).content.decode()
        assert "it shows your warnings" in page and "not shown yet" in page
        supervision.note_shown(warning, actor=officer)
    page = office.get(address).content.decode()
    assert "Look at the screen." in page and "not shown yet" not in page and ", shown " in page


def test_the_panel_of_a_candidate_offers_nothing_that_nobody_reads(
    institution: Institution, officer: User, browser_of: Any
) -> None:
    session = start_session(make_outside_sitting(institution), officer)
    assert session.attempt is not None
    address = reverse(
        "watched_candidate", args=[institution.slug, session.sitting_id, session.attempt.enrolment_id]
    )
    page = browser_of(officer).get(address).content.decode()
    assert "Another system has this candidate" in page and "Otto Outside" in page
    assert "data-talk-form" not in page and "data-call-ask" not in page and "<h3>Warnings</h3>" not in page


def test_sessions_are_listed_filtered_and_found_by_the_id_of_the_other_system(
    institution: Institution, officer: User, browser_of: Any
) -> None:
    sitting = make_outside_sitting(institution)
    start_session(sitting, officer, session_id="run-77")
    start_session(sitting, officer, session_id="run-78", candidate_id="E-2", candidate_name="Olga Other")
    office = browser_of(officer)
    sessions = reverse("admin:proctoring_monitoringsession_changelist")
    both = office.get(sessions, {"is_outside__exact": "1"}).content.decode()
    assert "run-77" in both and "run-78" in both
    one = office.get(sessions, {"q": "run-78"}).content.decode()
    assert "Olga Other" in one and "Otto Outside" not in one
    assert "Otto Outside" not in office.get(sessions, {"q": "run-7"}).content.decode()
