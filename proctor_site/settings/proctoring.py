"""Analysis: engine, workers, weights, pace."""

import os

from proctor_site.settings import env
from proctor_site.settings.roles import ROLE

FACE_ENGINE = env.text("PROCTOR_FACE_ENGINE", "proctoring.vision.engines.opencv_faces.OpenCVFaces")
HEAD_ENGINE = env.text_or_none("PROCTOR_HEAD_ENGINE", "proctoring.vision.engines.mesh_head.MeshHead")
THINGS_ENGINE = env.text_or_none(
    "PROCTOR_THINGS_ENGINE", "proctoring.vision.engines.efficientdet_things.EfficientDetThings"
)
THINGS_MODEL = env.text("PROCTOR_THINGS_MODEL")
"""Description (TOML) of an operator's own ONNX detector, used in place of the engine above."""
TEXT_ENGINE = env.text("PROCTOR_TEXT_ENGINE", "proctoring.vision.engines.ppocr_text.PPOcrText")
"""Engines beside the faces; empty: the detectors that need them say nothing."""
EMOTION_ENGINE = (
    "proctoring.vision.engines.fer_emotions.FerEmotions"
    if env.flag("PROCTOR_EMOTIONS", default=False)
    else ""
)
"""Only ever used where law and institution allow it as well: proctoring.emotions."""
WEIGHTS_DIR = env.text("PROCTOR_WEIGHTS_DIR")
ONNX_PROVIDERS = env.names("PROCTOR_ONNX_PROVIDERS", "CPUExecutionProvider")
"""Accelerators of ONNX Runtime in order of preference, or "auto"; the processor does what is left."""
ANALYSIS_WORKERS = env.integer("PROCTOR_ANALYSIS_WORKERS", os.cpu_count() or 1, least=1)
FRAME_INTERVAL_MS = env.integer("PROCTOR_FRAME_INTERVAL_MS", 1_000, least=200)
"""Pace of camera frames when the machine is not loaded; overload raises it (analysis.pool)."""
FRAME_RISK_INTERVAL_MS = env.integer("PROCTOR_FRAME_RISK_INTERVAL_MS", 500, least=200)
FRAME_CALM_INTERVAL_MS = env.integer("PROCTOR_FRAME_CALM_INTERVAL_MS", 2_000, least=200)
"""Pace while something begins or has just begun, and at most after five minutes without anything."""
FRAME_MAX_BYTES = env.integer("PROCTOR_FRAME_MAX_BYTES", 262_144, least=20_000)
SCREEN_MAX_BYTES = env.integer("PROCTOR_SCREEN_MAX_BYTES", 400_000, least=50_000)
SCREEN_CLIP_MAX_BYTES = env.integer("PROCTOR_SCREEN_CLIP_MAX_BYTES", 3_000_000, least=200_000)
"""One picture of a candidate's screen, and one piece of a film of it."""
TEMPLATE_KEY = env.secret("PROCTOR_TEMPLATE_KEY")
"""Encrypts face templates; derived from the secret key when empty. To change it, see docs/operations.md."""
TEMPLATE_KEY_BEFORE = env.secret("PROCTOR_TEMPLATE_KEY_BEFORE")
"""The former key (or secret key), which still reads; until `manage.py rotate_template_key` has run."""
SHARED_PRECISION = env.flag("PROCTOR_SHARED_PRECISION", default=False)
"""Institutions see how often detectors are right over all of them, without small counts."""
OFFICER_PHOTO_DAYS = env.integer("PROCTOR_OFFICER_PHOTO_DAYS", 90, least=1)
"""Officers' photos are deleted when they were not used for so long."""
DIARIZER = env.text("PROCTOR_DIARIZER", "local")
"""Who tells voices apart in the house: local, off, or the dotted path of an operator's own."""
SOUND_WORKERS = env.integer("PROCTOR_SOUND_WORKERS", 1, least=0)
"""Processes that listen to recordings, started by the first one; 0: in the web process itself, for tests."""
CLIP_MAX_BYTES = env.integer("PROCTOR_CLIP_MAX_BYTES", 2_000_000, least=100_000)
DEEPGRAM_KEY = env.secret("PROCTOR_DEEPGRAM_KEY")
"""Without it no policy can send recordings to Deepgram."""
DEEPGRAM_URL = env.text("PROCTOR_DEEPGRAM_URL", "https://api.deepgram.com")
DEEPGRAM_MODEL = env.text("PROCTOR_DEEPGRAM_MODEL", "nova-3")
DEEPGRAM_DIARIZE = env.choice("PROCTOR_DEEPGRAM_DIARIZE", "latest", ("latest", "v1", "v2", "flag"))
"""Version of its diarizer for recordings; flag: the older `diarize=true`."""
DEEPGRAM_LANGUAGE = env.text_or_none("PROCTOR_DEEPGRAM_LANGUAGE", "multi")
DEEPGRAM_TIMEOUT_S = env.integer("PROCTOR_DEEPGRAM_TIMEOUT_S", 12, least=1)
"""For one recording with all tries and pauses; a browser waits for the answer."""
DEEPGRAM_RETRIES = env.integer("PROCTOR_DEEPGRAM_RETRIES", 2)
DEEPGRAM_ONLY_SPEECH = env.flag("PROCTOR_DEEPGRAM_ONLY_SPEECH", default=True)
"""Recordings in which this server hears nobody speak are not sent."""
DEEPGRAM_FALL_BACK = env.flag("PROCTOR_DEEPGRAM_FALL_BACK", default=True)
"""What Deepgram cannot tell, this server's own diarizer tells; off: the browser keeps it for later."""
SUMMARY_URL = env.text("PROCTOR_SUMMARY_URL")
"""Base address of an interface such as OpenAI's, for summaries in reports; empty: none are written."""
SUMMARY_KEY = env.secret("PROCTOR_SUMMARY_KEY")
SUMMARY_MODEL = env.text("PROCTOR_SUMMARY_MODEL")
SUMMARY_INSTITUTIONS = env.names("PROCTOR_SUMMARY_INSTITUTIONS")
"""Slugs of the institutions that it is offered to; empty: to all. Each switches it on for itself."""
LIVE_PROVIDER = env.text("PROCTOR_LIVE_PROVIDER", "peer")
"""Who carries live video: peer (from browser to browser), off, or the dotted path of an operator's own."""
LIVE_MOST_WATCHERS = env.integer("PROCTOR_LIVE_MOST_WATCHERS", 3, least=1)
"""Pages that watch one candidate at the same time: each costs the candidate's own uplink."""
ICE_URLS = env.names("PROCTOR_ICE_URLS")
"""STUN servers, such as stun:turn.example.org:3478; none by default: nobody else learns who takes an exam."""
TURN_HOST = env.text("PROCTOR_TURN_HOST")
TURN_SECRET = env.secret("PROCTOR_TURN_SECRET")
"""A coturn server and its static-auth-secret."""
RELAY_ONLY = env.flag("PROCTOR_RELAY_ONLY", default=False)
"""All live video through the TURN server, so that neither side learns the other's address."""
SWEEP_IN_PROCESS = env.flag("PROCTOR_SWEEP_IN_PROCESS", default=ROLE == "all")
"""The web process submits attempts at their deadline itself; off when `manage.py sweep` runs elsewhere."""
