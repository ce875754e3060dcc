"""Settings of the test run: the project's own, with a key, quick hashing and unhashed static files."""

import os
import tempfile

os.environ.setdefault("PROCTOR_SECRET_KEY", "only-for-tests-" + "x" * 40)
_folder = os.environ.get("PROCTOR_DATA_DIR") or tempfile.mkdtemp(prefix="proctor-tests-")
# Processes that share the tests between them (pytest -n) share no database, spool or evidence.
os.environ["PROCTOR_DATA_DIR"] = os.path.join(_folder, os.environ.get("PYTEST_XDIST_WORKER", ""))

from proctor_site.settings import *  # noqa: E402, F403
from proctor_site.settings import DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    _pragmas = DATABASES["default"]["OPTIONS"]["init_command"]
    # No power fails between two tests: nothing has to be on the disk when a transaction ends.
    DATABASES["default"]["OPTIONS"]["init_command"] = _pragmas.replace("synchronous=FULL", "synchronous=OFF")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = False
ANALYSIS_WORKERS = 1
SWEEP_IN_PROCESS = False
JOBS_IN_PROCESS = False
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
