"""E-mails to candidates: what they say, in whose zone, with which calendar file, and never twice."""

import re
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from icalendar import Calendar

from accounts import states as job_states
from accounts.models import Institution, Invitation, Job, User
from accounts.services.invitations import accept_invitation
from exams.delivery import allowances
from exams.models import Enrolment, Sitting, SittingMail
from exams.scheduling import enrolments, letters, mails, sittings
from exams.scheduling.reminders import write_due_reminders
from exams.scheduling.wording import moment_for, moment_in
from proctor_site.kernel import clock
from tests.factories.exams import make_exam, make_sitting

OPENS = datetime(2027, 3, 27, 9, 0, tzinfo=UTC)
NOW = OPENS - timedelta(days=10)


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    exam = make_exam(scoped, title="Geography")
    times = {"opens_at": OPENS, "closes_at": OPENS + timedelta(hours=2)}
    return make_sitting(exam, title="Spring", time_zone="Europe/Vienna", **times)


@pytest.fixture(autouse=True)
def now() -> Any:
    with clock.at(NOW):
        yield


def calendar_of(message: Any) -> Any:
    [(content, kind)] = [(each.content, each.mimetype) for each in message.alternatives]
    calendar: Any = Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    assert kind == f"text/calendar; method={calendar['METHOD']}"
    return calendar["METHOD"], event


def test_an_enrolment_is_told_with_times_and_a_calendar_file(
    sitting: Sitting, officer: User, candidate: User
) -> None:
    enrolment = enrolments.enrol(sitting, candidate, actor=officer)
    enrolments.enrol(sitting, candidate, actor=officer)
    [message] = mail.outbox
    assert (message.to, message.subject) == ([candidate.email], "Your exam Geography on 27 March 2027")
    body = str(message.body)
    assert "Hello Carla Candidate" in body
    assert "Opens: Saturday, 27 March 2027 at 10:00 (Europe/Vienna, UTC+1)" in body
    assert f"/i/north-college/enrolments/{enrolment.pk}/" in body
    method, event = calendar_of(message)
    assert (method, event["SEQUENCE"], event["STATUS"]) == ("REQUEST", 0, "CONFIRMED")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (OPENS, OPENS + timedelta(hours=2))
    assert event["ATTENDEE"] == f"mailto:{candidate.email}"
    assert message.message()["Subject"] and b'method="REQUEST"' in message.message().as_bytes()


def test_times_are_in_the_readers_zone_with_the_place_beside_them(
    sitting: Sitting, officer: User, candidate: User
) -> None:
    candidate.time_zone = "Asia/Kolkata"
    candidate.save()
    enrolments.enrol(sitting, candidate, actor=officer)
    body = str(mail.outbox[0].body)
    assert "27 March 2027 at 14:30 (Asia/Kolkata, UTC+5:30); at the exam’s place: Saturday, 27 March" in body


def test_the_hour_that_comes_twice_is_named_unambiguously() -> None:
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)
    assert moment_in(first, "Europe/Vienna").endswith("at 02:30 (Europe/Vienna, UTC+2)")
    assert moment_in(second, "Europe/Vienna").endswith("at 02:30 (Europe/Vienna, UTC+1)")
    assert "exam’s place" not in moment_for(first, "Europe/Vienna", "Europe/Berlin")
    # London and Vienna change in the same moment, New York a week later: there the distance differs.
    assert "UTC-4" in moment_for(second, "America/New_York", "Europe/Vienna")
    assert moment_in(datetime(2027, 1, 1, tzinfo=UTC), "America/St_Johns").endswith("UTC-3:30)")


def test_an_invitation_carries_the_one_link_that_works(sitting: Sitting, officer: User) -> None:
    enrolments.enrol_by_email(sitting, ["ida@example.org"], actor=officer)
    other = make_sitting(sitting.exam, opens_at=OPENS, closes_at=OPENS + timedelta(hours=2))
    enrolments.enrol_by_email(other, ["ida@example.org"], actor=officer)
    assert [each.subject for each in mail.outbox] == ["Invitation to the exam Geography on 27 March 2027"] * 2
    secrets = [re.search(r"/invitation/([^/\s]+)/", str(each.body)) for each in mail.outbox]
    assert secrets[0] and secrets[1]
    for message, secret in zip(mail.outbox, secrets, strict=True):
        assert secret and secret[1] not in str(message.alternatives)  # calendars are shared
    with pytest.raises(Exception, match="do not know this link"):
        accept_invitation(secrets[0][1], name="Ida", password="a long enough phrase")
    _, person = accept_invitation(secrets[1][1], name="Ida", password="a long enough phrase")
    assert Enrolment.objects.filter(candidate=person).count() == 2
    assert len(mail.outbox) == 2  # the invitations have told everything


