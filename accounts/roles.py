"""The roles a member can have, and groups of them that rights refer to."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a member does in an institution; one person may have several."""

    CANDIDATE = "candidate", "Candidate"
    AUTHOR = "author", "Author"
    EXAM_OFFICER = "exam_officer", "Exam officer"
    PROCTOR = "proctor", "Proctor"
    REVIEWER = "reviewer", "Reviewer"
    DATA_PROTECTION_OFFICER = "data_protection_officer", "Data protection officer"
    ADMIN = "admin", "Institution admin"


STAFF_ROLES = frozenset(set(Role.values) - {Role.CANDIDATE.value})
"""Roles that work in the admin site, and that a required second factor applies to."""
ROLE_CODES = tuple(Role.values)
"""As the API names them."""
