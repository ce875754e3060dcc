"""From browser to browser: no media server, and nothing to agree with one. What it costs: decision 0105."""

from datetime import datetime

from django.conf import settings

from proctoring.meetings.providers.base import Join, Part, SilentProvider
from proctoring.meetings.turn import ice_servers


class PeerProvider(SilentProvider):
    """Each candidate's browser sends to each page that watches; our own sockets carry what they agree."""

    name = "peer"

    def create_meeting(self, key: str, title: str) -> str:
        """Nothing to create."""
        return ""

    def add_participant(
        self, external_id: str, room: str, identity: str, part: Part, until: datetime
    ) -> Join:
        """Both sides get the same kind of credentials; which way pictures go is settled by our sockets."""
        servers = ice_servers(identity, until)
        return Join(self.name, until, ice_servers=servers, relay_only=settings.RELAY_ONLY)

    def remove(self, external_id: str, room: str, identity: str) -> None:
        """Pages are told through our sockets, and nobody gets in again without being asked there."""

    def end(self, external_id: str) -> None:
        """Nothing is left to end."""

    def health(self) -> str:
        """There is no service that could be down."""
        return ""
