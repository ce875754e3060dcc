"""The pages of meetings of their own: making, details, the link, the notice, and when it is closed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.meetings.own import making
from proctoring.models import Meeting, MeetingInvitation
from tests.factories.meetings import agree, invitation_of, make_interview

pytestmark = pytest.mark.django_db
HERE = "/i/north-college/meetings/"


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_meeting_is_made_in_the_zone_of_the_institution(
    institution: Institution, officer: User, proctor: User, candidate: User, browser_of: Any
) -> None:
    client: Client = browser_of(officer)
    assert "No meeting is planned" in text_of(client.get(HERE))
    given = {
        "title": "Oral part",
        "opens_at": "2090-07-01T10:00",
        "closes_at": "2090-07-01T11:00",
        "hosts": [str(proctor.pk)],
        "candidates": f"{candidate.email}; new@example.org",
    }
    wrong = client.post(HERE + "new/", given | {"closes_at": "2090-07-01T09:00"})
    assert wrong.status_code == 400 and "The end is not after the begin." in text_of(wrong)
    nobody = client.post(HERE + "new/", given | {"hosts": [str(candidate.pk)]})
    assert nobody.status_code == 400 and not Meeting._base_manager.exists()
    made = client.post(HERE + "new/", given)
    meeting = Meeting._base_manager.get()
    assert made.headers["Location"] == f"{HERE}{meeting.pk}/details/"
    assert meeting.opens_at is not None and meeting.opens_at.isoformat() == "2090-07-01T08:00:00+00:00"
    details = text_of(client.get(made.headers["Location"]))
    assert "new@example.org" in details and f"/meetings/{meeting.pk}/</span>" in details
    assert "Oral part" in text_of(client.get(HERE))
    edit = client.get(f"{HERE}{meeting.pk}/edit/")
    assert 'value="2090-07-01T10:00"' in text_of(edit)
    # Who is not named as a host does not come in, but is led to the details.
    assert client.get(f"{HERE}{meeting.pk}/").headers["Location"].endswith("/details/")


def test_members_are_found_by_name_and_invited(
    institution: Institution, officer: User, candidate: User, foreign_candidate: User, browser_of: Any
) -> None:
    meeting = make_interview(institution, officer)
    client: Client = browser_of(officer)
    address = f"{HERE}{meeting.pk}/details/"
    assert candidate.email in text_of(client.get(address, {"q": "carla"}))
    assert "Nobody matches" in text_of(client.get(address, {"q": "frida"})), "of another institution"
    assert client.post(address, {"candidates": candidate.email}).status_code == 302
    assert invitation_of(meeting, candidate).part == "candidate"
    assert "Nobody matches" in text_of(client.get(address, {"q": "carla"})), "invited already"
    refused = client.post(address, {"candidates": "nonsense"})
    assert refused.status_code == 400 and "nonsense is not an e-mail address" in text_of(refused)


def test_a_new_person_comes_from_the_letter_to_the_notice(
    institution: Institution, officer: User, browser_of: Any
) -> None:
    meeting = make_interview(institution, officer, "ida@example.org")
    found = re.search(r"(/meeting/[^/\s]+/)", str(mail.outbox[-1].body))
    assert found
    client: Client = browser_of()
    assert "You have no account here yet" in text_of(client.get(found[1]))
    weak = client.post(found[1], {"name": "Ida Invited", "password": "short"})
    assert weak.status_code == 400
    entered = client.post(found[1], {"name": "Ida Invited", "password": "a long enough phrase"}, follow=True)
    assert entered.redirect_chain[-1][0] == f"{HERE}{meeting.pk}/"
    said = text_of(entered)
    assert "They see and hear you" in said and str(officer) in said and "Turn on camera" not in said
    # The same link later: sign in, and nobody else.
    assert "/account/login/" in browser_of().get(found[1]).headers["Location"]
    assert "the invitation is for ida@example.org" in text_of(browser_of(officer).get(found[1]))


def test_the_notice_comes_before_the_camera_and_again_with_another_host(
    institution: Institution, proctor: User, reviewer: User, candidate: User, browser_of: Any
) -> None:
    meeting = make_interview(institution, proctor, candidate)
    client: Client = browser_of(candidate)
    address = f"{HERE}{meeting.pk}/"
    assert "I agree" in text_of(client.get(address))
    client.post(address + "agree/", {"host": [str(reviewer.pk)]})  # not what the notice named
    assert "I agree" in text_of(client.get(address))
    client.post(address + "agree/", {"host": [str(proctor.pk)]})
    room = text_of(client.get(address))
    assert "Go to the waiting room" in room and "I agree" not in room
    with within(institution):
        making.change_meeting(meeting, title="Interview", hosts=[proctor, reviewer], actor=proctor)
    again = text_of(client.get(address))
    assert "The hosts have changed since you agreed" in again and "Rita Reviewer" in again


def test_what_is_said_early_late_and_without_live_video(
    institution: Institution, proctor: User, candidate: User, browser_of: Any, settings: Any
) -> None:
    begins = clock.now() + timedelta(hours=3)
    early = make_interview(
        institution, proctor, candidate, opens_at=begins, closes_at=begins + timedelta(hours=1)
    )
    client: Client = browser_of(candidate)
    assert "but early" in text_of(client.get(f"{HERE}{early.pk}/"))
    with clock.at(begins - timedelta(minutes=59)):
        assert "I agree" in text_of(client.get(f"{HERE}{early.pk}/"))
    settings.LIVE_PROVIDER = "off"
    assert "Live video is switched off on this server" in text_of(client.get(f"{HERE}{early.pk}/"))
    staff: Client = browser_of(proctor)
    assert "there are no meetings" in text_of(staff.get(HERE))
    refused = staff.post(HERE + "new/", {"title": "x", "hosts": [str(proctor.pk)]})
    assert refused.status_code == 400
    settings.LIVE_PROVIDER = "peer"
    question = staff.get(f"{HERE}{early.pk}/cancel/")
    assert "Cancel this meeting?" in text_of(question)
    staff.post(f"{HERE}{early.pk}/cancel/")
    assert "has been cancelled" in text_of(client.get(f"{HERE}{early.pk}/"))
    assert staff.get(f"{HERE}{early.pk}/edit/").status_code == 302


def test_own_meetings_stand_on_the_start_page_and_others_do_not(
    institution: Institution, proctor: User, candidate: User, second_candidate: User, browser_of: Any
) -> None:
    meeting = make_interview(institution, proctor, candidate, title="Talk with the office")
    assert "Talk with the office" in text_of(browser_of(candidate).get("/"))
    assert "you host it" in text_of(browser_of(proctor).get("/"))
    assert "Talk with the office" not in text_of(browser_of(second_candidate).get("/"))
    agree(meeting, candidate)
    own = invitation_of(meeting, candidate)
    taken = browser_of(proctor).post(f"{HERE}{meeting.pk}/invitations/{own.pk}/revoke/", follow=True)
    assert "taken back" in text_of(taken)
    assert "Talk with the office" not in text_of(browser_of(candidate).get("/"))
    assert browser_of(candidate).get(f"{HERE}{meeting.pk}/").status_code == 404
    assert MeetingInvitation._base_manager.filter(revoked_at=None).count() == 1