def test_changes_and_the_cancellation_reach_calendars_in_order(
    sitting: Sitting, officer: User, candidate: User
) -> None:
    enrolments.enrol(sitting, candidate, actor=officer)
    enrolments.enrol_by_email(sitting, ["ida@example.org"], actor=officer)
    sittings.change_sitting(sitting, actor=officer, late_entry_minutes=10)
    assert len(mail.outbox) == 2  # nothing that candidates were told
    sittings.change_sitting(sitting, actor=officer, closes_at=OPENS + timedelta(hours=3))
    sittings.cancel_sitting(Sitting.objects.get(pk=sitting.pk), actor=officer, reason="ill")
    sittings.cancel_sitting(Sitting.objects.get(pk=sitting.pk), actor=officer, reason="again")
    found = [(each.to[0], each.subject.split(":")[0], *calendar_of(each)) for each in mail.outbox[2:]]
    told = [(to, word, method, event["SEQUENCE"]) for to, word, method, event in found]
    assert told == [
        (candidate.email, "Changed", "REQUEST", 1),
        ("ida@example.org", "Changed", "REQUEST", 1),
        (candidate.email, "Cancelled", "CANCEL", 2),
        ("ida@example.org", "Cancelled", "CANCEL", 2),
    ]
    assert len({str(event["UID"]) for *_, event in found}) == 1


def test_withdrawing_and_giving_back_are_told(sitting: Sitting, officer: User, candidate: User) -> None:
    enrolment = enrolments.enrol(sitting, candidate, actor=officer)
    enrolments.withdraw(enrolment, actor=officer)
    enrolments.withdraw(enrolment, actor=officer)
    enrolments.enrol(sitting, candidate, actor=officer)
    methods = [(calendar_of(each)[0], calendar_of(each)[1]["SEQUENCE"]) for each in mail.outbox]
    assert methods == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 2)]


def test_a_silent_sitting_writes_nothing(sitting: Sitting, officer: User, candidate: User) -> None:
    Sitting.objects.update(tells_candidates=False)
    enrolments.enrol(Sitting.objects.get(), candidate, actor=officer)
    sittings.change_sitting(Sitting.objects.get(), actor=officer, title="Other")
    assert mail.outbox == []


def test_reminders_come_once_and_again_when_the_sitting_is_put_off(
    sitting: Sitting, officer: User, candidate: User, second_candidate: User
) -> None:
    early = enrolments.enrol(sitting, candidate, actor=officer)
    late = enrolments.enrol(sitting, second_candidate, actor=officer)
    Enrolment.objects.filter(pk=early.pk).update(created_at=NOW)
    Enrolment.objects.filter(pk=late.pk).update(created_at=OPENS - timedelta(hours=20))
    mail.outbox.clear()

    def look(before: timedelta) -> list[tuple[str, str]]:
        mail.outbox.clear()
        opens = Sitting.objects.get(pk=sitting.pk).opens_at
        with clock.at(opens - before):
            write_due_reminders()
            write_due_reminders()
        return sorted((each.to[0], each.subject.split(":")[0]) for each in mail.outbox)

    assert look(timedelta(hours=24, seconds=1)) == []
    assert look(timedelta(hours=24)) == [(candidate.email, "Reminder")]
    assert look(timedelta(hours=3)) == []
    assert look(timedelta(hours=1)) == sorted(
        [(candidate.email, "Check-in is open"), (second_candidate.email, "Check-in is open")]
    )
    assert look(timedelta(0)) == []
    later = {"opens_at": OPENS + timedelta(days=2), "closes_at": OPENS + timedelta(days=2, hours=2)}
    sittings.change_sitting(Sitting.objects.get(pk=sitting.pk), actor=officer, **later)
    assert ("Reminder" in {word for _, word in look(timedelta(hours=23))}) is True


