"""Files as answers over the API: taken in, tied to the journal, given back to few, refused when wrong."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.delivery.verification import verify_journal
from exams.models import AnswerFile, Attempt, MarkingRound, RoundAnswer, RoundMarker
from proctor_site.kernel import clock
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

BrowserOf = Callable[..., Client]
PDF = b"%PDF-1.7\nmy work"


@pytest.fixture
def attempt(institution: Institution, candidate: User) -> Attempt:
    exam = make_exam(institution, kinds=("file_upload", "essay"))
    return make_attempt(enrol(make_sitting(exam), candidate))


def items(attempt: Attempt) -> list[int]:
    with within(attempt.institution):
        return list(attempt.paper.order_by("position").values_list("pk", flat=True))


def send(client: Client, attempt: Attempt, data: bytes = PDF, name: str = "work.pdf", **form: Any) -> Any:
    body = {"device": "device-1", "item": items(attempt)[0], "file": SimpleUploadedFile(name, data), **form}
    return client.post(f"/api/v1/attempts/{attempt.pk}/files/", body)


def save(client: Client, attempt: Attempt, value: Any, number: int = 1) -> Any:
    change = {
        "client_sequence": number,
        "item": items(attempt)[0],
        "value": value,
        "client_at": clock.now().isoformat(),
    }
    body = {"device": "device-1", "changes": [change]}
    return client.post(f"/api/v1/attempts/{attempt.pk}/answers/", body, "application/json").json()


def test_a_file_is_kept_named_in_the_journal_and_given_back(
    attempt: Attempt, candidate: User, browser_of: BrowserOf
) -> None:
    client = browser_of(candidate)
    answer = send(client, attempt, name="../my work.pdf")
    assert answer.status_code == 201
    facts = answer.json()
    assert (facts["name"], facts["size"]) == ("my work.pdf", len(PDF))
    assert save(client, attempt, [facts["id"]])["refused"] == []
    # The same change again, as another client may write it: a repeat, not a second entry.
    assert save(client, attempt, [{**facts, "size": 3, "sha256": "0" * 64}])["journal_length"] == 1
    with within(attempt.institution):
        assert attempt.answers.get().value == [facts]
        assert verify_journal(Attempt.objects.get()) is None
    back = client.get(f"/api/v1/answer-files/{facts['id']}/")
    assert (back.content, back["Content-Type"]) == (PDF, "application/pdf")
    assert back["Content-Disposition"] == 'attachment; filename="my work.pdf"'
    assert back["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in back["Content-Security-Policy"]


def test_files_of_others_and_unknown_ones_are_no_answer(
    attempt: Attempt, institution: Institution, candidate: User, second_candidate: User, browser_of: BrowserOf
) -> None:
    sitting = attempt.enrolment.sitting
    other = make_attempt(enrol(sitting, second_candidate))
    facts = send(browser_of(second_candidate), other).json()
    client = browser_of(candidate)
    for wanted in (facts["id"], "00000000-0000-4000-8000-000000000000"):
        [refused] = save(client, attempt, [wanted])["refused"]
        assert (refused["code"], refused["field"]) == ("invalid", "value")
    assert client.get(f"/api/v1/answer-files/{facts['id']}/").status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"name": "work.exe"}, 400, "type_not_allowed", "file"),
        ({"data": b"MZ\x00"}, 400, "type_differs", "file"),
        ({"data": b""}, 400, "empty", "file"),
        ({"data": PDF + bytes(1_000_001)}, 413, "too_large", "file"),
        ({"file": ""}, 400, "required", "file"),
        ({"device": "a b"}, 400, "invalid", "device"),
        ({"device": "device-2"}, 409, "other_device", None),
        ({"item": "x"}, 400, "invalid", "item"),
        ({"item": "9" * 30}, 400, "invalid", "item"),
        ({"item": "0"}, 400, "not_on_paper", "item"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_left(
    attempt: Attempt, candidate: User, browser_of: BrowserOf, change: Any, status: int, code: str, field: Any
) -> None:
    before = stored_names(attempt)
    answer = send(browser_of(candidate), attempt, **change)
    assert answer.status_code == status, answer.json()
    assert (answer.json()["code"], answer.json().get("field")) == (code, field)
    with within(attempt.institution):
        assert not AnswerFile.objects.exists()
    assert stored_names(attempt) == before


def test_an_essay_takes_no_files(attempt: Attempt, candidate: User, browser_of: BrowserOf) -> None:
    answer = send(browser_of(candidate), attempt, item=items(attempt)[1])
    assert answer.json()["code"] == "not_on_paper"


@pytest.mark.parametrize(
    ("state", "late", "code"),
    [
        (states.PAUSED, 0, "not_running"),
        (states.SUBMITTED, 0, "not_running"),
        (states.IN_PROGRESS, 5, "too_late"),
    ],
)
def test_files_come_while_the_exam_runs_or_not_at_all(
    institution: Institution, candidate: User, browser_of: BrowserOf, state: str, late: int, code: str
) -> None:
    exam = make_exam(institution, kinds=("file_upload",))
    deadline = clock.now() + timedelta(minutes=-late if late else 60)
    attempt = make_attempt(enrol(make_sitting(exam), candidate), state=state, deadline_at=deadline)
    before = stored_names(attempt)
    answer = send(browser_of(candidate), attempt)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert stored_names(attempt) == before


def test_files_of_one_question_are_limited(
    attempt: Attempt, candidate: User, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exams.delivery.answer_files.MOST_STORED", 2)
    client = browser_of(candidate)
    statuses = [send(client, attempt).status_code for _ in range(3)]
    assert statuses == [201, 201, 409]
    ids = [str(file.public_id) for file in AnswerFile._base_manager.all()]
    assert save(client, attempt, [*ids, ids[0]])["refused"][0]["code"] == "too_many"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("officer", 200),
        ("reviewer", 200),
        ("admin_member", 200),
        ("author", 404),
        ("proctor", 404),
        ("second_candidate", 404),
        ("stranger", 404),
        ("foreign_officer", 404),
    ],
)
def test_who_gets_a_file(
    attempt: Attempt, candidate: User, request: Any, browser_of: BrowserOf, who: str, status: int
) -> None:
    facts = send(browser_of(candidate), attempt).json()
    person = request.getfixturevalue(who)
    assert browser_of(person).get(f"/api/v1/answer-files/{facts['id']}/").status_code == status


def test_who_marks_an_answer_gets_its_files(
    attempt: Attempt, candidate: User, author: User, browser_of: BrowserOf
) -> None:
    address = f"/api/v1/answer-files/{send(browser_of(candidate), attempt).json()['id']}/"
    own = {"institution": attempt.institution}
    with within(attempt.institution):
        item = attempt.paper.select_related("version").order_by("position")[0]
        other = attempt.paper.select_related("version").order_by("position")[1]
        marked = MarkingRound.objects.create(
            sitting=attempt.enrolment.sitting, title="Files", seed=1, created_at=clock.now(), **own
        )
        RoundMarker.objects.create(round=marked, user=author, **own)
        answer = RoundAnswer(round=marked, item=other, question_id=other.version.question_id, number=1, **own)
        answer.save()
    assert browser_of(author).get(address).status_code == 404
    with within(attempt.institution):
        RoundAnswer.objects.filter(pk=answer.pk).update(item=item)
    assert browser_of(author).get(address).status_code == 200


def test_a_file_that_was_changed_in_the_store_is_not_given_out(
    attempt: Attempt, candidate: User, browser_of: BrowserOf
) -> None:
    client = browser_of(candidate)
    facts = send(client, attempt).json()
    name = AnswerFile._base_manager.get().stored_name
    storages["answer_files"].delete(name)
    assert storages["answer_files"].save(name, ContentFile(b"%PDF-1.7\nbetter work")) == name
    assert client.get(f"/api/v1/answer-files/{facts['id']}/").status_code == 503


def stored_names(attempt: Attempt) -> list[str]:
    folder = f"{attempt.institution_id}/{attempt.pk}"
    store = storages["answer_files"]
    return sorted(store.listdir(folder)[1]) if store.exists(folder) else []
