"""The socket of a participant whom another system names: a token in place of a sign-in, the same room."""

from typing import Any

import pytest

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.scheduling.sittings import assign_proctor
from proctor_site.kernel import clock
from proctoring.models import CompatMeeting, MeetingInvitation
from proctoring.outside import live_rooms
from tests.channels.conftest import in_thread
from tests.factories.compat import new_key

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(institution: Institution, proctor: User, officer: User, settings: Any) -> str:
    """The token of a participant who has agreed to be seen by the proctor."""
    settings.COMPAT = True
    key, _ = new_key(institution)
    with within(institution):
        assign_proctor(key.sitting, proctor, actor=officer)
        asked = CompatMeeting.objects.create(
            institution=institution, key=key, title="Entrance", admin_hash="0" * 64, created_at=clock.now()
        )
        made = live_rooms.make_token(asked, number=f"key{key.pk}-1-abc", name="Carla Cole")
        live_rooms.agree(made, hosts=[proctor.pk])
    return made


async def test_a_participant_waits_is_let_in_by_the_proctor_and_put_out_when_taken_back(
    connect: Any, token: str, proctor: User, institution: Institution
) -> None:
    place = await in_thread(live_rooms.find, token)
    guest = await connect(None, f"/ws/meetings/guest/{token}/")
    hello = await guest.receive("hello")
    news = await guest.receive("room")
    assert news["peers"] == []
    host = await connect(proctor, f"/ws/i/{institution.slug}/meetings/{place.meeting.pk}/")
    await host.receive("room")
    await host.send({"type": "let_in", "invitation": place.invitation.pk})
    while not news["peers"]:
        news = await guest.receive("room")
    seen = await host.receive("room")
    while [each["connection"] for each in seen["peers"]] != [hello["connection"]]:
        seen = await host.receive("room")
    assert seen["peers"][0]["name"] == "Carla Cole"
    await guest.send({"type": "let_in", "invitation": place.invitation.pk})
    assert (await guest.receive("error"))["code"] == "hosts_only", "a participant never gets host rights"
    await in_thread(_take_back, institution)
    again = await connect(None, f"/ws/meetings/guest/{token}/")
    assert await again.close_code() == 4404


def _take_back(institution: Institution) -> None:
    with within(institution):
        MeetingInvitation.objects.filter(part="candidate").update(revoked_at=clock.now())
