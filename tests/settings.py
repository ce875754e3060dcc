"""Settings of the test run: the project's own, with a key, quick hashing and unhashed static files."""

import os
import tempfile

os.environ.setdefault("PROCTOR_SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("PROCTOR_DATA_DIR", tempfile.mkdtemp(prefix="proctor-tests-"))

from proctor_site.settings import *  # noqa: E402, F403
from proctor_site.settings import STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = True
ANALYSIS_WORKERS = 1
SWEEP_IN_PROCESS = False
JOBS_IN_PROCESS = False
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
