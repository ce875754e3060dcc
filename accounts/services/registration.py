"""Registers an institution, and confirms it when the link in the owner's e-mail is used."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction

from accounts import audit, links, mail
from accounts.models import Institution, Registration, User
from accounts.models.institution import InstitutionKind
from accounts.roles import Role
from accounts.services import institutions, memberships, people
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed

VALID_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Application:
    """What the owner of a new institution enters."""

    name: str
    slug: str
    country: str
    time_zone: str
    owner_name: str
    owner_email: str
    password: str
    kind: str = InstitutionKind.EDUCATION.value


def register_institution(application: Application) -> Registration:
    """Reserves the slug and sends the confirmation link; nothing can be used before it is confirmed.

    A slug that waits for confirmation can be taken again by the same address, or by anybody once the link
    has expired. Whether the owner's address belongs to a known person is not told to the caller.
    Raises InvalidInput (naming the field) and Conflict (slug).
    """
    email = application.owner_email.strip().lower()
    owner_name = " ".join(application.owner_name.split())
    if not owner_name:
        raise InvalidInput("Enter your full name.", field="owner_name", code="name_missing")
    people.check_new_password(application.password, email=email, name=owner_name)
    wanted = Institution(
        name=" ".join(application.name.split()),
        slug=application.slug,
        country=application.country,
        time_zone=application.time_zone,
        kind=application.kind,
        owner_email=email,
    )
    institutions.check_fields(wanted)
    password_hash = make_password(application.password)
    try:
        with transaction.atomic():
            return _store(wanted, owner_name, password_hash)
    except IntegrityError as error:
        raise _slug_taken() from error


def _store(wanted: Institution, owner_name: str, password_hash: str) -> Registration:
    kept = Institution.objects.select_for_update().filter(slug=wanted.slug).first()
    if kept is not None:
        _refuse_unless_free(kept, wanted.owner_email)
        wanted.pk, wanted.created_at = kept.pk, kept.created_at
    wanted.save()
    with within(wanted):
        registration = Registration.objects.filter(institution=wanted).first() or Registration(
            institution=wanted
        )
        registration.owner_name = owner_name
        registration.password_hash = password_hash
        registration.created_at = clock.now()
        audit.record(
            wanted,
            wanted,
            "institution.registered",
            detail={
                "slug": wanted.slug,
                "country": wanted.country,
                "kind": wanted.kind,
                "time_zone": wanted.time_zone,
            },
        )
        _send_link(registration)
    return registration


def _refuse_unless_free(kept: Institution, email: str) -> None:
    waiting = Registration.objects.with_scopes_disabled().filter(institution=kept, used_at=None).first()
    is_free = kept.confirmed_at is None and (
        waiting is None or waiting.expires_at <= clock.now() or kept.owner_email == email
    )
    if not is_free:
        raise _slug_taken()


def _slug_taken() -> Conflict:
    return Conflict("This short name is taken; choose another one.", field="slug", code="slug_taken")


def resend_link(registration: Registration) -> None:
    """Sends a new link; the old one stops working. Raises Conflict when it was confirmed already."""
    if registration.used_at is not None:
        raise Conflict("This institution is confirmed already. Sign in to go on.", code="link_used")
    with within(registration.institution), transaction.atomic():
        _send_link(registration)


def _send_link(registration: Registration) -> None:
    secret, registration.token_hash = links.make_secret()
    registration.expires_at = clock.now() + VALID_FOR
    registration.mail_failed_at = None
    registration.save()
    transaction.on_commit(lambda: _deliver(registration, secret))


def _deliver(registration: Registration, secret: str) -> None:
    institution = registration.institution
    context = {"institution": institution, "secret": secret, "expires_at": registration.expires_at}
    if mail.send("confirm_institution", institution.owner_email, context):
        return
    registration.mail_failed_at = clock.now()
    with within(institution):
        registration.save(update_fields=["mail_failed_at"])


def find_by_link(secret: str) -> Registration:
    """The registration of a link, also of an expired or used one. Raises NotFound (link_unknown)."""
    found = (
        Registration.objects.with_scopes_disabled()
        .filter(token_hash=links.hash_of(secret))
        .select_related("institution")
        .first()
    )
    if found is None:
        raise links.unknown_link()
    return found


def confirm_institution(
    secret: str, *, user: User | None = None, password: str = ""
) -> tuple[Institution, User]:
    """Makes the institution usable and its owner an admin; returns both.

    The owner shows who they are by being signed in (`user`), or by the password: that of their account if
    they have one, else the one chosen at registration. Raises NotFound, Conflict, TooLate for a link that is
    no good, NotAllowed (field password).
    """
    registration = find_by_link(secret)
    institution = registration.institution
    with within(institution), transaction.atomic():
        Registration.objects.select_for_update().get(pk=registration.pk)
        registration.refresh_from_db(fields=["used_at", "expires_at"])
        links.refuse_if_over(used_at=registration.used_at, expires_at=registration.expires_at)
        owner = _owner(registration, user, password)
        institution.confirmed_at = clock.now()
        institution.save(update_fields=["confirmed_at"])
        registration.used_at = institution.confirmed_at
        registration.password_hash = ""
        registration.save(update_fields=["used_at", "password_hash"])
        audit.record(institution, institution, "institution.confirmed", actor=owner)
        memberships.add_member(institution, owner, Role.ADMIN, actor=owner)
    return institution, owner


def _owner(registration: Registration, user: User | None, password: str) -> User:
    email = registration.institution.owner_email
    known = people.find_person(email)
    if known is not None and (known == user or known.check_password(password)):
        return known
    if known is None and check_password(password, registration.password_hash):
        return people.create_person(
            email=email,
            name=registration.owner_name,
            password_hash=registration.password_hash,
            time_zone=registration.institution.time_zone,
        )
    raise NotAllowed(
        "This is not the password. If you already had an account here, use the password of that account.",
        code="wrong_password",
        field="password",
    )
