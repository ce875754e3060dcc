"""A frame from the client to its answer: what is refused, what changes, what is kept."""

import struct
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages

from exams import states as exam_states
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Overloaded, Refusal, TooLarge
from proctoring.analysis import context, pool, recent
from proctoring.evidence import store
from proctoring.ingest.services import accept_frame
from proctoring.live import presence
from proctoring.models import Consent, EvidenceItem, Incident, LiveEvent, MonitoringSession
from tests.capture import BLUE, RED, FrameFeed, black_frame, frame
from tests.factories.exams import make_attempt
from tests.factories.proctoring import make_session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted", "scoped")]


def stored_files() -> list[str]:
    root = Path(storages["evidence"].location)
    return sorted(path.name for path in root.rglob("*.jpg")) if root.exists() else []


def nothing_changed(session: MonitoringSession) -> bool:
    return (
        recent.load(session.pk) == recent.Memory()
        and not Incident.objects.filter(session=session).exists()
        and not LiveEvent.objects.exists()
        and presence.read(session.attempt_id) == presence.NOBODY
    )


@pytest.mark.usefixtures("folder_store")
def test_a_good_frame_is_analysed_and_raises_nothing(session: MonitoringSession, settings: Any) -> None:
    before = stored_files()
    answer = accept_frame(session, frame(RED), sequence=1, captured_at=clock.now().timestamp())

    assert (answer.accepted, answer.analysed, answer.code) == (True, True, "")
    assert answer.to_json()["quality"]["usable"] is True
    assert answer.incidents == []
    assert answer.next_frame_after_ms == settings.FRAME_INTERVAL_MS
    assert presence.read(session.attempt_id).analysed == 1
    assert presence.thumbnails([session.attempt_id])[session.attempt_id][0] == 1
    assert stored_files() == before  # unflagged pictures never touch the disk
    assert not list(Path(settings.EVIDENCE_SPOOL).rglob("*.jpg"))


def test_an_absence_becomes_one_incident_with_evidence_and_ends(session: MonitoringSession) -> None:
    feed = FrameFeed(session)
    for _ in range(4):
        assert feed.send(frame(RED)).incidents == []
    answers = [feed.send(frame()) for _ in range(5)]
    assert answers[-1].incidents == ["no_face"]
    assert "no_face" in [hint["code"] for hint in answers[-1].coaching]
    back = [feed.send(frame(RED)) for _ in range(3)]
    assert back[-1].incidents == []

    incident = Incident.objects.get(session=session)
    assert (incident.kind, incident.severity, incident.count) == ("no_face", "medium", 5)
    assert incident.ended_at == incident.last_seen_at
    assert (incident.last_seen_at - incident.started_at).total_seconds() == 4.0
    assert "5 of 5 frames" in incident.explanation
    assert incident.engine.startswith("scripted-faces")
    items = list(EvidenceItem.objects.filter(incident=incident).order_by("captured_at"))
    assert items[0].captured_at < incident.started_at  # from a few seconds before
    assert items[-1].captured_at == incident.last_seen_at  # to the end
    assert len({item.frame_sequence for item in items}) == len(items)
    store.flush()
    assert all(item.stored_at for item in EvidenceItem.objects.filter(incident=incident))
    kinds = list(LiveEvent.objects.order_by("id").values_list("audience", "kind"))
    assert kinds[0] == ("proctors", "incident.opened")
    assert ("candidate", "incident.notice") in kinds
    assert kinds[-1] == ("proctors", "incident.ended")


def test_extensions_are_written_at_most_every_two_seconds(session: MonitoringSession) -> None:
    feed = FrameFeed(session)
    for _ in range(24):
        feed.send(frame(), seconds=0.5)
    assert LiveEvent.objects.filter(kind="incident.opened").count() == 1
    assert LiveEvent.objects.filter(kind="incident.extended").count() in (4, 5)


@pytest.mark.parametrize(
    ("pictures", "kind"),
    [((RED, BLUE), "several_faces"), (None, "camera_covered")],
)
def test_other_kinds(session: MonitoringSession, pictures: Any, kind: str) -> None:
    feed = FrameFeed(session)
    image = black_frame() if pictures is None else frame(*pictures)
    for _ in range(5):
        feed.send(image)
    assert list(Incident.objects.values_list("kind", flat=True)) == [kind]


