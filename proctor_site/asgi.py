"""The application that the server runs: pages and API by Django, sockets by Channels, start and stop."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "proctor_site.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings

from proctor_site.https_only import HttpsOnly
from proctor_site.lifespan import lifespan
from proctor_site.request_ids import SocketIds
from proctor_site.roles import OnlyOwnRole
from proctoring.consumers.routing import websocket_urlpatterns

_everything: Any = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": SocketIds(
            AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))
        ),
        "lifespan": lifespan,
    }
)
if settings.COMPAT:
    from proctoring.compat import sockets  # loaded only where it is spoken

    _everything = sockets.beside(_everything)
if settings.CALLS_BY_HTTPS_ONLY:
    _everything = HttpsOnly(_everything, believes_proxy=bool(settings.SECURE_PROXY_SSL_HEADER))
application = OnlyOwnRole(_everything, settings.ROLE)
