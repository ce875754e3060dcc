"""The admin pages of proctoring: review of incidents, policies, sessions, consents, photos, warnings."""

from proctoring.admin import (
    identity,
    incidents,
    kept_face_data,
    meetings,
    officer_photos,
    photo_uploads,
    policies,
    sessions,
    talk,
    wording,
)

__all__ = [
    "identity",
    "incidents",
    "kept_face_data",
    "meetings",
    "officer_photos",
    "photo_uploads",
    "policies",
    "sessions",
    "talk",
    "wording",
]
