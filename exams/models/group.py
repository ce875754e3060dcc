"""Groups of candidates of an institution, such as a class or a course."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel


class CandidateGroup(TenantModel):
    """A named group; enrolling it enrols everybody who is in it at that moment."""

    name = models.CharField(max_length=100)
    is_compared = models.BooleanField(
        "compare flag rates for fairness",
        default=False,
        help_text="The proctoring report of a sitting then says, under the name of the group, whether its "
        "candidates were flagged more often than the others, from 10 candidates on either side. Choose this "
        "only for groups whose name may be read by everybody who sees that report.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["institution", "name"], name="group_name_once")]

    def __str__(self) -> str:
        return self.name


class CandidateGroupMember(TenantModel):
    """One candidate in one group."""

    group = models.ForeignKey(CandidateGroup, on_delete=models.CASCADE, related_name="members")
    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="candidate_groups"
    )

    class Meta:
        ordering = ["group_id", "candidate__name", "id"]
        constraints = [models.UniqueConstraint(fields=["group", "candidate"], name="in_a_group_once")]

    def __str__(self) -> str:
        return f"{self.candidate} in {self.group}"
