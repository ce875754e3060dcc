"""An institution's own periods: changed with a reason, within the bounds of the register."""

from dataclasses import dataclass

from django.db import transaction

from accounts import audit
from accounts.models import Institution, User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput
from proctoring import holds, keeping
from proctoring.models import RetentionPeriod
from proctoring.rights import retention
from proctoring.rights.kinds import KINDS, kind_of
from proctoring.rights.register import Kind


@dataclass(frozen=True, slots=True)
class Line:
    """One kind as the page of periods shows it. `days` None: without end. `due`: what would go tonight."""

    kind: Kind
    days: int | None
    own: RetentionPeriod | None
    due: int


def lines(institution: Institution) -> list[Line]:
    """Every kind with its period in the institution, and what is due now."""
    own = {
        each.kind: each
        for each in RetentionPeriod.objects.filter(institution=institution).select_related("changed_by")
    }
    due = retention.count_due(institution)
    return [
        Line(kind, own[code].days if code in own else kind.days, own.get(code), due.get(code, 0))
        for code, kind in KINDS.items()
    ]


def check_days(kind: Kind, days: object) -> int:
    """The days, if the kind may be kept so long. Raises InvalidInput (`days`), with the bound's reason."""
    if kind.days is None:
        raise InvalidInput("This kind has no period: it is kept with the account.", field="days")
    try:
        number = int(str(days).strip())
    except ValueError:
        raise InvalidInput("Give a whole number of days.", field="days") from None
    if number < kind.least:
        raise InvalidInput(f"At least {kind.least} days. {kind.least_why}", field="days", code="too_few")
    if number > kind.most:
        raise InvalidInput(f"At most {kind.most} days. {kind.most_why}", field="days", code="too_many")
    if number < 0:
        raise InvalidInput("Give a number of days from 0 on.", field="days")
    return number


def would_go(institution: Institution, code: str, days: object) -> int:
    """How many rows and files of the kind would go by that period. Raises InvalidInput, NotFound."""
    kind = kind_of(code)
    number = check_days(kind, days)
    return retention.count_due(institution, {code: number}).get(code, 0)


def change(
    institution: Institution, code: str, *, actor: User, days: object, reason: object
) -> RetentionPeriod:
    """Sets the period of a kind. Raises InvalidInput (days, reason), NotFound."""
    kind = kind_of(code)
    number = check_days(kind, days)
    said = holds.required_reason(reason, "Say why the period is changed; it stays in the audit log.")
    with transaction.atomic():
        before = keeping.days_in(institution)[code]
        row, _ = RetentionPeriod.objects.update_or_create(
            institution=institution,
            kind=code,
            defaults={"days": number, "reason": said, "changed_at": clock.now(), "changed_by": actor},
        )
        detail = {"kind": code, "before": before, "after": number, "reason": said}
        audit.record(institution, row, "retention_period.changed", actor=actor, detail=detail)
    return row
