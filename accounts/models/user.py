"""A person who signs in; known by e-mail address, member of any number of institutions."""

from __future__ import annotations

from typing import Any, ClassVar

import rules
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address; addresses are stored in lower case."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractUser):
    """A person. `is_superuser` is the operator of the whole site, not a role in an institution."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField("full name", max_length=200)
    time_zone = models.CharField(
        max_length=64, blank=True, help_text="Times are shown in this zone; empty: the institution's zone."
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Rights come from `rules` alone, by role in an institution.

        Django's shortcut for superusers is left out on purpose: the operator of the site is a member of
        nothing and must not see tenants' rows without a membership that its admin can see.
        """
        return self.is_active and bool(rules.has_perm(perm, self, obj))

    def has_module_perms(self, app_label: str) -> bool:
        """Whether any right of the app is held in the institution at hand."""
        return self.is_active and any(
            name.startswith(f"{app_label}.") and rules.has_perm(name, self)
            for name in rules.permissions.permissions
        )
