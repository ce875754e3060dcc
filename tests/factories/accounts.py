"""Institutions and people for tests."""

from accounts.models import Institution, Membership, User
from accounts.permissions import forget_roles
from accounts.roles import Role
from accounts.tenancy import within
from proctor_site.kernel import clock
from tests.factories.names import endings

PASSWORD = "correct horse battery"
_endings = endings()


def make_institution(
    name: str = "", slug: str = "", *, confirmed: bool = True, **fields: object
) -> Institution:
    """A confirmed institution in Austria."""
    ending = next(_endings)
    return Institution.objects.create(
        name=name or f"Institution {ending}",
        slug=slug or f"institution-{ending}",
        confirmed_at=clock.now() if confirmed else None,
        **{
            "country": "AT",
            "time_zone": "Europe/Vienna",
            "owner_email": f"owner{ending}@example.org",
            **fields,
        },
    )


def make_user(*, name: str = "", email: str = "", password: str = PASSWORD) -> User:
    """A person without any membership, whose e-mail address is verified."""
    from allauth.account.models import EmailAddress

    ending = next(_endings)
    name = name or f"Person {ending}"
    email = email or f"{name.split()[0].lower()}{ending}@example.org"
    user = User.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def add_role(user: User, institution: Institution, *roles: Role) -> User:
    """Makes the person a member in further roles."""
    with within(institution):
        for role in roles:
            Membership.objects.create(institution=institution, user=user, role=role)
    forget_roles(user)
    return user


def make_member(institution: Institution, *roles: Role, name: str = "", email: str = "") -> User:
    """A new person with these roles in the institution; their password is PASSWORD."""
    return add_role(make_user(name=name, email=email), institution, *roles)
