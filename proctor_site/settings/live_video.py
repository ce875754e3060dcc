"""Media servers of live video: where they are, and the secrets that they share with us."""

from proctor_site.settings import env

JANUS_URL = env.text("PROCTOR_JANUS_URL", "http://127.0.0.1:8088/janus").rstrip("/")
"""Janus's HTTP interface, as this server reaches it."""
JANUS_WS_URL = env.text("PROCTOR_JANUS_WS_URL").rstrip("/")
"""Its websocket as browsers reach it, through the proxy: wss://exam.example.org/live/janus"""
JANUS_API_SECRET = env.secret("PROCTOR_JANUS_API_SECRET")
JANUS_TOKEN_SECRET = env.secret("PROCTOR_JANUS_TOKEN_SECRET")
JANUS_ADMIN_KEY = env.secret("PROCTOR_JANUS_ADMIN_KEY")
"""As in deploy/janus/*.jcfg: api_secret, token_auth_secret, and the video room's admin_key."""
JANUS_EVENTS_SECRET = env.secret("PROCTOR_JANUS_EVENTS_SECRET")
"""The password with which Janus tells us what happens; empty: it is not listened to."""
