"""Users, institutions, memberships, rights, audit."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Institution and members"

    def ready(self) -> None:
        from accounts import permissions  # noqa: F401  (registers the rules)
        from accounts.admin import (  # noqa: F401  (register pages)
            api_tokens,
            audit_entries,
            institutions,
            jobs,
            members,
            saved_filters,
        )