def _png_bomb() -> bytes:
    """A small file that declares 60,000 x 60,000 pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + b"\0" * 64
    )


GOOD = frame(RED)


@pytest.mark.parametrize(
    ("image", "error", "code"),
    [
        (b"", InvalidInput, "not_an_image"),
        (b"GIF89a" + b"\0" * 100, InvalidInput, "not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", InvalidInput, "not_an_image"),
        (GOOD[: len(GOOD) // 2], InvalidInput, "truncated"),
        (GOOD + b"\0" * 300_000, TooLarge, "too_large"),
        (_png_bomb(), InvalidInput, "too_many_pixels"),
        (frame(size=(48, 48)), InvalidInput, "too_small"),
    ],
    ids=["empty", "gif", "svg", "truncated", "huge", "bomb", "tiny"],
)
def test_pictures_that_are_none_are_refused(
    session: MonitoringSession, image: bytes, error: type[Refusal], code: str
) -> None:
    with pytest.raises(error) as caught:
        accept_frame(session, image, sequence=1)
    assert (caught.value.code, caught.value.field) == (code, "frame")
    assert nothing_changed(session)
    assert recent.begin(session.pk)  # the session is free for the next frame


def test_a_picture_that_fails_in_the_decoder_changes_nothing(session: MonitoringSession) -> None:
    damaged = bytearray(GOOD)
    start = damaged.index(b"\xff\xc4") + 4
    damaged[start : start + 16] = b"\xfe" * 16  # the Huffman table, so that only decoding can notice
    with pytest.raises(InvalidInput) as caught:
        accept_frame(session, bytes(damaged), sequence=1)
    assert (caught.value.code, caught.value.field) == ("decode_failed", "frame")
    assert nothing_changed(session)


@pytest.mark.parametrize("sequence", [-1, 2**32, 1.5, True, "1", None])
def test_a_wrong_sequence_is_refused(session: MonitoringSession, sequence: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        accept_frame(session, GOOD, sequence=sequence)
    assert caught.value.field == "sequence"
    assert nothing_changed(session)


@pytest.mark.parametrize("state", exam_states.STATES)
def test_frames_only_while_the_attempt_runs(session: MonitoringSession, state: str) -> None:
    session.attempt.state = state
    expected = {"in_progress": None, "overdue": None, "paused": None} | dict.fromkeys(
        exam_states.ENDED, "ended"
    )
    code = expected.get(state, "not_started")
    if code is None:
        answer = accept_frame(session, GOOD, sequence=1)
        assert (answer.accepted, answer.code) == ((False, "paused") if state == "paused" else (True, ""))
        return
    with pytest.raises(Conflict) as caught:
        accept_frame(session, GOOD, sequence=1)
    assert caught.value.code == code
    assert nothing_changed(session)


def test_no_frame_after_the_session_has_ended(session: MonitoringSession) -> None:
    session.state = "ended"
    with pytest.raises(Conflict) as caught:
        accept_frame(session, GOOD, sequence=1)
    assert caught.value.code == "ended"


@pytest.mark.parametrize("given", ["never", "declined", "withdrawn"])
def test_nothing_is_captured_without_consent(attempt: Any, given: str) -> None:
    from tests.capture import give_consent

    session = make_session(attempt)
    if given != "never":
        give_consent(session, camera=given == "withdrawn")
    if given == "withdrawn":
        accept_frame(session, GOOD, sequence=1)
        Consent.objects.update(withdrawn_at=clock.now())
        context.forget(session.pk)
    with pytest.raises(Conflict) as caught:
        accept_frame(session, GOOD, sequence=2)
    assert caught.value.code == "consent_missing"
    assert recent.load(session.pk).last_sequence == (1 if given == "withdrawn" else -1)


def test_repeats_and_late_frames_change_nothing(session: MonitoringSession) -> None:
    accept_frame(session, GOOD, sequence=5)
    before = recent.load(session.pk)
    for sequence, code in [(5, "repeated"), (4, "out_of_order"), (0, "out_of_order")]:
        answer = accept_frame(session, frame(), sequence=sequence)
        assert (answer.accepted, answer.analysed, answer.code) == (False, False, code)
        assert answer.last_sequence == 5
    assert recent.load(session.pk) == before
    assert presence.read(session.attempt_id).analysed == 1
    assert accept_frame(session, GOOD, sequence=6).accepted


def test_a_second_frame_in_flight_is_not_taken(session: MonitoringSession) -> None:
    assert recent.begin(session.pk)
    answer = accept_frame(session, GOOD, sequence=1)
    assert (answer.accepted, answer.code) == (False, "frame_in_flight")
    recent.done(session.pk)
    assert accept_frame(session, GOOD, sequence=1).accepted


@pytest.mark.parametrize("off", [timedelta(hours=3), timedelta(hours=-3), timedelta(days=9000)])
def test_a_wrong_client_clock_is_not_believed(session: MonitoringSession, off: timedelta) -> None:
    now = clock.now()
    with clock.at(now):
        answer = accept_frame(session, GOOD, sequence=1, captured_at=(now + off).timestamp())
    assert answer.accepted
    assert answer.clock_skew_s == pytest.approx(off.total_seconds())
    assert recent.load(session.pk).frames[0].captured_at == round(now.timestamp(), 3)  # as it is kept


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_moment_that_is_no_number_is_refused(session: MonitoringSession, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        accept_frame(session, GOOD, sequence=1, captured_at=value)
    assert caught.value.field == "captured_at"


def test_a_muted_detector_is_silent(session: MonitoringSession) -> None:
    from exams.models import Allowance

    Allowance.objects.create(
        institution=session.institution, enrolment=session.attempt.enrolment, muted_detectors=["no_face"]
    )
    feed = FrameFeed(session)
    for _ in range(8):
        assert feed.send(frame()).incidents == []
    assert not Incident.objects.exists()


def test_a_failing_store_stops_nothing_and_is_retried(
    session: MonitoringSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = storages["evidence"]
    real = evidence.save

    def refuse(*args: Any, **kwargs: Any) -> str:
        raise OSError("no space left on device")

    monkeypatch.setattr(evidence, "save", refuse)
    feed = FrameFeed(session)
    for _ in range(5):
        assert feed.send(frame()).accepted
    store.flush()
    items = EvidenceItem.objects.filter(session=session)
    assert items.count() > 0
    assert items.exclude(stored_at=None).count() == 0
    monkeypatch.setattr(store, "RETRY_AFTER_S", -1.0)
    monkeypatch.setattr(store, "_store_down_until", 0.0)
    assert store.retry_spooled() == 0  # still down: it backs off
    assert store._store_down_until > 0
    first = items.first()
    assert len(store.read(first)) == first.size  # readable from the spool meanwhile

    monkeypatch.setattr(evidence, "save", real)
    monkeypatch.setattr(store, "_store_down_until", 0.0)
    assert store.retry_spooled() == items.count()
    assert items.filter(stored_at=None).count() == 0
    assert len(store.read(items.first())) == first.size


def test_an_attempt_of_another_state_in_the_database_does_not_fool_the_session(sitting: Any) -> None:
    """The session decides by the attempt it is handed; the edges read it fresh."""
    from tests.factories.accounts import make_user
    from tests.factories.exams import enrol

    waiting = make_attempt(enrol(sitting, make_user()), state="ready")
    session = make_session(waiting)
    with pytest.raises(Conflict) as caught:
        accept_frame(session, GOOD, sequence=1)
    assert caught.value.code == "not_started"


def test_overloaded_is_a_refusal_with_a_time() -> None:
    assert pool.start()._shed().details == {"retry_after_ms": 2_000}
    assert issubclass(Overloaded, Refusal)


def test_a_calm_frame_asks_the_database_nothing(
    session: MonitoringSession, django_assert_num_queries: Any
) -> None:
    feed = FrameFeed(session)
    feed.send(frame(RED))
    with django_assert_num_queries(0):
        feed.send(frame(RED))
