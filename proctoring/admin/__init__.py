"""The admin pages of proctoring: review of incidents, policies, sessions, consents, warnings."""

from proctoring.admin import identity, incidents, policies, sessions

__all__ = ["identity", "incidents", "policies", "sessions"]
