"""Static files, and the private evidence store behind django-storages."""

from pathlib import Path
from typing import Any

from proctor_site.settings import env
from proctor_site.settings.database import DATA_DIR

STATIC_URL = "/static/"
STATICFILES_DIRS = [env.BASE_DIR / "static"]
STATIC_ROOT = env.folder("PROCTOR_STATIC_FOLDER", DATA_DIR / "static")
MEDIA_URL = ""  # nothing uploaded is ever served by address
MEDIA_ROOT = DATA_DIR / "media"

EVIDENCE_STORE = env.choice("PROCTOR_EVIDENCE_STORE", "folder", ("folder", "s3"))
EVIDENCE_FOLDER = env.folder("PROCTOR_EVIDENCE_FOLDER", DATA_DIR / "evidence")
EVIDENCE_SPOOL = DATA_DIR / "evidence_spool"
"""Evidence waits here while the store cannot be written; `evidence.store.retry_spooled` moves it on."""


def _add_headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


SERVESTATIC_ADD_HEADERS_FUNCTION = _add_headers

EVIDENCE_KEY = env.secret("PROCTOR_EVIDENCE_KEY")
"""Master key of evidence and photos; derived from the secret key when empty. Lose it, and they are lost."""
EVIDENCE_KEYS_BEFORE = env.secret("PROCTOR_EVIDENCE_KEYS_BEFORE").split()
"""Former master keys, newest first, which still read; until `manage.py rotate_evidence_key` has run."""


def _s3(prefix: str, otherwise: dict[str, Any]) -> dict[str, Any]:
    """Read in both modes, so that switching the store back does not make them unknown names."""
    return {
        "bucket_name": env.text(f"{prefix}_BUCKET") or otherwise.get("bucket_name", ""),
        "endpoint_url": env.text(f"{prefix}_ENDPOINT") or otherwise.get("endpoint_url"),
        "region_name": env.text(f"{prefix}_REGION") or otherwise.get("region_name"),
        "access_key": env.secret(f"{prefix}_ACCESS_KEY") or otherwise.get("access_key"),
        "secret_key": env.secret(f"{prefix}_SECRET_KEY") or otherwise.get("secret_key"),
        "default_acl": env.text(f"{prefix}_ACL") or otherwise.get("default_acl"),
    }


_S3 = _s3("PROCTOR_S3", {})
_IDENTITY_S3 = _s3("PROCTOR_IDENTITY_S3", _S3)
IDENTITY_STORE = env.choice("PROCTOR_IDENTITY_STORE", EVIDENCE_STORE, ("folder", "s3"))
IDENTITY_FOLDER = env.folder("PROCTOR_IDENTITY_FOLDER", EVIDENCE_FOLDER / "identity")
IDENTITY_PREFIX = env.text("PROCTOR_IDENTITY_S3_PREFIX", "identity")


def _folder(location: Path) -> dict[str, Any]:
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(location),
            "base_url": None,  # no address: files leave only through a permission check
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def _bucket(options: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {**options, "querystring_auth": True, "file_overwrite": False, "location": prefix},
    }


def _evidence(prefix: str) -> dict[str, Any]:
    return _folder(EVIDENCE_FOLDER / prefix) if EVIDENCE_STORE == "folder" else _bucket(_S3, prefix)


STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "proctor_site.static_files.ModuleManifestStorage"},
    "evidence": _evidence("evidence"),
    # Who somebody is may lie elsewhere than what somebody did.
    "identity": _folder(IDENTITY_FOLDER)
    if IDENTITY_STORE == "folder"
    else _bucket(_IDENTITY_S3, IDENTITY_PREFIX),
    "answer_files": _evidence("answer_files"),
    "replies": _evidence("replies"),
    "imports": _evidence("imports"),
    "exports": _evidence("exports"),
    "question_media": _evidence("question_media"),
    "reports": _evidence("reports"),
}
