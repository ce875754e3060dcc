"""Cache and channel layer: memory for one process, Redis (REDIS_URL) for more."""

from typing import Any
from urllib.parse import urlsplit

from proctor_site.settings import env

REDIS_URL = env.secret("REDIS_URL")  # may hold a password
WEB_PROCESSES = env.integer("PROCTOR_WEB_PROCESSES", 1, least=1)

CACHES: dict[str, dict[str, Any]]
CHANNEL_LAYERS: dict[str, dict[str, Any]]
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CHANNEL_LAYERS = {
        "default": {
            # pubsub, not core: core drops past 100 waiting messages and, with redis-py 8, kills idle sockets
            # after 5 s (channels_redis issue 422). The host dict guards against that default all the same.
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [{"address": REDIS_URL, "socket_timeout": None, "max_connections": 10_000}],
                # Redis delivers messages across its numbered databases: without a name of its own, a second
                # installation on the same server would hear ours.
                "prefix": f"proctor-{urlsplit(REDIS_URL).path.strip('/') or '0'}",
            },
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # Room for ten seconds of frames of 300 candidates; the default of 300 entries would evict them.
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 2_000}}
    }
