"""Which process answers what, where one server's work is shared between roles (decision 0183)."""

import re

from proctor_site.refusing import Application, Message, Receive, Send, refuse

CAPTURE = re.compile(
    r"^/(?:ws/attempts/"
    r"|api/v1/(?:institution/)?sessions/[^/]+/(?:frames|clips|screens|screen-clips)/$"
    r"|api/v1/attempts/[0-9]+/(?:look|reference-photo|document|baseline|liveness|liveness/looks|voice)/$"
    r"|api/v1/showings/[0-9]+/(?:pictures|photo)/$"
    r"|api/v1/calls/[0-9]+/recording/$"
    r"|(?:compat/[^/]+/)?(?:api/)?(?:detect_faces|same_faces|upload_photo|multiple_voices|upload-frame)/?$"
    r"|(?:compat/[^/]+/)?(?:api/)?(?:sessions/[^/]+/(?:frame|register-face|verify-document)|verify-document)/?$"
    r"|socket\.io/)"
)
"""What is looked at or listened to, and candidates' sockets; deploy/nginx.conf has the same."""
HEALTH = "/health/"
EVERYWHERE = (HEALTH, "/static/")


def answers(role: str, path: str) -> bool:
    """Whether a process of this role answers the address."""
    if role == "worker":
        return path.startswith(HEALTH)
    if role == "all" or path.startswith(EVERYWHERE):
        return True
    return bool(CAPTURE.match(path)) == (role == "capture")


class OnlyOwnRole:
    """Refuses what another role answers: 421 for requests, 403 for sockets; the proxy is to be corrected."""

    def __init__(self, application: Application, role: str) -> None:
        self.application, self.role = application, role

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or answers(self.role, scope.get("path", "")):
            await self.application(scope, receive, send)
            return
        detail = f"This server has the role {self.role} and does not answer this; correct the proxy."
        await refuse(scope, receive, send, status=421, code="wrong_role", detail=detail)
