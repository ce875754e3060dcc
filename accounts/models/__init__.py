"""Users, institutions, registrations, memberships, tokens, jobs, audit log, saved filters and more."""

from accounts.models.api_token import ApiToken, IdempotentCall
from accounts.models.audit_checkpoint import AuditCheckpoint
from accounts.models.audit_entry import AuditEntry
from accounts.models.file_to_remove import FileToRemove
from accounts.models.institution import Institution
from accounts.models.job import Job
from accounts.models.membership import Invitation, Membership
from accounts.models.registration import Registration
from accounts.models.saved_filter import SavedFilter
from accounts.models.sign_in import SignIn
from accounts.models.user import User
from accounts.models.webhook import WebhookEndpoint, WebhookMessage, WebhookTry

__all__ = [
    "ApiToken",
    "AuditCheckpoint",
    "AuditEntry",
    "FileToRemove",
    "IdempotentCall",
    "Institution",
    "Invitation",
    "Job",
    "Membership",
    "Registration",
    "SavedFilter",
    "SignIn",
    "User",
    "WebhookEndpoint",
    "WebhookMessage",
    "WebhookTry",
]
