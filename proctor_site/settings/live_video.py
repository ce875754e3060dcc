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
JANUS_RECORDINGS = env.text("PROCTOR_JANUS_RECORDINGS")
"""The folder into which Janus records, by the same path for both; empty: no recording."""
JANUS_EVENTS_SECRET = env.secret("PROCTOR_JANUS_EVENTS_SECRET")
"""The password with which Janus tells us what happens; empty: it is not listened to."""
LIVEKIT_URL = env.text("PROCTOR_LIVEKIT_URL").rstrip("/")
"""A LiveKit server as browsers reach it, such as wss://live.example.org; we ask the same one by https."""
LIVEKIT_KEY = env.secret("PROCTOR_LIVEKIT_KEY")
LIVEKIT_SECRET = env.secret("PROCTOR_LIVEKIT_SECRET")
"""Its API key and secret; they sign tokens, and its reports are signed with them."""
REALTIMEKIT_ACCOUNT = env.text("PROCTOR_REALTIMEKIT_ACCOUNT")
REALTIMEKIT_APP = env.text("PROCTOR_REALTIMEKIT_APP")
REALTIMEKIT_TOKEN = env.secret("PROCTOR_REALTIMEKIT_TOKEN")
"""Cloudflare's account and app, and an API token that may do "Realtime Admin"."""
REALTIMEKIT_URL = env.text("PROCTOR_REALTIMEKIT_URL", "https://api.cloudflare.com/client/v4").rstrip("/")
REALTIMEKIT_CANDIDATE_PRESET = env.text("PROCTOR_REALTIMEKIT_CANDIDATE_PRESET", "candidate")
REALTIMEKIT_PROCTOR_PRESET = env.text("PROCTOR_REALTIMEKIT_PROCTOR_PRESET", "proctor")
"""Presets of the app: one that may only send, one that is hidden and may only receive; never a host's."""
REALTIMEKIT_REPORT_KEY = env.secret("PROCTOR_REALTIMEKIT_REPORT_KEY")
"""The public key (PEM) with which Cloudflare signs reports; empty: none are taken."""
