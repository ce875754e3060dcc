"""Meetings of their own: who may make them, who is invited how, and what everybody hears of it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from icalendar import Calendar

from accounts.models import Institution, User
from accounts.permissions import roles_of
from accounts.roles import Role
from accounts.services.memberships import end_membership
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refusal
from proctoring.meetings.own import invitations, making, queries
from proctoring.models import Meeting, MeetingInvitation, MeetingMail
from tests.factories.accounts import make_user
from tests.factories.meetings import invitation_of, make_interview
from tests.watched_sitting import verbs_of

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
OPENS = NOW + timedelta(days=3)
SLOT = {"opens_at": OPENS, "closes_at": OPENS + timedelta(hours=1)}


@pytest.fixture(autouse=True)
def now() -> Any:
    with clock.at(NOW):
        yield


def secret_in(message: Any) -> str:
    found = re.search(r"/meeting/([^/\s]+)/", str(message.body))
    assert found, message.body
    return found[1]


def refusal_of(work: Any, *args: Any, **kwargs: Any) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as refused:
        work(*args, **kwargs)
    return refused.value.code, refused.value.field


def test_everybody_who_is_invited_gets_a_letter_with_the_slot(
    scoped: Institution, proctor: User, candidate: User
) -> None:
    meeting = make_interview(scoped, proctor, candidate, title="Oral part", **SLOT)
    assert (meeting.state, meeting.sitting_id, meeting.made_by) == ("scheduled", None, proctor)
    by_address = {each.to[0]: each for each in mail.outbox}
    assert set(by_address) == {proctor.email, candidate.email}
    letter = by_address[candidate.email]
    body = str(letter.body)
    assert "Begins: Thursday, 4 March 2027 at 10:00 (Europe/Vienna, UTC+1)" in body
    assert f"/i/north-college/meetings/{meeting.pk}/" in body and "/meeting/" not in body.replace(
        "meetings/", ""
    )
    assert "names you as a host" in str(by_address[proctor.email].body)
    [event] = Calendar.from_ical(letter.alternatives[0].content).walk("VEVENT")
    assert (event["DTSTART"].dt, event["SUMMARY"], event["SEQUENCE"]) == (OPENS, "Oral part", 0)
    assert "meeting.made" in verbs_of(scoped, f"meeting:{meeting.pk}")


def test_who_may_make_meetings(
    scoped: Institution, proctor: User, reviewer: User, candidate: User, author: User, settings: Any
) -> None:
    for person in (candidate, author):
        assert refusal_of(make_interview, scoped, person)[0] == "not_allowed"
    assert make_interview(scoped, reviewer).made_by == reviewer
    settings.LIVE_PROVIDER = "off"
    assert refusal_of(make_interview, scoped, proctor) == ("live_off", None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"opens_at": OPENS}, "closes_at"),
        ({"closes_at": OPENS}, "opens_at"),
        ({"opens_at": OPENS, "closes_at": OPENS}, "closes_at"),
        ({"opens_at": OPENS, "closes_at": OPENS + timedelta(hours=13)}, "closes_at"),
        ({"opens_at": NOW - timedelta(hours=2), "closes_at": NOW - timedelta(hours=1)}, "closes_at"),
        ({"hosts": []}, "hosts"),
        ({"candidates": ["no address"]}, "candidates"),
        ({"candidates": [f"c{number}@example.org" for number in range(51)]}, "candidates"),
    ],
)
def test_what_does_not_fit_is_named(
    scoped: Institution, officer: User, changes: dict[str, Any], field: str
) -> None:
    terms: dict[str, Any] = {"title": "Interview", "hosts": [officer], "candidates": [], **changes}
    assert refusal_of(making.make_meeting, scoped, actor=officer, **terms)[1] == field
    assert not Meeting.objects.exists() and not MeetingMail.objects.exists(), "nothing is left of it"


def test_hosts_are_members_with_the_right_and_nobody_is_both(
    scoped: Institution, officer: User, proctor: User, candidate: User, foreign_proctor: User
) -> None:
    for person in (candidate, foreign_proctor):
        with pytest.raises(InvalidInput) as refused:
            making.make_meeting(scoped, title="x", hosts=[person], candidates=[], actor=officer)
        assert refused.value.field == "hosts"
    assert refusal_of(make_interview, scoped, proctor, proctor) == ("invalid", "candidates")
    meeting = make_interview(scoped, officer, proctor)
    with pytest.raises(InvalidInput):
        making.change_meeting(meeting, title="x", hosts=[officer, proctor], actor=officer)


def test_a_new_person_comes_by_the_link_and_becomes_a_candidate(scoped: Institution, officer: User) -> None:
    meeting = make_interview(scoped, officer, "ida@example.org", **SLOT)
    letter = next(each for each in mail.outbox if each.to == ["ida@example.org"])
    secret = secret_in(letter)
    assert secret not in str(letter.alternatives), "calendars are shared"
    stored = MeetingInvitation.objects.get(email="ida@example.org")
    assert secret not in (stored.token_hash, str(stored.__dict__)) and len(stored.token_hash) == 64
    assert refusal_of(invitations.accept, secret, name="Ida", password="short")[1] == "password"
    found, person = invitations.accept(secret, name="Ida", password="a long enough phrase")
    assert found.meeting == meeting and found.accepted_at == NOW
    assert roles_of(person, scoped) == {Role.CANDIDATE}
    assert queries.own_coming(person) == [found]
    # The link alone opens nobody's account, also not once more.
    assert refusal_of(invitations.accept, secret)[0] == "sign_in_first"
    assert invitations.accept(secret, user=person)[1] == person


def test_a_link_ends_by_a_newer_one_by_time_and_when_it_is_taken_back(
    scoped: Institution, officer: User
) -> None:
    make_interview(scoped, officer, "ida@example.org")
    first = secret_in(mail.outbox[-1])
    invitation = MeetingInvitation.objects.get(email="ida@example.org")
    invitations.resend(invitation, actor=officer)
    assert refusal_of(invitations.find_by_link, first)[0] == "link_unknown"
    second = secret_in(mail.outbox[-1])
    with clock.at(NOW + timedelta(days=15)):
        assert refusal_of(invitations.find_by_link, second)[0] == "link_expired"
    invitations.revoke(invitation, actor=officer)
    assert refusal_of(invitations.find_by_link, second)[0] == "link_withdrawn"
    assert refusal_of(invitations.revoke, invitation, actor=officer)[0] == "invitation_over"
    # Invited anew, they are invited.
    invitations.invite_candidates(invitation.meeting, ["IDA@example.org"], actor=officer)
    assert invitations.find_by_link(secret_in(mail.outbox[-1])).revoked_at is None


def test_only_who_may_invite_candidates_brings_new_people_in(
    scoped: Institution, proctor: User, candidate: User
) -> None:
    assert refusal_of(make_interview, scoped, proctor, "ida@example.org") == ("role_not_yours", "candidates")
    known = make_user(email="kim@example.org")
    assert refusal_of(make_interview, scoped, proctor, known)[0] == "role_not_yours", "no member here"
    assert invitation_of(make_interview(scoped, proctor, candidate), candidate).part == "candidate"


def test_an_ended_role_is_not_given_back_by_an_old_link(
    scoped: Institution, officer: User, admin_member: User
) -> None:
    make_interview(scoped, officer, "ida@example.org")
    secret = secret_in(mail.outbox[-1])
    _, person = invitations.accept(secret, name="Ida", password="a long enough phrase")
    with clock.at(NOW + timedelta(hours=1)):
        end_membership(person.memberships.get(), actor=admin_member)
        assert refusal_of(invitations.accept, secret, user=person)[0] == "ended"
    assert queries.own_coming(person) == []


def test_changes_and_the_cancellation_are_told_once_with_growing_numbers(
    scoped: Institution, officer: User, proctor: User, candidate: User
) -> None:
    meeting = make_interview(scoped, officer, candidate, **SLOT)
    mail.outbox.clear()
    later = {"opens_at": OPENS + timedelta(hours=2), "closes_at": OPENS + timedelta(hours=3)}
    making.change_meeting(meeting, title="Interview", hosts=[officer], actor=officer, **SLOT)
    assert mail.outbox == [], "nothing has changed"
    making.change_meeting(meeting, title="Interview", hosts=[officer, proctor], actor=officer, **later)
    told = {each.to[0]: str(each.subject) for each in mail.outbox}
    assert told[proctor.email].startswith("Invitation") and told[candidate.email].startswith("Changed")
    mail.outbox.clear()
    making.cancel_meeting(meeting, actor=officer, reason="ill")
    assert {str(each.subject)[:9] for each in mail.outbox} == {"Cancelled"} and len(mail.outbox) == 3
    [event] = Calendar.from_ical(mail.outbox[0].alternatives[0].content).walk("VEVENT")
    assert (event["SEQUENCE"], event["STATUS"]) == (2, "CANCELLED")
    assert refusal_of(making.cancel_meeting, meeting, actor=officer)[0] == "meeting_cancelled"
    assert refusal_of(making.change_meeting, meeting, title="y", hosts=[officer], actor=officer)
    assert not MeetingMail.objects.filter(sent_at=None).exists()


def test_others_do_not_manage_it(
    scoped: Institution,
    officer: User,
    proctor: User,
    second_proctor: User,
    candidate: User,
    foreign_officer: User,
) -> None:
    meeting = make_interview(scoped, proctor, candidate)
    for person in (second_proctor, candidate, foreign_officer):
        for work in (making.cancel_meeting, making.end_meeting):
            with pytest.raises(NotFound):
                work(meeting, actor=person)
        with pytest.raises(NotFound):
            invitations.invite_candidates(meeting, ["x@example.org"], actor=person)
    assert list(queries.meetings_of(second_proctor, scoped)) == []
    assert list(queries.meetings_of(officer, scoped)) == [meeting]
    assert list(queries.coming(queries.meetings_of(proctor, scoped))) == [meeting]
    with pytest.raises(Conflict, match="not begun"):
        making.end_meeting(meeting, actor=officer)
    with pytest.raises(NotAllowed):
        making.end_by_host(meeting, host=candidate)


def test_a_slot_that_is_over_is_closed_by_the_sweep(scoped: Institution, officer: User) -> None:
    meeting, timeless = make_interview(scoped, officer, **SLOT), make_interview(scoped, officer)
    with clock.at(OPENS + timedelta(minutes=90)):
        making.close_due()
        assert Meeting.objects.get(pk=meeting.pk).state == "scheduled", "late by less than an hour"
    with clock.at(OPENS + timedelta(hours=3)):
        assert list(queries.coming(queries.meetings_of(officer, scoped))) == [timeless]
        making.close_due()
    assert [Meeting.objects.get(pk=each.pk).state for each in (meeting, timeless)] == ["ended", "scheduled"]
