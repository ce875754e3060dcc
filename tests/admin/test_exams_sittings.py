"""Exams and sittings in the admin, and enrolling candidates by their addresses."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Institution, User
from accounts.services.invitations import accept_invitation
from accounts.tenancy import within
from exams.models import (
    Enrolment,
    Exam,
    PendingEnrolment,
    Section,
    SectionPool,
    Sitting,
    SittingProctor,
)
from tests.admin.exams_forms import errors_of, formset, url
from tests.factories.exams import enrol, make_attempt, make_exam, make_question, make_sitting

Browser = Callable[..., Client]


def sitting_body(exam: Exam, **changes: Any) -> dict[str, Any]:
    return {
        "exam": exam.pk,
        "title": "Autumn",
        "time_zone": "Europe/Vienna",
        "opens_local": "2026-11-23T09:00",
        "closes_local": "2026-11-23T12:00",
        "duration_minutes": "60",
        "late_entry_minutes": "15",
        "late_upload_minutes": "10",
        "practice_days": "7",
        "time_up": "auto_submit",
        "grace_minutes": "5",
        "begins": "clock",
        "credit_least_seconds": "10",
        "credit_most_minutes": "30",
        **formset("proctors"),
        **changes,
    }


def test_an_exam_with_a_section_and_questions(
    institution: Institution, author: User, browser_of: Browser
) -> None:
    client = browser_of(author)
    section = {"title": "Part one", "position": "1", "navigation": "forward", "shuffle_options": "on"}
    body = {"title": "Geography", "instructions": "Calm.", "pass_percentage": "60", "calculator": "none"}
    page = client.get(url("exam_add"))
    prefixes = [each.formset.prefix for each in page.context["inline_admin_formsets"]]
    others = {
        key: value for prefix in prefixes if prefix != "sections" for key, value in formset(prefix).items()
    }
    response = client.post(url("exam_add"), {**body, **formset("sections", section), **others})
    assert response.status_code == 302
    question = make_question(institution)
    with within(institution):
        exam = Exam.objects.get()
        made = Section.objects.get()
        assert (exam.institution, made.institution, made.exam) == (institution, institution, exam)
        assert (made.navigation, made.shuffle_options, exam.pass_percentage) == ("forward", True, 60)
    page = client.get(url("exam_change", exam.pk)).content.decode()
    assert f"{url('exam_content', exam.pk)}#section-{made.pk}" in page
    assert client.get(url("section_change", made.pk)).status_code == 200
    body = {"do": "add-questions", "question": question.pk, "section": made.pk, "points": "2.5"}
    client.post(url("exam_content", exam.pk), body)
    with within(institution):
        SectionPool.objects.create(institution=institution, section=made, count=2, points="1.25")
    text = client.get(url("exam_changelist")).content.decode()
    assert '<td class="field-question_count">3</td><td class="field-points">5.00</td>' in text


def test_what_an_exam_lacks_is_said_when_it_is_scheduled(
    institution: Institution, officer: User, browser_of: Browser
) -> None:
    client = browser_of(officer)
    empty = make_exam(institution, kinds=(), title="Empty", minutes=999)
    page = client.post(url("sitting_add"), sitting_body(empty), follow=True).content.decode()
    assert "Empty: This exam has no questions yet." in page
    assert "Empty: “Part one” has no questions" in page
    assert "Empty: The parts of this exam may take 999 minutes" in page
    worthless = make_exam(institution, points=0, title="Worthless")
    page = client.post(url("sitting_add"), sitting_body(worthless), follow=True).content.decode()
    assert "Worthless: No question gives points, so nobody can pass." in page
    with within(institution):
        section = make_exam(institution, title="Short").sections.get()
        SectionPool.objects.create(institution=institution, section=section, count=9)
    refused = client.post(url("sitting_add"), sitting_body(section.exam))
    assert "of the 9 questions it needs" in errors_of(refused)["exam"][0]


def test_a_sitting_is_entered_on_the_clocks_of_its_zone(
    institution: Institution, officer: User, proctor: User, browser_of: Browser
) -> None:
    exam = make_exam(institution)
    client = browser_of(officer)
    assert client.get(url("sitting_add")).context["adminform"].form.initial["time_zone"] == "Europe/Vienna"
    body = sitting_body(exam, time_zone="Asia/Tokyo", **formset("proctors", {"user": proctor.pk}))
    response = client.post(url("sitting_add"), body)
    assert response.status_code == 302
    with within(institution):
        sitting = Sitting.objects.get()
        assert SittingProctor.objects.get().user == proctor
    assert sitting.opens_at == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert sitting.closes_at == datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    page = client.get(url("sitting_change", sitting.pk))
    assert page.context["adminform"].form.initial["opens_local"] == datetime(2026, 11, 23, 9, 0)
    assert "09:00 (Asia/Tokyo)" in client.get(url("sitting_changelist")).content.decode()
    moved = sitting_body(exam, time_zone="Europe/Vienna")
    assert client.post(url("sitting_change", sitting.pk), moved).status_code == 302
    sitting.refresh_from_db()
    assert sitting.opens_at == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"closes_local": "2026-11-23T09:00"}, "closes_local", "close after"),
        ({"duration_minutes": "181"}, "duration_minutes", "does not fit"),
        ({"duration_minutes": "0"}, "duration_minutes", "greater than or equal to 1"),
        ({"late_entry_minutes": "181"}, "late_entry_minutes", "longer than the window"),
        ({"time_zone": "Mars/Base"}, "time_zone", "not one of the available"),
        ({"opens_local": "soon"}, "opens_local", "valid date"),
        ({"opens_local": "2026-03-29T02:30"}, "opens_local", "does not exist in Europe/Vienna"),
        ({"closes_local": "2027-11-25T09:00"}, "closes_local", "at most a year"),
        ({"title": ""}, "title", "required"),
    ],
)
def test_a_wrong_sitting_names_the_field(
    institution: Institution,
    officer: User,
    browser_of: Browser,
    changes: dict[str, str],
    field: str,
    words: str,
) -> None:
    body = sitting_body(make_exam(institution), **changes)
    errors = errors_of(browser_of(officer).post(url("sitting_add"), body))
    assert list(errors) == [field]
    assert words in " ".join(errors[field])
    with within(institution):
        assert not Sitting.objects.exists()


def test_a_foreign_exam_or_proctor_or_a_candidate_as_proctor_is_refused(
    institution: Institution,
    other_institution: Institution,
    officer: User,
    foreign_proctor: User,
    candidate: User,
    browser_of: Browser,
) -> None:
    client = browser_of(officer)
    assert list(errors_of(client.post(url("sitting_add"), sitting_body(make_exam(other_institution))))) == [
        "exam"
    ]
    for user in (foreign_proctor, candidate):
        body = sitting_body(make_exam(institution), **formset("proctors", {"user": user.pk}))
        assert client.post(url("sitting_add"), body).status_code == 200
    with within(institution):
        assert not Sitting.objects.exists()


def test_working_time_is_fixed_once_somebody_has_started(
    institution: Institution, officer: User, candidate: User, browser_of: Browser
) -> None:
    sitting = make_sitting(make_exam(institution), time_zone="UTC")
    make_attempt(enrol(sitting, candidate))
    client = browser_of(officer)
    shown = client.get(url("sitting_change", sitting.pk)).context["adminform"].form.initial
    same = sitting_body(
        sitting.exam,
        time_zone="UTC",
        opens_local=f"{shown['opens_local']:%Y-%m-%dT%H:%M}",
        closes_local=f"{shown['closes_local']:%Y-%m-%dT%H:%M}",
        late_entry_minutes="",
    )
    errors = errors_of(client.post(url("sitting_change", sitting.pk), {**same, "duration_minutes": "90"}))
    assert list(errors) == ["duration_minutes"]
    assert client.post(url("sitting_change", sitting.pk), same).status_code == 302
    before = sitting.opens_at
    sitting.refresh_from_db()
    assert (sitting.title, sitting.opens_at) == ("Autumn", before)


def test_candidates_are_enrolled_by_pasted_addresses(
    institution: Institution,
    officer: User,
    candidate: User,
    second_candidate: User,
    foreign_candidate: User,
    browser_of: Browser,
    django_capture_on_commit_callbacks: Any,
) -> None:
    sitting = make_sitting(make_exam(institution))
    enrol(sitting, second_candidate)
    lines = [candidate.email.upper(), "", second_candidate.email, "not an address", "new@example.org"]
    client = browser_of(officer)
    with django_capture_on_commit_callbacks(execute=True):
        body = {"emails": "\r\n".join([*lines, foreign_candidate.email, "new@example.org"])}
        page = client.post(url("sitting_candidates", sitting.pk), body)
    report = [(line.number, line.outcome) for line in page.context["report"]]
    assert report == [
        (1, "enrolled"),
        (3, "already_enrolled"),
        (4, "refused"),
        (5, "invited"),
        (6, "invited"),
        (7, "refused"),
    ]
    invited = [each for each in mail.outbox if "/invitation/" in str(each.body)]
    assert sorted(each.to[0] for each in invited) == sorted(["new@example.org", foreign_candidate.email])
    with within(institution):
        assert set(Enrolment.objects.values_list("candidate", flat=True)) == {
            candidate.pk,
            second_candidate.pk,
        }
    message = next(each for each in mail.outbox if each.to == ["new@example.org"])
    secret = re.search(r"/invitation/([^/\s]+)/", str(message.body))
    assert secret is not None
    _, person = accept_invitation(secret[1], name="Nina New", password="a long enough phrase")
    with within(institution):
        assert Enrolment.objects.get(candidate=person).sitting == sitting
        assert list(PendingEnrolment.objects.values_list("email", flat=True)) == [foreign_candidate.email]


def test_a_cancelled_sitting_takes_nobody(
    institution: Institution, officer: User, candidate: User, browser_of: Browser
) -> None:
    sitting = make_sitting(make_exam(institution))
    client = browser_of(officer)
    client.post(url("sitting_changelist"), {"action": "cancel", "_selected_action": [sitting.pk]})
    page = client.post(url("sitting_candidates", sitting.pk), {"emails": f"{candidate.email}\nx@example.org"})
    assert [line.outcome for line in page.context["report"]] == ["refused", "refused"]
    with within(institution):
        assert not Enrolment.objects.exists() and not PendingEnrolment.objects.exists()


@pytest.mark.parametrize(
    ("who", "may_read", "may_enrol"),
    [
        ("officer", True, True),
        ("admin_member", True, True),
        ("author", True, False),
        ("proctor", True, False),
        ("reviewer", True, False),
        ("candidate", False, False),
        ("stranger", False, False),
        ("foreign_officer", False, False),
        ("foreign_candidate", False, False),
    ],
)
def test_rights_on_the_candidates_page(
    institution: Institution, second_candidate: User, request: Any, browser_of: Browser, who: str,
    may_read: bool, may_enrol: bool,
) -> None:  # fmt: skip
    sitting = make_sitting(make_exam(institution), title="Hidden sitting")
    client = browser_of(request.getfixturevalue(who))
    page = client.get(url("sitting_candidates", sitting.pk), follow=True)
    assert ("Hidden sitting" in page.content.decode()) == may_read
    client.post(url("sitting_candidates", sitting.pk), {"emails": second_candidate.email})
    with within(institution):
        assert Enrolment.objects.exists() == may_enrol
    listing = client.get(url("sitting_changelist"), follow=True).content.decode()
    assert ("Hidden sitting" in listing) == may_read
