"""Static files, and the private evidence store behind django-storages."""

from typing import Any

from proctor_site.settings import env
from proctor_site.settings.database import DATA_DIR

STATIC_URL = "/static/"
STATICFILES_DIRS = [env.BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = ""  # nothing uploaded is ever served by address
MEDIA_ROOT = DATA_DIR / "media"

EVIDENCE_STORE = env.choice("PROCTOR_EVIDENCE_STORE", "folder", ("folder", "s3"))
EVIDENCE_FOLDER = env.folder("PROCTOR_EVIDENCE_FOLDER", DATA_DIR / "evidence")
EVIDENCE_SPOOL = DATA_DIR / "evidence_spool"
"""Evidence waits here while the store cannot be written; `evidence.store.retry_spooled` moves it on."""


def _add_headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


SERVESTATIC_ADD_HEADERS_FUNCTION = _add_headers

# Read in both modes, so that switching the store back does not make them unknown names.
_S3 = {
    "bucket_name": env.text("PROCTOR_S3_BUCKET"),
    "endpoint_url": env.text("PROCTOR_S3_ENDPOINT") or None,
    "region_name": env.text("PROCTOR_S3_REGION") or None,
    "access_key": env.secret("PROCTOR_S3_ACCESS_KEY") or None,
    "secret_key": env.secret("PROCTOR_S3_SECRET_KEY") or None,
    "default_acl": env.text("PROCTOR_S3_ACL") or None,
}


def _evidence(prefix: str) -> dict[str, Any]:
    if EVIDENCE_STORE == "folder":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": str(EVIDENCE_FOLDER / prefix),
                "base_url": None,  # no address: files leave only through a permission check
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {**_S3, "querystring_auth": True, "file_overwrite": False, "location": prefix},
    }


STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "proctor_site.static_files.ModuleManifestStorage"},
    "evidence": _evidence("evidence"),
    "identity": _evidence("identity"),
    "answer_files": _evidence("answer_files"),
    "imports": _evidence("imports"),
    "question_media": _evidence("question_media"),
}
