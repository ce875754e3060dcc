"""The contracts of the systems that this one replaces (docs/moving_over.md)."""

from proctor_site.settings import env

COMPAT = env.flag("PROCTOR_COMPAT", default=False)
"""Answers the clients of the replaced systems, for those institutions that made a compat key."""
COMPAT_PICTURE_MAX_BYTES = env.integer("PROCTOR_COMPAT_PICTURE_MAX_BYTES", 4_000_000, least=100_000)
"""Those clients send PNG or JPEG of up to 1280 x 720; larger than FRAME_MAX_BYTES is made smaller here."""
COMPAT_FILM_MAX_BYTES = env.integer("PROCTOR_COMPAT_FILM_MAX_BYTES", 64_000_000, least=100_000)
"""A recorded interview that is uploaded; it is in memory while it is looked at."""
COMPAT_FILM_MAX_MINUTES = env.integer("PROCTOR_COMPAT_FILM_MAX_MINUTES", 60, least=1)
COMPAT_FILM_WAIT_S = env.integer("PROCTOR_COMPAT_FILM_WAIT_S", 45, least=0)
"""How long a call waits for the report of its film before it is told where to ask."""
COMPAT_FILM_HOSTS = [name.lower() for name in env.names("PROCTOR_COMPAT_FILM_HOSTS")]
"""Hosts from which a film is fetched by `video_url`; none unless an operator names some."""
COMPAT_CALLS_PER_MINUTE = env.integer("PROCTOR_COMPAT_CALLS_PER_MINUTE", 6_000, least=1)
"""Of one key: a hundred cameras at one frame a second."""
COMPAT_RARE_CALLS_PER_MINUTE = env.integer("PROCTOR_COMPAT_RARE_CALLS_PER_MINUTE", 240, least=1)
"""Of one key: sessions and meetings begun, documents compared, people registered and signed in."""
