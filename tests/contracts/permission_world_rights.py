"""A period, a hold, a night, a request with its certificate, and a copy of the world's owner's data."""

from accounts.models import Institution, User
from accounts.roles import Role
from proctor_site.kernel import clock
from proctoring import holds
from proctoring.models import DataExport, ErasureRequest, RetentionPeriod, RetentionRun
from proctoring.rights import certificates
from tests.factories.accounts import make_member


def make_rights(institution: Institution, person: User) -> None:
    """Makes them; each is found by its model."""
    officer = make_member(institution, Role.ADMIN)
    now = clock.now()
    own = {"institution": institution}
    RetentionPeriod.objects.create(kind="messages", days=100, changed_at=now, changed_by=officer, **own)
    holds.place(institution, actor=officer, scope="person", subject=officer, reason="Court")
    run = RetentionRun.objects.create(night=now.date(), started_at=now, finished_at=now, **own)
    certificates.make(institution, subject=run, counts={"messages": 1}, heads={}, keys=[])
    ErasureRequest.objects.create(person=person, asked_by=person, asked_at=now, **own)
    DataExport.objects.create(person=person, asked_by=person, asked_at=now, **own)
