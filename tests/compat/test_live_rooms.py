"""The token of a Dyte participant opens our live room by the services of all meetings."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.scheduling.sittings import assign_proctor
from proctor_site.kernel import clock
from proctoring import compat_keys
from proctoring.meetings.own import making, room
from proctoring.models import CompatKey, Meeting, MeetingInvitation
from proctoring.outside import live_rooms

JSON = "application/json"
pytestmark = pytest.mark.django_db


def join(client: Client, **more: Any) -> dict[str, Any]:
    """What a participant of a new meeting is told."""
    made = client.post("/meetings", {"title": "Entrance"}, JSON).json()
    asked = {"name": "Carla Cole", "meeting_id": made["data"]["id"], **more}
    if asked.pop("as_host", False):
        asked["admin_id"] = made["admin_id"]
    answer = client.post(f"/meetings/{made['data']['id']}/participants", asked, JSON)
    told: dict[str, Any] = json.loads(answer.json()["detail"])["data"]
    return told


@pytest.fixture
def watched(
    key_and_secret: tuple[CompatKey, str], institution: Institution, proctor: User, officer: User
) -> CompatKey:
    """A key whose sitting has a proctor."""
    key = key_and_secret[0]
    with within(institution):
        assign_proctor(key.sitting, proctor, actor=officer)
    return key


def test_the_token_leads_to_our_room_after_the_notice_and_a_host_sees_who_waits(
    old_client: Client, watched: CompatKey, institution: Institution, proctor: User
) -> None:
    told = join(old_client)
    path = live_rooms.link_of(told["token"]).partition("/meeting/")[2]
    assert told["link"] == live_rooms.link_of(told["token"])
    led = old_client.get("/v2/meeting", {"authToken": told["token"]})
    assert (led.status_code, led["Location"]) == (302, told["link"])
    page = Client()
    notice = page.get(f"/meeting/{path}")
    assert notice.status_code == 200 and str(proctor) in notice.content.decode()
    with within(institution):
        assert not Meeting.objects.exists(), "looking at the notice makes nothing"
    agreed = page.post(f"/meeting/{path}agree/", {"host": [proctor.pk]}, follow=True)
    assert f"/ws/meetings/guest/{told['token']}/" in agreed.content.decode()
    with within(institution):
        meeting = Meeting.objects.get()
        invitation = MeetingInvitation.objects.get(part="candidate")
        assert meeting.title == "Entrance: Carla Cole" and invitation.agreed_at
        assert not invitation.user.is_active, "the token opens no account"
        entered = room.enter(meeting, user=invitation.user, connection="page")
        assert entered.stay.let_in_at is None, "a candidate waits until a host lets them in"
    page.post(f"/meeting/{path}agree/", {"host": [proctor.pk]})
    with within(institution):
        assert Meeting.objects.count() == 1


def test_who_shows_the_admin_id_signs_in_with_us_to_host(
    old_client: Client, watched: CompatKey, institution: Institution
) -> None:
    told = join(old_client, as_host=True)
    assert told["link"].endswith(f"/i/{institution.slug}/meetings/")
    assert Client().get(f"/meeting/guest/{told['token']}/").status_code == 404


def test_a_token_ends_with_its_day_its_key_and_its_invitation(
    old_client: Client, watched: CompatKey, institution: Institution, admin_member: User, proctor: User
) -> None:
    told = join(old_client)
    path = f"/meeting/guest/{told['token']}/"
    assert Client().get(f"/meeting/guest/{told['token'][:-2]}/").status_code == 404
    with pytest.MonkeyPatch.context() as later:
        later.setattr(live_rooms, "LASTS", timedelta(seconds=-1))
        assert Client().get(path).status_code == 404
    assert Client().post(f"{path}agree/", {"host": [0]}, follow=True).status_code == 200
    with within(institution):
        assert not MeetingInvitation.objects.filter(agreed_at__isnull=False).exists(), (
            "other hosts were named"
        )
    Client().post(f"{path}agree/", {"host": [proctor.pk]})
    with within(institution):
        MeetingInvitation.objects.filter(part="candidate").update(revoked_at=clock.now())
    assert Client().get(path).status_code == 404, "taken back, and no other room comes in its place"
    with within(institution):
        MeetingInvitation.objects.filter(part="candidate").update(revoked_at=None)
    assert Client().get(path).status_code == 200
    compat_keys.revoke_key(watched, actor=admin_member)
    assert Client().get(path).status_code == 404


def test_a_room_is_known_by_who_asked_for_it_and_not_by_its_title(
    old_client: Client, watched: CompatKey, institution: Institution, proctor: User
) -> None:
    first, second = join(old_client), join(old_client)
    for told in (first, second):
        live_rooms_agreed(told, institution, proctor)
    with within(institution):
        one, two = Meeting.objects.order_by("pk")
        assert one.title == two.title == "Entrance: Carla Cole"
        making.change_meeting(one, title="Carla, once more", hosts=[proctor], actor=proctor)
        assert live_rooms.find(first["token"]).meeting == one
        assert live_rooms.find(second["token"]).meeting == two
    live_rooms_agreed(first, institution, proctor)
    with within(institution):
        assert Meeting.objects.count() == 2, "another title makes no third room"


def live_rooms_agreed(told: dict[str, Any], institution: Institution, proctor: User) -> None:
    """The participant agrees to the notice of their room."""
    with within(institution):
        live_rooms.agree(told["token"], hosts=[proctor.pk])
