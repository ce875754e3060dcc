"""Users, institutions, registrations, memberships, invitations, jobs and audit entries."""

from accounts.models.audit_entry import AuditEntry
from accounts.models.institution import Institution
from accounts.models.job import Job
from accounts.models.membership import Invitation, Membership
from accounts.models.registration import Registration
from accounts.models.user import User

__all__ = ["AuditEntry", "Institution", "Invitation", "Job", "Membership", "Registration", "User"]
