"""Refuses calls of programs that come by plain http, where pages are sent on to https (decision 0198).

A redirect would teach nobody: the program sends its token in clear each time, is sent on, and works.
"""

from urllib.parse import parse_qs

from proctor_site.refusing import Application, Message, Receive, Send, refuse

_READ_BY_PEOPLE = ("/api/docs/", "/api/v1/schema/")
_BESIDE_US = "/api/v1/live/events/"
"""A media server beside us reports over the loopback; what it says is signed, or comes with a secret."""
_PROGRAMS = ("/api/", "/compat/", "/socket.io")
_SECRETS = (b"authorization", b"x-compat-key")
_OPEN_TO_ALL = ("/health/", "/static/")
DETAIL = (
    "This server is called by https only. What this call carried was readable on the way: if a token or key "
    "was in it, replace that."
)


class HttpsOnly:
    """403 `https_required` by http; `believes_proxy`: its X-Forwarded-Proto says how a call came."""

    def __init__(self, application: Application, *, believes_proxy: bool) -> None:
        self.application, self.believes_proxy = application, believes_proxy

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._is_secure(scope) or not is_call(scope):
            await self.application(scope, receive, send)
            return
        await refuse(scope, receive, send, status=403, code="https_required", detail=DETAIL)

    def _is_secure(self, scope: Message) -> bool:
        if scope.get("scheme") in ("https", "wss"):
            return True
        told = [value for name, value in scope.get("headers", ()) if name == b"x-forwarded-proto"]
        return self.believes_proxy and told == [b"https"]


def is_call(scope: Message) -> bool:
    """Whether this is for programs, by its address, or shows a token or a compat key."""
    path = str(scope.get("path", ""))
    if path.startswith((_BESIDE_US, *_OPEN_TO_ALL)):
        return False
    if any(name in _SECRETS for name, _ in scope.get("headers", ())):
        return True
    if "compat_key" in parse_qs(scope.get("query_string", b"").decode("latin-1")):
        return True
    return path.startswith(_PROGRAMS) and not path.startswith(_READ_BY_PEOPLE)
