"""Replies and appeals of candidates: drafts, files, limits, the clock, receipts, and the log."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages

from accounts.audit import stream_of
from accounts.models import AuditEntry, User
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Refusal
from proctoring import states
from proctoring.models import Case, Reply, ReplyFile, ReplyWindow
from proctoring.review import verdicts
from proctoring.rights import receipts, replies, reply_files, reply_links
from tests.factories.cases import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]

PDF = b"%PDF-1.7\nmine"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture
def case(attempt: Attempt) -> Case:
    return make_case(attempt, state=states.CASE_REPLY_WINDOW)


def code_of(work: Any, *args: Any, **more: Any) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as refused:
        work(*args, **more)
    return refused.value.code, refused.value.field


def key_of(case: Case, part: str = "reply") -> str:
    return replies.window_of(case, part).key


def hand_in(case: Case, candidate: User, text: str = "It was my brother.", part: str = "reply") -> Reply:
    return replies.hand_in(case, part, candidate=candidate, text=text, key=key_of(case, part))


def add(case: Case, candidate: User, name: str = "note.pdf", data: bytes = PDF) -> ReplyFile:
    return reply_files.add(case, "reply", candidate=candidate, name=name, data=data)


def test_a_reply_is_chained_logged_and_empties_the_draft(case: Case, candidate: User) -> None:
    replies.save_draft(case, "reply", candidate=candidate, text="It was", key=key_of(case))
    add(case, candidate)
    first = hand_in(case, candidate, "It was my brother.\r\nHe left.")
    second = hand_in(case, candidate, "And the radio.")
    assert (first.text, first.is_late, first.number) == ("It was my brother.\nHe left.", False, 1)
    assert (second.previous_hash, second.number) == (first.hash, 2)
    assert [each.name for each in first.files.all()] == ["note.pdf"] and not second.files.exists()
    window = replies.window_of(case, "reply")
    assert (window.draft, window.draft_saved_at) == ("", None)
    entries = AuditEntry.objects.filter(stream=stream_of(case), verb="case.reply_handed_in")
    assert [each.detail["hash"] for each in entries.order_by("sequence")] == [first.hash, second.hash]
    assert "brother" not in json.dumps([each.detail for each in entries])
    assert replies.first_broken(case) is None


@pytest.mark.parametrize("change", [{"text_sha256": "0" * 64}, {"is_late": True}, {"handed_in_at": None}])
def test_what_is_altered_afterwards_is_found(case: Case, candidate: User, change: dict[str, Any]) -> None:
    first, second = hand_in(case, candidate), hand_in(case, candidate, "More.")
    values = {"handed_in_at": clock.now()} if "handed_in_at" in change else change
    Reply.objects.filter(pk=second.pk).update(**values)
    assert replies.first_broken(case) == second
    ReplyFile.objects.create(
        institution=case.institution, case=case, part="reply", reply=first, name="x.txt", size=1,
        sha256="0" * 64, stored_name="x", received_at=clock.now(), content_type="text/plain",
    )  # fmt: skip
    assert replies.first_broken(case) == first


def test_handing_in_twice_under_one_key_is_one_reply(case: Case, candidate: User) -> None:
    key = key_of(case)
    first = replies.hand_in(case, "reply", candidate=candidate, text="Once.", key=key)
    again = replies.hand_in(case, "reply", candidate=candidate, text="Once.", key=key)
    assert first == again and Reply.objects.count() == 1
    assert code_of(replies.save_draft, case, "reply", candidate=candidate, text="Once.", key=key) == (
        "out_of_date",
        None,
    )
    assert replies.window_of(case, "reply").draft == "", "a late autosave brings nothing back"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\x00b", "invalid_characters"),
        ("\ud800", "invalid_characters"),
        ("x" * (replies.MOST_CHARACTERS + 1), "too_long"),
        (" \r\n ", "required"),
        (None, "invalid"),
    ],
)
def test_texts_that_cannot_be_taken_are_named(case: Case, candidate: User, text: Any, code: str) -> None:
    assert code_of(hand_in, case, candidate, text) == (code, "text")
    assert not Reply.objects.exists()


def test_the_longest_text_and_a_file_alone_are_taken(case: Case, candidate: User) -> None:
    assert len(hand_in(case, candidate, "ü" * replies.MOST_CHARACTERS).text) == replies.MOST_CHARACTERS
    add(case, candidate)
    assert hand_in(case, candidate, "").files.count() == 1


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.html", b"<script>", "type_not_allowed"),
        ("a.svg", b"<svg/>", "type_not_allowed"),
        ("a.exe", b"MZ", "type_not_allowed"),
        ("a.docm", PDF, "type_not_allowed"),
        ("a.pdf", b"<script>alert(1)</script>", "type_differs"),
        ("a.png", PDF, "type_differs"),
        ("a.txt", b"\x00\x01", "type_differs"),
        ("a.pdf", b"", "empty"),
        ("..", PDF, "type_not_allowed"),
    ],
)
def test_hostile_files_are_refused_by_their_bytes(
    case: Case, candidate: User, name: str, data: bytes, code: str
) -> None:
    assert code_of(add, case, candidate, name, data) == (code, "file")
    assert not ReplyFile.objects.exists()


def test_names_lose_their_folders(case: Case, candidate: User) -> None:
    assert add(case, candidate, "../../etc/pass\u202ewd.pdf").name == "passwd.pdf"


def test_a_file_may_have_so_many_bytes(case: Case, candidate: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reply_files, "MOST_MB", 0.00002)
    assert add(case, candidate, data=PDF + b"x" * (20 - len(PDF))).size == 20
    assert code_of(add, case, candidate, "b.pdf", PDF + b"x" * (21 - len(PDF))) == ("too_large", "file")


def test_the_most_files_and_bytes(case: Case, candidate: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reply_files, "MOST_FILES", 1)
    assert add(case, candidate) == add(case, candidate), "the same file twice is one"
    assert code_of(add, case, candidate, "b.pdf") == ("too_many", None)
    hand_in(case, candidate)
    monkeypatch.setattr(reply_files, "MOST_MB_IN_ALL", 2 * len(PDF) / 1_000_000)
    add(case, candidate, "b.pdf")
    hand_in(case, candidate)
    assert code_of(add, case, candidate, "c.pdf") == ("too_many", None), "all replies together"


def test_a_file_is_taken_out_again_before_it_is_handed_in_only(
    case: Case, candidate: User, django_capture_on_commit_callbacks: Any
) -> None:
    file = add(case, candidate)
    store = storages[reply_files.STORE]
    with django_capture_on_commit_callbacks(execute=True):
        reply_files.take_out(case, "reply", str(file.public_id), candidate=candidate)
    assert not ReplyFile.objects.exists() and not store.exists(file.stored_name)
    kept = add(case, candidate)
    hand_in(case, candidate)
    reply_files.take_out(case, "reply", str(kept.public_id), candidate=candidate)
    assert ReplyFile.objects.get() == kept and store.exists(kept.stored_name)


def test_the_window_decides_what_is_late_to_the_moment(case: Case, candidate: User) -> None:
    assert case.reply_until is not None
    with clock.at(case.reply_until - timedelta(microseconds=1)):
        assert not hand_in(case, candidate).is_late
    with clock.at(case.reply_until):
        late = hand_in(case, candidate, "Too late?")
    assert late.is_late and late.text == "Too late?", "kept, and shown as late"


def test_after_saying_all_a_further_reply_is_late_and_kept(case: Case, candidate: User) -> None:
    verdicts.say_all(case, candidate=candidate)
    assert hand_in(case, candidate).is_late


def test_a_reply_after_the_decision_is_kept_as_late(attempt: Attempt, candidate: User) -> None:
    case = make_case(attempt, state=states.CASE_DECIDED)
    assert hand_in(case, candidate).is_late


@pytest.mark.parametrize("state", [states.CASE_OPEN, states.CASE_FIRST_READ, states.CASE_SECOND_READ])
@pytest.mark.parametrize("part", ["reply", "appeal"])
def test_nothing_is_taken_before_the_release(
    attempt: Attempt, candidate: User, state: str, part: str
) -> None:
    case = make_case(attempt, state=state)
    assert code_of(hand_in, case, candidate, part=part) == ("not_offered", None)
    assert not Reply.objects.exists()


def test_an_appeal_moves_the_case_once(attempt: Attempt, candidate: User) -> None:
    case = make_case(attempt, state=states.CASE_DECIDED)
    grounds = "x" * replies.MOST_CHARACTERS
    reply = hand_in(case, candidate, grounds, "appeal")
    case.refresh_from_db()
    assert (case.state, case.appeal_text, reply.is_late) == (states.CASE_APPEALED, grounds, False)
    more = hand_in(case, candidate, "And this.", "appeal")
    assert not more.is_late, "until the end of the time to appeal"
    assert AuditEntry.objects.filter(stream=stream_of(case), verb="case.appeal").count() == 1


def test_an_appeal_needs_words_and_a_late_one_moves_nothing(attempt: Attempt, candidate: User) -> None:
    case = make_case(attempt, state=states.CASE_DECIDED)
    reply_files.add(case, "appeal", candidate=candidate, name="a.pdf", data=PDF)
    assert code_of(hand_in, case, candidate, "", "appeal") == ("required", "text")
    assert case.appeal_until is not None
    with clock.at(case.appeal_until):
        late = hand_in(case, candidate, "Please.", "appeal")
    case.refresh_from_db()
    assert late.is_late and late.files.count() == 1 and case.state == states.CASE_DECIDED


def test_there_is_no_appeal_against_no_concern(attempt: Attempt, candidate: User) -> None:
    case = make_case(attempt, state=states.CASE_FIRST_READ, verdict="no_concern")
    assert code_of(hand_in, case, candidate, part="appeal") == ("not_offered", None)


def test_others_have_no_part_in_it(
    case: Case, candidate: User, second_candidate: User, officer: User, foreign_candidate: User
) -> None:
    file = add(case, candidate)
    for person in (second_candidate, officer, foreign_candidate):
        assert code_of(hand_in, case, person)[0] == "not_found"
        assert code_of(add, case, person)[0] == "not_found"
        assert code_of(reply_files.open_own, str(file.public_id), candidate=person)[0] == "not_found"
        gone = {"public_id": str(file.public_id), "candidate": person}
        assert code_of(reply_files.take_out, case, "reply", **gone)[0] == "not_found"
    assert reply_files.open_own(str(file.public_id), candidate=candidate).data == PDF
    assert code_of(reply_files.open_for_staff, str(file.public_id), viewer=officer)[0] == "not_found"


def test_staff_open_what_was_handed_in_and_each_look_is_logged(
    case: Case, candidate: User, reviewer: User, officer: User
) -> None:
    add(case, candidate)
    reply = hand_in(case, candidate)
    shown = reply_links.replies_context(case, reviewer, "north-college")
    [[link]] = [each.files for each in shown["replies"]]
    ticket, public_id = link.url.partition("?link=")[2], str(link.file.public_id)
    assert reply_links.open_file(public_id, ticket, viewer=reviewer).data == PDF
    [entry] = AuditEntry.objects.filter(stream=stream_of(reply))
    assert (entry.verb, entry.actor) == ("reply.file_viewed", reviewer)
    assert code_of(reply_links.open_file, public_id, ticket, viewer=officer)[0] == "link_invalid"
    assert code_of(reply_files.open_for_staff, public_id, viewer=candidate)[0] == "not_found"


def test_an_exchanged_file_is_not_shown(case: Case, candidate: User) -> None:
    file = add(case, candidate)
    ReplyFile.objects.filter(pk=file.pk).update(sha256="0" * 64)
    assert code_of(reply_files.open_own, str(file.public_id), candidate=candidate)[0] == "altered"


def test_the_receipt_proves_what_arrived(case: Case, candidate: User) -> None:
    add(case, candidate)
    receipt = json.loads(json.dumps(receipts.receipt_of(hand_in(case, candidate))))
    assert receipts.is_genuine(receipt)
    assert receipt["files"][0]["name"] == "note.pdf" and "brother" not in json.dumps(receipt)
    for name, value in (("number", 2), ("kind", "another"), ("signature", "AAAA"), ("is_late", True)):
        assert not receipts.is_genuine(receipt | {name: value})


def test_there_is_a_most_of_texts(case: Case, candidate: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "MOST_REPLIES", 1)
    hand_in(case, candidate)
    assert code_of(hand_in, case, candidate) == ("too_many", None)
    assert ReplyWindow.objects.get().draft == ""
