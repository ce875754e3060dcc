"""A mixin for admin pages of rows that are only read there, because services alone write them."""

from typing import Any

from django.http import HttpRequest


class NeverByHand:
    """Mixin, before TenantAdmin: no adding, changing or deleting."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False
