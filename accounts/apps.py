"""Users, institutions, memberships, rights, audit."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Institution and members"

    def ready(self) -> None:
        from accounts import permissions, sign_in_log, sign_in_mails  # noqa: F401  (register rules, receivers, a job)
        from accounts.admin import (  # noqa: F401  (register pages)
            api_tokens,
            audit_entries,
            institutions,
            jobs,
            members,
            saved_filters,
            webhooks,
        )
        from accounts.webhooks import sending  # noqa: F401  (registers its jobs)
