"""The admin pages of proctoring: review of incidents, policies, sessions, consents, photos, warnings."""

from proctoring.admin import (
    cases,
    data_exports,
    deletion_certificates,
    identity,
    incidents,
    kept_face_data,
    meetings,
    officer_photos,
    photo_uploads,
    policies,
    precision,
    rights,
    sealed_packages,
    sessions,
    talk,
    wording,
)

__all__ = [
    "cases",
    "data_exports",
    "deletion_certificates",
    "identity",
    "incidents",
    "kept_face_data",
    "meetings",
    "officer_photos",
    "photo_uploads",
    "policies",
    "rights",
    "precision",
    "sealed_packages",
    "sessions",
    "talk",
    "wording",
]
