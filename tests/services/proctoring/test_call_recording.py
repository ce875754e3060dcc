"""Recorded calls: who may send which piece, joining in any order, gaps, the sweep, what is written down."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import av
import pytest

from accounts.models import AuditEntry, User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge
from proctoring.analysis import sound_pool
from proctoring.analysis.worker_pools import WorkerLost
from proctoring.evidence import custody, store
from proctoring.evidence.call_exhibits import heard_calls
from proctoring.identity.notice import wording
from proctoring.ingest import call_joining, call_recording
from proctoring.ingest.call_recording import accept_piece, report
from proctoring.meetings import calls
from proctoring.models import Call, CallPiece, Consent, EvidenceItem, MonitoringSession, Policy
from proctoring.policy_files import from_file, to_file
from tests.factories.calls import make_call
from tests.recordings import ANNA, listening, recording  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("listening", "scoped")]
Send = Callable[..., Any]


def piece(seconds: float = 4.0) -> bytes:
    return recording((0.0, seconds, ANNA), seconds=seconds)


def send(call: Call, at_s: float, *, number: int | None = None, data: bytes | None = None) -> Any:
    """A piece that begins `at_s` seconds into the call."""
    assert call.answered_at is not None
    return accept_piece(
        call,
        piece() if data is None else data,
        sequence=round(at_s * 1000) if number is None else number,
        captured_at=call.answered_at.timestamp() + at_s,
        proctor=call.proctor,
    )


def kept_of(call: Call) -> EvidenceItem:
    [item] = EvidenceItem.objects.filter(call=call)
    return item


def test_pieces_in_any_order_and_repeated_become_one_recording(
    session: MonitoringSession, proctor: User
) -> None:
    call = make_call(session, proctor, lasted_s=12)
    data = piece()
    for at in (8, 0, 3.75, 0):
        answer = send(call, at, data=data)
    assert (answer.accepted, answer.code) == (False, "repeated")
    assert call_joining.finish_due() == 0, "more may come"
    report(call, problem="", done=True, proctor=proctor)
    assert call_joining.finish_due() == 1 and call_joining.finish_due() == 0
    item = kept_of(call)
    assert item.session_id == session.pk and item.incident_id is None and item.content_type == "audio/webm"
    with av.open(io.BytesIO(store.read(item))) as opened:
        assert opened.duration / av.time_base == pytest.approx(12.0, abs=0.3)
    assert item.about["seconds"] == pytest.approx(12.0, abs=0.1) and max(item.about["peaks"]) > 150
    assert item.about["spans"] == [] and "not recorded" not in item.about["text"]
    assert not CallPiece.objects.exists() and custody.first_broken(session) is None
    call.refresh_from_db()
    assert call.recording_words == "recorded"
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert "call.recording_kept" in verbs
    with pytest.raises(Conflict, match="kept already"):
        send(call, 4.5)


def test_what_never_came_is_silence_and_said(session: MonitoringSession, proctor: User) -> None:
    call = make_call(session, proctor, lasted_s=30, ended_at=clock.now() - timedelta(minutes=11))
    Call.objects.update(answered_at=call.ended_at - timedelta(seconds=30))
    call.refresh_from_db()
    with clock.at(call.ended_at):
        send(call, 0)
        send(call, 14)
        send(call, 20, data=b"\x1aE\xdf\xa3" + bytes(400))  # says that it is WebM, and is not
    assert call_joining.finish_due() == 1, "the page is gone: the sweep does it"
    about = kept_of(call).about
    assert about["spans"] == [[4.0, 14.0, "not recorded"]] and about["seconds"] == pytest.approx(
        18.0, abs=0.1
    )
    assert "not recorded: 0:04-0:14, 0:18-0:30 of the call" in about["text"]
    call.refresh_from_db()
    assert call.recording_words == "recorded, but not all of it: pieces could not be read"


def test_a_call_of_which_nothing_came_says_so(session: MonitoringSession, proctor: User) -> None:
    call = make_call(session, proctor)
    report(call, problem="no_recorder", done=False, proctor=proctor)
    report(call, problem="failed", done=False, proctor=proctor)  # the first reason stays
    with pytest.raises(Conflict, match="goes on"):
        report(call, problem="", done=True, proctor=proctor)
    calls.stop_for(call.attempt, by="attempt_ended")
    call.refresh_from_db()
    report(call, problem="", done=True, proctor=proctor)
    assert call_joining.finish_due() == 1 and not EvidenceItem.objects.exists()
    call.refresh_from_db()
    assert call.recording_words == "not recorded: the proctor’s browser cannot record sound"
    with pytest.raises(InvalidInput):
        report(call, problem="bored", done=False, proctor=proctor)


def test_only_the_proctor_of_a_recorded_call_may_send(
    session: MonitoringSession, proctor: User, officer: User, candidate: User, stranger: User
) -> None:
    call = make_call(session, proctor)
    for person in (officer, candidate, stranger):
        with pytest.raises(NotFound):
            accept_piece(call, piece(), sequence=1, captured_at=clock.now().timestamp(), proctor=person)
        with pytest.raises(NotFound):
            report(call, problem="", done=False, proctor=person)
    Call.objects.update(is_recorded=False)
    call.refresh_from_db()
    with pytest.raises(NotAllowed, match="not recorded"):
        send(call, 1)
    assert call.recording_words == "nothing of it was recorded"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"state": "ringing", "answered_at": None}, Conflict),
        ({"state": "ended", "ended_by": "withdrawn"}, NotAllowed),
        ({"state": "ended", "ended_by": "proctor", "minutes_ago": 11}, NotAllowed),
    ],
)
def test_when_nothing_is_taken(
    session: MonitoringSession, proctor: User, changes: dict[str, Any], error: type[Exception]
) -> None:
    call = make_call(session, proctor)
    began = call.answered_at
    minutes = changes.pop("minutes_ago", 0)
    if changes["state"] == "ended":
        changes["ended_at"] = clock.now() - timedelta(minutes=minutes)
    Call.objects.update(**changes)
    call.refresh_from_db()
    assert began is not None
    with pytest.raises(error):
        accept_piece(call, piece(), sequence=1, captured_at=began.timestamp() + 1, proctor=proctor)
    assert not CallPiece.objects.exists()


def test_hostile_pieces_leave_nothing(
    session: MonitoringSession, proctor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = make_call(session, proctor)
    for data in (b"x" * 500, b"", b"<svg/>" * 100):
        with pytest.raises(InvalidInput):
            send(call, 1, data=data)
    with pytest.raises(TooLarge):
        send(call, 1, data=piece() * 5)
    for at_s in (-60, 3600):
        with pytest.raises(InvalidInput, match="during the call"):
            send(call, at_s, number=1)
    for number in (-1, 2**60):
        with pytest.raises(InvalidInput, match="sequence"):
            send(call, 1, number=number)
    with pytest.raises(InvalidInput, match="moment"):
        accept_piece(call, piece(), sequence=1, captured_at=1e14, proctor=proctor)
    assert not CallPiece.objects.exists()
    send(call, 1, number=7)
    with pytest.raises(Conflict, match="number"):
        send(call, 1, number=7, data=piece(2.0))
    monkeypatch.setattr(call_recording, "MOST_BYTES", 200_000)
    with pytest.raises(TooLarge, match="longer"):
        send(call, 5)


def test_joining_is_tried_again_and_given_up_after_a_day(
    session: MonitoringSession, proctor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = make_call(session, proctor, lasted_s=12)
    send(call, 0)
    report(call, problem="", done=True, proctor=proctor)

    def lose(*given: Any, **more: Any) -> None:
        raise WorkerLost

    with monkeypatch.context() as lost:
        lost.setattr(sound_pool, "join", lose)
        assert call_joining.finish_due() == 0 and CallPiece.objects.count() == 1
        with clock.at(clock.now() + timedelta(hours=25)):
            call_joining.finish_due()
    call.refresh_from_db()
    assert call.recording_words == "not recorded: pieces could not be read" and not CallPiece.objects.exists()


def test_a_piece_that_comes_while_it_is_joined_is_not_lost(
    session: MonitoringSession, proctor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = make_call(session, proctor, lasted_s=12)
    send(call, 0)
    report(call, problem="", done=True, proctor=proctor)
    join = sound_pool.join

    def slowly(*given: Any, **more: Any) -> Any:
        send(call, 4)
        return join(*given, **more)

    with monkeypatch.context() as slow:
        slow.setattr(sound_pool, "join", slowly)
        assert call_joining.finish_due() == 0 and not EvidenceItem.objects.exists()
    assert call_joining.finish_due() == 1 and kept_of(call).about["seconds"] == pytest.approx(8.0, abs=0.1)


def test_the_moment_of_connecting_is_no_gap_and_a_late_begin_is(
    session: MonitoringSession, proctor: User
) -> None:
    for begin_s, words in ((2, "recorded"), (5, "recorded, but not all of it: parts of it are missing")):
        call = make_call(session, proctor, lasted_s=begin_s + 4)
        send(call, begin_s)
        report(call, problem="", done=True, proctor=proctor)
        assert call_joining.finish_due() == 1
        call.refresh_from_db()
        assert call.recording_words == words


def test_the_notice_and_the_file_of_a_policy_name_it(session: MonitoringSession) -> None:
    policy = Policy(institution=session.institution, name="P")
    assert "Nothing of a call is recorded." in wording(session.institution, policy)
    copied = from_file(to_file(policy) | {"record_calls": True}, session.institution)
    assert "the sound of such a call is recorded" in wording(session.institution, copied)
    assert "Nothing of a call" not in wording(session.institution, copied)


def test_recorded_is_what_policy_and_consent_say_and_never_more(
    session: MonitoringSession, proctor: User
) -> None:
    policy = Policy.objects.create(institution=session.institution, name="P", is_default=True)
    given = Consent.objects.get(session=session)
    assert session.attempt is not None
    policy.record_calls = True
    policy.save()
    assert not calls.may_be_recorded(session.attempt), "the notice had not said so"
    given.call_recording = True
    given.save()
    assert calls.may_be_recorded(session.attempt)
    given.camera = False
    given.save()
    assert not calls.may_be_recorded(session.attempt)


def test_the_player_gets_links_of_its_viewer(session: MonitoringSession, proctor: User) -> None:
    call = make_call(session, proctor, lasted_s=6)
    send(call, 0)
    report(call, problem="", done=True, proctor=proctor)
    call_joining.finish_due()
    assert session.attempt is not None
    [heard] = heard_calls(calls.of_attempt(session.attempt), proctor, session.institution.slug)
    assert heard.sound is not None and f"/calls/{call.pk}/recording/" in heard.sound.renew_url
    link = heard.sound.url.partition("link=")[2]
    for _ in range(2):
        custody.open_for(heard.sound.pk, link, proctor)
    [viewed] = AuditEntry.objects.filter(verb="evidence.viewed")  # once for each link
    assert (viewed.actor_id, viewed.detail["call"]) == (proctor.pk, call.pk)
    [silent] = heard_calls(calls.of_attempt(session.attempt), proctor, "x", may_hear=False)
    assert silent.sound is None
