"""E-mails to the candidates of a sitting: written once each, then sent by a job."""

from django.db import models

from accounts.models.outgoing_mail import OutgoingMail
from exams.models.enrolment import Enrolment
from exams.models.sitting import Sitting


class MailKind(models.TextChoices):
    """What an e-mail tells."""

    ENROLLED = "enrolled", "Enrolment"
    INVITED = "invited", "Invitation"
    CHANGED = "changed", "Change of the sitting"
    CANCELLED = "cancelled", "Cancellation"
    WITHDRAWN = "withdrawn", "Withdrawal"
    REMINDER_DAY = "reminder_day", "Reminder a day before"
    REMINDER_HOUR = "reminder_hour", "Reminder an hour before"
    RESULT = "result", "Result"
    RESULT_CHANGED = "result_changed", "Changed result"


class SittingMail(OutgoingMail):
    """One e-mail to one address about one sitting."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="mails")
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, null=True, related_name="mails", help_text="Empty: invited only."
    )
    address = models.EmailField("e-mail address")
    kind = models.CharField(max_length=20, choices=MailKind.choices)
    occasion = models.CharField(max_length=60, help_text="Tells two of one kind apart, such as the new time.")

    class Meta:
        verbose_name = "e-mail"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "address", "kind", "occasion"], name="sitting_mail_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["institution", "id"], condition=models.Q(claimed_at=None), name="sitting_mail_to_send"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.address}"
