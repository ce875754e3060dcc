"""Servers that help two browsers to find each other, with credentials that end by themselves.

The scheme is coturn's `use-auth-secret`: the user name is the moment of expiry and a name, the password the
HMAC-SHA1 of it under a secret that only this server and the TURN server know.
"""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.conf import settings


def ice_servers(identity: str, until: datetime) -> list[dict[str, Any]]:
    """What `RTCPeerConnection` takes as `iceServers`; `until`: when the credentials end."""
    servers: list[dict[str, Any]] = [{"urls": list(settings.ICE_URLS)}] if settings.ICE_URLS else []
    if settings.TURN_HOST:
        host = settings.TURN_HOST
        user, password = credentials(settings.TURN_SECRET, identity, until)
        urls = [
            f"turn:{host}:3478?transport=udp",
            f"turn:{host}:3478?transport=tcp",
            f"turns:{host}:5349?transport=tcp",
        ]
        servers.append({"urls": urls, "username": user, "credential": password})
    return servers


def credentials(secret: str, identity: str, until: datetime) -> tuple[str, str]:
    """User name and password for the TURN server."""
    user = f"{int(until.timestamp())}:{identity}"
    digest = hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()
    return user, base64.b64encode(digest).decode()
