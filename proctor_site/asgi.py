"""The application that the server runs: pages and API by Django, sockets by Channels, start and stop."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "proctor_site.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from proctor_site.lifespan import lifespan
from proctoring.consumers.routing import websocket_urlpatterns

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
        "lifespan": lifespan,
    }
)