def test_who_has_a_window_of_their_own_is_reminded_before_that_one(
    sitting: Sitting, officer: User, candidate: User, second_candidate: User
) -> None:
    own = enrolments.enrol(sitting, candidate, actor=officer)
    enrolments.enrol(sitting, second_candidate, actor=officer)
    Enrolment.objects.update(created_at=NOW)
    opens = OPENS + timedelta(days=3)
    allowances.give(own, actor=officer, opens_at=opens, closes_at=opens + timedelta(hours=2))

    def look(moment: datetime) -> list[tuple[str, str]]:
        mail.outbox.clear()
        with clock.at(moment):
            write_due_reminders()
            write_due_reminders()
        return [(each.to[0], each.subject) for each in mail.outbox]

    other = (second_candidate.email, "Reminder: your exam Geography on 27 March 2027")
    assert look(OPENS - timedelta(hours=20)) == [other]
    assert look(OPENS - timedelta(minutes=30)) == [
        (second_candidate.email, "Check-in is open: your exam Geography")
    ]
    assert look(opens - timedelta(hours=20)) == [
        (candidate.email, "Reminder: your exam Geography on 30 March 2027")
    ]
    assert "Opens: Tuesday, 30 March 2027 at 11:00 (Europe/Vienna, UTC+2)" in str(mail.outbox[0].body)
    assert look(opens - timedelta(minutes=30)) == [(candidate.email, "Check-in is open: your exam Geography")]
    assert look(opens) == []


def test_a_mail_server_that_is_away_loses_and_repeats_nothing(
    sitting: Sitting, officer: User, candidate: User, second_candidate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, steps = letters.EmailMultiAlternatives.send, [None, SMTPServerDisconnected("gone"), None]

    def send(self: Any, **more: Any) -> int:
        step = steps.pop(0) if steps else None
        if step:
            raise step
        return real(self, **more)

    monkeypatch.setattr(letters.EmailMultiAlternatives, "send", send)
    enrolments.enrol(sitting, candidate, actor=officer)
    enrolments.enrol(sitting, second_candidate, actor=officer)
    assert [each.to[0] for each in mail.outbox] == [candidate.email, second_candidate.email]
    job = Job.objects.filter(kind=mails.JOB).order_by("-id").first()
    assert job is not None and (job.state, job.tries) == (job_states.DONE, 2)
    assert not SittingMail.objects.filter(sent_at=None).exists()


def test_an_address_that_is_refused_is_named_and_holds_up_nobody(
    sitting: Sitting, officer: User, candidate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = letters.EmailMultiAlternatives.send

    def send(self: Any, **more: Any) -> int:
        if self.to == ["gone@example.org"]:
            raise SMTPRecipientsRefused({"gone@example.org": (550, b"No such user")})
        return real(self, **more)

    monkeypatch.setattr(letters.EmailMultiAlternatives, "send", send)
    enrolments.enrol_by_email(sitting, ["gone@example.org", candidate.email], actor=officer)
    assert [each.to[0] for each in mail.outbox] == [candidate.email]
    failed = SittingMail.objects.get(address="gone@example.org")
    assert (failed.sent_at, failed.reason) == (None, "The mail server refused it: No such user")
    assert Invitation.objects.get().mail_failed_at is not None


def test_what_is_no_longer_true_is_not_sent(
    sitting: Sitting, officer: User, candidate: User, settings: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    enrolment = enrolments.enrol(sitting, candidate, actor=officer)
    Enrolment.objects.filter(pk=enrolment.pk).update(withdrawn_at=NOW)
    claimed = SittingMail.objects.get()
    assert not letters.is_still_true(SittingMail.objects.select_related("sitting", "enrolment").get())
    SittingMail.objects.filter(pk=claimed.pk).update(claimed_at=NOW)  # a server stopped in the middle
    Enrolment.objects.filter(pk=enrolment.pk).update(withdrawn_at=None)
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    Job.objects.all().delete()
    mails.ask_for_sending(sitting.institution)
    assert mail.outbox == []
