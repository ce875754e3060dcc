"""Meetings that belong to no sitting (interviews): who is invited, who was there when, and their e-mails."""

from django.conf import settings
from django.db import models

from accounts.models.outgoing_mail import OutgoingMail
from accounts.tenancy import TenantModel


class OwnMeeting(models.Model):
    """What a meeting of its own has besides: title, perhaps a slot, who made it. Empty with a sitting."""

    title = models.CharField(max_length=200, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True, help_text="The slot; empty: any time.")
    closes_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(null=True, blank=True)
    calendar_sequence = models.PositiveIntegerField(
        default=0, help_text="Grows with each change, so that calendars replace what they have."
    )

    class Meta:
        abstract = True


class InvitedAs(models.TextChoices):
    """What somebody is invited as; nobody changes from one to the other in a meeting."""

    HOST = "host", "host"
    CANDIDATE = "candidate", "candidate"


class MeetingInvitation(TenantModel):
    """One person's right to one meeting of its own. Decided anew whenever they come in."""

    meeting = models.ForeignKey("proctoring.Meeting", on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(max_length=254, help_text="In lower case.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="meeting_invitations",
        help_text="Empty until somebody without an account here has accepted.",
    )
    part = models.CharField(max_length=10, choices=InvitedAs.choices)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    token_hash = models.CharField(max_length=64, unique=True, help_text="Of the link sent last.")
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True, help_text="A candidate, to being seen and heard.")
    agreed_to = models.JSONField(
        default=dict, blank=True, help_text="Version of the notice, and ids of the hosts that it named."
    )
    let_in_at = models.DateTimeField(null=True, blank=True, help_text="Set while a candidate is let in.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "email"], name="meeting_invitation_once"),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=models.Q(let_in_at__isnull=False),
                name="meeting_one_candidate_in",
            ),
            models.CheckConstraint(
                condition=models.Q(let_in_at=None) | models.Q(part="candidate"),
                name="meeting_only_candidates_let_in",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.email} as {self.part}"


class MeetingStay(TenantModel):
    """A page was in a meeting of its own, from when to when. For the record, and who is there now."""

    participant = models.ForeignKey("proctoring.Participant", on_delete=models.PROTECT, related_name="stays")
    connection = models.CharField(max_length=32, unique=True, help_text="The page, by a random name.")
    began_at = models.DateTimeField()
    let_in_at = models.DateTimeField(null=True, blank=True, help_text="When this page was first let in.")
    seen_at = models.DateTimeField(help_text="The last sign of the page.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=models.Q(ended_at=None), name="meeting_one_page_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant.user} from {self.began_at:%Y-%m-%d %H:%M}"


class MeetingMailKind(models.TextChoices):
    """What an e-mail about a meeting tells."""

    INVITED = "invited", "invitation"
    CHANGED = "changed", "changed"
    CANCELLED = "cancelled", "cancelled"
    REVOKED = "revoked", "invitation taken back"


class MeetingMail(OutgoingMail):
    """One e-mail about a meeting of its own: the outbox, and what became of it."""

    invitation = models.ForeignKey(MeetingInvitation, on_delete=models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=10, choices=MeetingMailKind.choices)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["institution"], condition=models.Q(claimed_at=None), name="meeting_mail_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.invitation.email}"
