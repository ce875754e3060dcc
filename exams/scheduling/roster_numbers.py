"""Candidate numbers in rosters: whose they are already, which row clashes, and giving them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models.functions import Lower

from accounts.candidate_numbers import key_of
from accounts.models import Membership, User
from accounts.roles import Role
from accounts.services.candidate_numbers import holders_of, in_words, set_numbers
from exams.models import PendingEnrolment, Sitting
from exams.scheduling.roster_rows import RosterRow


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the institution knows of the numbers in some rows; keys are `key_of` numbers."""

    holders: dict[str, Membership] = field(default_factory=dict)
    promised_to: dict[str, str] = field(default_factory=dict)
    held: dict[int, str] = field(default_factory=dict)
    promised: dict[str, str] = field(default_factory=dict)

    def clash(self, row: RosterRow, user: User | None) -> str:
        """Whose the row's number is, when it is not of the person whom the row names; otherwise ""."""
        key = key_of(row.external_id)
        holder = self.holders.get(key)
        is_own = holder is None or holder.user == user or holder.user.email == row.email
        if holder is not None and not is_own:
            return f"The candidate number {row.external_id} belongs to {in_words(holder)}."
        address = self.promised_to.get(key, row.email)
        if address != row.email:
            return f"The candidate number {row.external_id} is that of {address}, who is invited."
        return ""

    def before(self, row: RosterRow, user: User | None) -> str:
        """The number that the person of the row has, or was promised."""
        return self.held.get(user.pk, "") if user else self.promised.get(row.email, "")

    def changes(self, row: RosterRow, user: User | None) -> bool:
        """Whether the row brings another number than the person has."""
        return bool(row.external_id) and row.external_id != self.before(row, user)


def find_numbers(sitting: Sitting, rows: Iterable[RosterRow]) -> Numbers:
    """Asks the database only when a row names a number; of other institutions nothing is read."""
    named = [row for row in rows if row.external_id]
    if not named:
        return Numbers()
    here = sitting.institution
    keys = {key_of(row.external_id) for row in named}
    emails = {row.email for row in named}
    pending = PendingEnrolment.objects.filter(institution=here).exclude(external_id="").order_by()
    taken = pending.annotate(number_key=Lower("external_id")).filter(number_key__in=keys)
    members = Membership.objects.filter(institution=here, role=Role.CANDIDATE).exclude(external_id="")
    of_people = members.filter(user__email__in=emails) | members.filter(
        user__emailaddress__email__in=emails, user__emailaddress__verified=True
    )
    return Numbers(
        holders_of(here, keys),
        dict(taken.values_list("number_key", "email")),
        dict(of_people.order_by().values_list("user", "external_id")),
        dict(pending.filter(email__in=emails).values_list("email", "external_id")),
    )


def give_numbers(
    sitting: Sitting, people: Mapping[int, str], invited: Mapping[str, str], *, actor: User
) -> None:
    """Gives numbers to candidates (by person) and promises them to the invited (by address), as judged.

    In the caller's transaction, which holds the lock of the institution.
    """
    if people:
        set_numbers(sitting.institution, people, actor=actor)
    for email, number in invited.items():
        rows = PendingEnrolment.objects.filter(institution=sitting.institution, email=email)
        rows.update(external_id=number)  # of all sittings: a person has one number
