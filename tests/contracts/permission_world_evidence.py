"""A package of evidence of the world's case."""

from accounts.models import User
from proctor_site.kernel import clock
from proctoring.models import Case, SealedPackage


def make_package(case: Case, officer: User) -> SealedPackage:
    """A row whose file is not made yet."""
    return SealedPackage.objects.create(
        institution=case.institution,
        case=case,
        recipient="The board",
        reason="Hearing",
        made_by=officer,
        asked_at=clock.now(),
    )
