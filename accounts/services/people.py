"""Finds and creates people. An address counts as proved when a link sent to it was used."""

from allauth.account.models import EmailAddress
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.models.institution import known_time_zone
from proctor_site.kernel.errors import Conflict, InvalidInput


def find_person(email: str) -> User | None:
    """The person who signs in with this address, in any spelling of its case."""
    address = email.strip().lower()
    by_verified = EmailAddress.objects.filter(email=address, verified=True).select_related("user").first()
    return by_verified.user if by_verified else User.objects.filter(email=address).first()


def create_person(
    *, email: str, name: str, password: str | None = None, password_hash: str = "", time_zone: str = ""
) -> User:
    """A person whose address is proved (or vouched for by the caller), able to sign in at once.

    Give `password`, or the `password_hash` of one that was checked before; neither: no password yet, and
    "forgot password" sets one. Raises InvalidInput (name, password) and Conflict (email).
    """
    shown = " ".join(name.split())
    if not shown:
        raise InvalidInput("Enter the full name.", field="name", code="name_missing")
    if find_person(email) is not None:
        raise Conflict("There is a person with this address already.", field="email", code="email_taken")
    if password is not None:
        check_new_password(password, email=email, name=shown)
    with transaction.atomic():
        user = User.objects.create_user(email, password, name=shown, time_zone=time_zone)
        if password_hash:
            user.password = password_hash
            user.save(update_fields=["password"])
        prove_address(user)
    return user


def prove_address(user: User) -> None:
    """Notes that the person's address is theirs, so that sign-in does not ask for it again."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).update(primary=False)
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def check_new_password(password: str, *, email: str, name: str) -> None:
    """Raises InvalidInput with every reason why the password is too weak."""
    try:
        password_validation.validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="password", code="password_weak") from error


def change_person(user: User, *, name: str, time_zone: str) -> None:
    """Stores the person's name and time zone ("" means the institution's). Raises InvalidInput."""
    shown = " ".join(name.split())
    if not shown:
        raise InvalidInput("Enter your full name.", field="name", code="name_missing")
    if time_zone:
        try:
            known_time_zone(time_zone)
        except ValidationError as error:
            raise InvalidInput(" ".join(error.messages), field="time_zone") from error
    user.name, user.time_zone = shown, time_zone
    user.save(update_fields=["name", "time_zone"])
