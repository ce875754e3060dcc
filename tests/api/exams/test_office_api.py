"""Exams, questions, sittings, enrolments, allowances, attempts and results by token, from first to last."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams import states
from exams.delivery.receipts import verify_receipt
from exams.marking import releases
from exams.models import Attempt, Enrolment, Exam, PendingEnrolment, QuestionVersion
from proctor_site.kernel import clock
from tests.factories.exams import CONTENT, enrol, make_attempt, make_exam, make_question, make_sitting
from tests.factories.tokens import token_client

BASE = "/api/v1/institution/"


@pytest.fixture
def api(institution: Institution) -> APIClient:
    return token_client(institution)


def a_sitting(exam: int, **more: Any) -> dict[str, Any]:
    now = clock.now()
    return {
        "exam": exam,
        "title": "Winter term",
        "opens_at": (now + timedelta(days=1)).isoformat(),
        "closes_at": (now + timedelta(days=1, hours=3)).isoformat(),
        "time_zone": "Europe/Vienna",
        "duration_minutes": 90,
        **more,
    }


def test_an_exam_is_written_scheduled_and_filled_by_calls_alone(
    api: APIClient, institution: Institution, candidate: User, proctor: User
) -> None:
    scale = [{"name": "Passed", "least": "50"}, {"name": "Failed", "least": "0"}]
    exam = api.post(BASE + "exams/", {"title": "Biology", "grade_steps": scale}).json()
    section = api.post(f"{BASE}exams/{exam['id']}/sections/", {"title": "Part one", "minutes": 30}).json()
    question = api.post(
        BASE + "questions/",
        {
            "title": "Capital",
            "kind": "single_choice",
            "stem": "Which?",
            "content": CONTENT["single_choice"],
            "tags": ["maps"],
        },
    ).json()
    place = {"section": section["id"], "question": question["id"], "points": "2.50"}
    assert api.post(f"{BASE}exams/{exam['id']}/questions/", place).status_code == 201
    [placed] = api.get(f"{BASE}exams/{exam['id']}/questions/").json()["results"]
    assert (placed["question"], placed["points"], placed["kind"]) == (question["id"], "2.50", "single_choice")
    sitting = api.post(BASE + "sittings/", a_sitting(exam["id"], proctors=[proctor.pk])).json()
    assert sitting["proctors"] == [proctor.pk]
    wanted = {"candidates": [{"email": candidate.email}, {"email": "new@example.org"}, {"email": "nobody"}]}
    answer = api.post(f"{BASE}sittings/{sitting['id']}/enrolments/", wanted)
    assert [row["outcome"] for row in answer.json()["results"]] == ["enrolled", "invited", "refused"]
    [enrolment] = api.get(f"{BASE}sittings/{sitting['id']}/enrolments/").json()["results"]
    assert (enrolment["candidate"], enrolment["email"]) == (candidate.pk, candidate.email)
    with within(institution):
        assert PendingEnrolment.objects.get().email == "new@example.org"
        entries = AuditEntry.objects.exclude(verb="apitoken.made").exclude(stream__startswith="job:")
        nobody = [entry.verb for entry in entries if str(entry.actor) != "API token “Student register”"]
    assert nobody == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "A", "pass_percentage": 101}, "pass_percentage"),
        ({"title": "A", "grade_steps": [{"name": "A", "least": "50"}]}, "grade_steps"),
        ({"title": "A", "language": "klingon!"}, "language"),
        ({"title": "A", "is_template": True}, "is_template"),
        ({"title": "A", "formula_sheet": 5, "colour": 1}, "colour"),
    ],
)
def test_a_wrong_exam_is_refused_by_field(api: APIClient, body: dict[str, Any], field: str) -> None:
    answer = api.post(BASE + "exams/", body)
    assert (answer.status_code, answer.data["field"]) == (400, field)
    assert not Exam.objects.with_scopes_disabled().exists()


def test_an_exam_is_changed_and_the_log_says_what(api: APIClient, institution: Institution) -> None:
    exam = make_exam(institution)
    answer = api.patch(f"{BASE}exams/{exam.pk}/", {"calculator": "basic", "title": exam.title})
    assert answer.json()["calculator"] == "basic"
    with within(institution):
        assert AuditEntry.objects.get(verb="exam.changed").detail == {"fields": ["calculator"]}
        section = exam.sections.get()
    address = f"{BASE}exams/{exam.pk}/sections/{section.pk}/"
    assert api.patch(address, {"navigation": "forward"}).json()["navigation"] == "forward"
    assert api.patch(address, {"minutes": 0}).data["field"] == "minutes"


@pytest.mark.parametrize("kind", sorted(CONTENT.keys() - {"hotspot"}))
def test_each_kind_is_written_as_it_checks_itself(api: APIClient, kind: str) -> None:
    body = {"title": "Q", "kind": kind, "stem": "Say.", "content": CONTENT[kind]}
    answer = api.post(BASE + "questions/", body)
    assert answer.status_code == 201, answer.data
    assert answer.json()["newest"]["number"] == 1
    wrong = api.post(BASE + "questions/", body | {"content": "nothing"})
    assert wrong.status_code == 400 and wrong.data["field"]


def test_a_used_wording_stays_and_a_new_one_is_added(api: APIClient, institution: Institution) -> None:
    question = make_question(institution)
    address = f"{BASE}questions/{question.pk}/"
    body = {"stem": "Anew?", "content": CONTENT["single_choice"]}
    assert api.post(address + "versions/", body).json()["number"] == 1, "nobody has seen it yet"
    QuestionVersion.objects.with_scopes_disabled().update(used_at=clock.now())
    assert api.post(address + "versions/", body | {"stem": "Again?"}).json()["number"] == 2
    numbers = [each["number"] for each in api.get(address + "versions/").json()["results"]]
    assert numbers == [2, 1]
    assert api.patch(address, {"retired": True}).json()["retired_at"] is not None
    assert api.post(address + "versions/", body).data["code"] == "retired"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"closes_at": "2020-01-01T00:00:00Z"}, "closes_at"),
        ({"duration_minutes": 500}, "duration_minutes"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"opens_at": "tomorrow"}, "opens_at"),
        ({"exam": 0}, "exam"),
        ({"proctors": [0]}, "proctors"),
    ],
)
def test_a_wrong_sitting_is_refused_by_field(
    api: APIClient, institution: Institution, more: dict[str, Any], field: str
) -> None:
    answer = api.post(BASE + "sittings/", a_sitting(make_exam(institution).pk) | more)
    assert answer.status_code in (400, 404) and answer.data["field"] == field
    assert api.get(BASE + "sittings/").json()["results"] == []


def test_a_sitting_is_changed_watched_and_called_off(
    api: APIClient, institution: Institution, proctor: User, candidate: User
) -> None:
    sitting = make_sitting(make_exam(institution))
    address = f"{BASE}sittings/{sitting.pk}/"
    assert api.patch(address, {"capacity": 3}).json()["capacity"] == 3
    assert api.post(address + "proctors/", {"member": proctor.pk}).json()["proctors"] == [proctor.pk]
    refused = api.post(address + "proctors/", {"member": candidate.pk})
    assert (refused.status_code, refused.data["field"]) == (400, "proctors")
    assert api.post(address + "cancel/", {}).data["field"] == "reason"
    assert api.post(address + "cancel/", {"reason": "Flood"}).json()["cancelled_at"] is not None
    late = api.post(address + "enrolments/", {"candidates": [{"email": candidate.email}]})
    assert (late.status_code, late.data["code"]) == (409, "cancelled")


def test_candidates_are_enrolled_by_number_and_withdrawn(
    api: APIClient, institution: Institution, candidate: User
) -> None:
    api.patch(f"{BASE}members/{candidate.pk}/", {"candidate_number": "A-17"})
    address = f"{BASE}sittings/{make_sitting(make_exam(institution)).pk}/enrolments/"
    body = {"candidates": [{"candidate_number": "a-17"}, {"candidate_number": "B-1"}]}
    found, missing = api.post(address, body).json()["results"]
    assert (found["outcome"], found["email"]) == ("enrolled", candidate.email)
    assert (missing["outcome"], missing["index"]) == ("refused", 1)
    [row] = api.get(address).json()["results"]
    assert row["candidate_number"] == "A-17"
    gone = api.post(f"{BASE}enrolments/{row['id']}/withdraw/", {"reason": "Moved"}).json()
    assert gone["withdrawn_at"] is not None
    assert api.post(address, body).json()["results"][0]["outcome"] == "enrolled", "given back"
    many = api.post(address, {"candidates": [{"email": f"a{n}@example.org"} for n in range(501)]})
    assert (many.status_code, many.data["field"]) == (400, "candidates")


def test_an_allowance_is_given_changed_and_withdrawn(
    api: APIClient, institution: Institution, candidate: User
) -> None:
    enrolment = enrol(make_sitting(make_exam(institution)), candidate)
    attempt = make_attempt(enrolment)
    address = f"{BASE}enrolments/{enrolment.pk}/allowances/"
    made = api.post(address, {"extra_minutes": 30, "reason": "Agreed"}, headers={"idempotency-key": "a"})
    again = api.post(address, {"extra_minutes": 30, "reason": "Agreed"}, headers={"idempotency-key": "a"})
    assert made.json() == again.json() and made.status_code == 201
    before = attempt.deadline_at
    attempt.refresh_from_db()
    assert before is not None and attempt.deadline_at == before + timedelta(minutes=30), "given once"
    one = f"{BASE}allowances/{made.json()['id']}/"
    assert api.patch(one, {"factor": "1.25"}).json()["factor"] == "1.25"
    assert api.patch(one, {"factor": "9"}).data["field"] == "factor"
    assert api.patch(one, {"muted_detectors": ["voice"]}).data["field"] == "muted_detectors"
    assert api.delete(one).status_code == 204
    assert api.get(address).json()["results"] == []


@pytest.fixture
def attempt(institution: Institution, candidate: User) -> Attempt:
    enrolment: Enrolment = enrol(make_sitting(make_exam(institution)), candidate)
    return make_attempt(enrolment, state=states.SUBMITTED)


def test_attempts_are_found_by_state_and_have_receipts(
    api: APIClient, attempt: Attempt, second_candidate: User
) -> None:
    make_attempt(enrol(attempt.enrolment.sitting, second_candidate))
    assert len(api.get(BASE + "attempts/").json()["results"]) == 2
    [row] = api.get(BASE + "attempts/", {"state": "submitted"}).json()["results"]
    assert (row["id"], row["ended_by"], row["name"]) == (attempt.pk, "candidate", "Carla Candidate")
    assert api.get(f"{BASE}attempts/{attempt.pk}/").json() == row
    assert api.get(BASE + "attempts/", {"state": "asleep"}).data["field"] == "state"
    receipt = api.get(f"{BASE}attempts/{attempt.pk}/receipt/").json()
    assert verify_receipt(receipt["receipt"]).attempt == attempt.pk


def test_results_say_what_is_marked_and_what_released(
    api: APIClient, attempt: Attempt, officer: User
) -> None:
    address = f"{BASE}attempts/{attempt.pk}/result/"
    first = api.get(address).json()
    assert (first["unmarked"], first["passed"], first["released"]) == (2, None, None)
    assert [mark["points"] for mark in first["marks"]] == [None, None]
    with within(attempt.institution):
        releases.release(attempt.enrolment.sitting, actor=officer)
    done = api.get(address).json()
    assert (done["points"], done["passed"], done["unmarked"]) == ("0.00", False, 0)
    assert done["released"]["possible"] == "2.00" and not done["is_changed_since_release"]
    [row] = api.get(f"{BASE}sittings/{attempt.enrolment.sitting_id}/results/").json()["results"]
    assert row == {name: value for name, value in done.items() if name != "marks"}
    with within(attempt.institution):
        assert AuditEntry.objects.filter(verb="sitting.results_read_by_token").count() == 1, "once an hour"


def test_there_is_no_result_before_the_end_or_after_deletion(
    api: APIClient, attempt: Attempt, second_candidate: User
) -> None:
    running = make_attempt(enrol(attempt.enrolment.sitting, second_candidate))
    assert api.get(f"{BASE}attempts/{running.pk}/result/").data["code"] == "no_result"
    Attempt.objects.with_scopes_disabled().filter(pk=attempt.pk).update(thrown_away_at=clock.now())
    assert api.get(f"{BASE}attempts/{attempt.pk}/result/").data["code"] == "emptied"


def test_rows_of_another_institution_cannot_be_named_in_a_body(
    api: APIClient, institution: Institution, other_institution: Institution, foreign_proctor: User
) -> None:
    theirs, ours = make_exam(other_institution), make_exam(institution)
    answer = api.post(BASE + "sittings/", a_sitting(theirs.pk))
    assert (answer.status_code, answer.data["field"]) == (404, "exam")
    answer = api.post(BASE + "sittings/", a_sitting(ours.pk, proctors=[foreign_proctor.pk]))
    assert (answer.status_code, answer.data["field"]) == (404, "proctors")
    with within(institution):
        section = ours.sections.get().pk
    body = {"section": section, "question": make_question(other_institution).pk, "points": "1"}
    answer = api.post(f"{BASE}exams/{ours.pk}/questions/", body)
    assert (answer.status_code, answer.data["field"]) == (404, "question")


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("exams/", {"title": "A\x00B"}),
        ("exams/", '{"title": "A", "\\ud800": 1}'),
        ("exams/", '{"title": "\\ud800"}'),
        (
            "questions/",
            '{"title": "Q", "kind": "true_false", "stem": "S", "content": {"\\ud800": "\\ud800"}}',
        ),
        ("questions/", {"title": "Q", "kind": "essay", "stem": "S", "content": {"word_limit": 10**40}}),
        ("questions/", {"title": "Q", "kind": "essay", "stem": "S\x00", "content": {"word_limit": None}}),
        ("questions/", {"title": "Q", "kind": "numeric", "stem": "S", "content": {"value": "9" * 400}}),
        ("sittings/", {"exam": 10**30}),
        ("sittings/", {"exam": True}),
        ("sittings/", {"exam": 1, "opens_at": "9999-12-31T23:59:59-14:00"}),
    ],
)
def test_strange_bodies_are_refused_and_break_nothing(api: APIClient, address: str, body: Any) -> None:
    if isinstance(body, str):
        answer = api.post(BASE + address, body, content_type="application/json")
    else:
        answer = api.post(BASE + address, body)
    assert answer.status_code == 400 and answer.json()["code"]


@pytest.mark.parametrize(
    "address",
    [
        "exams/99999999999999999999999999/",
        "attempts/?sitting=99999999999999999999999999",
        "exams/?title=%00",
        "members/?member_after=9999-12-31T23:59:59-14:00",
        "questions/?tag=%ED%A0%80",
        "members/99999999999999999999999999/",
    ],
)
def test_strange_addresses_break_nothing(api: APIClient, address: str) -> None:
    assert api.get(BASE + address).status_code in (200, 400, 404)
