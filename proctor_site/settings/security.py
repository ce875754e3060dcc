"""Secrets, hosts, cookies, content security policy and sign-in protection."""

import secrets
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from proctor_site.settings import env
from proctor_site.settings.live_video import JANUS_WS_URL, LIVEKIT_URL
from proctor_site.settings.proctoring import LIVE_PROVIDER

DEBUG = env.flag("PROCTOR_DEBUG", default=False)
SECRET_KEY_MISSING = not env.secret("PROCTOR_SECRET_KEY")
# A throw-away key lets `check` run and complain (proctor.E002) instead of failing at import.
SECRET_KEY = env.secret("PROCTOR_SECRET_KEY") or secrets.token_urlsafe(50)

SIGNING_KEY = env.secret("PROCTOR_SIGNING_KEY")
"""Signs manifests, certificates, checkpoints (Ed25519: PEM or any text); empty: made from the secret key."""
SIGNING_KEYS_BEFORE = env.names("PROCTOR_SIGNING_KEYS_BEFORE")
"""Public keys (base64) of former signing keys: what they signed is still verified."""

SERVICE_HOST = env.text("PROCTOR_HOST", "127.0.0.1")
"""Where `./run` listens. Browsers give a camera to localhost and to https only, so others need a proxy."""
SERVICE_PORT = env.integer("PROCTOR_PORT", 8000, least=1)
BASE_URL = env.text("PROCTOR_BASE_URL", f"http://localhost:{SERVICE_PORT}").rstrip("/")
_HTTPS = urlsplit(BASE_URL).scheme == "https"
ALLOWED_HOSTS = env.names("PROCTOR_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]") + (
    [urlsplit(BASE_URL).hostname or ""] if urlsplit(BASE_URL).hostname else []
)
CSRF_TRUSTED_ORIGINS = [BASE_URL]
WEBHOOK_PRIVATE_HOSTS = [name.lower() for name in env.names("PROCTOR_WEBHOOK_PRIVATE_HOSTS")]
"""Hosts of the operator's own network that webhooks may reach, also by plain http."""

# A browser takes these names over https only, without a domain: no neighbouring host can plant such a cookie.
SESSION_COOKIE_NAME = "__Host-sessionid" if _HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if _HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True  # pages carry the token in a meta element; scripts read it there
SESSION_COOKIE_SAMESITE = "Lax"
# Read from the cache, written to both: signed-in people do not cost a query each time, and a cache that was
# emptied signs nobody out.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # they may name people: no cookie
SESSION_COOKIE_AGE = 14 * 60 * 60  # longer than the longest sitting: a session must not end an exam
SECURE_SSL_REDIRECT = env.flag("PROCTOR_SSL_REDIRECT", default=True) and _HTTPS
# A media server beside us reports over the loopback; what it says is signed, or comes with a secret.
# And whoever watches the server asks it directly, past the proxy.
SECURE_REDIRECT_EXEMPT = [r"^api/v1/live/events/", r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
_BEHIND_PROXY = env.flag("PROCTOR_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _BEHIND_PROXY else None
CALLS_BY_HTTPS_ONLY = _HTTPS and (_BEHIND_PROXY or SECURE_SSL_REDIRECT)
"""Refuses programs that come by http (`proctor_site.https_only`); with neither, nobody could tell."""
X_FRAME_OPTIONS = "DENY"

# Where pages may connect to: ourselves, and the media server where there is one.
_CONNECT = [SELF, BASE_URL.replace("http", "ws", 1)]
if LIVE_PROVIDER == "janus" and JANUS_WS_URL:
    _CONNECT.append(JANUS_WS_URL)
if LIVE_PROVIDER == "livekit" and LIVEKIT_URL:
    _LIVEKIT = urlsplit(LIVEKIT_URL)
    # It asks over HTTP as well, for the reason of a refusal.
    _CONNECT += [
        f"{_LIVEKIT.scheme.replace(*each)}://{_LIVEKIT.netloc}" for each in (("", ""), ("ws", "http"))
    ]
_WORKERS = [SELF]
if LIVE_PROVIDER == "realtimekit":
    _CONNECT += ["https://*.realtime.cloudflare.com", "wss://*.realtime.cloudflare.com"]
    _WORKERS.append("blob:")  # its timers run in a worker that it makes of its own text

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": _CONNECT,
        "worker-src": _WORKERS,
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.password_words.GuessableWordsValidator"},
]

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
