"""What candidates answer to a case: replies, grounds of an appeal, their files; and e-mails about a case."""

import uuid

from django.conf import settings
from django.db import models

from accounts.models.outgoing_mail import OutgoingMail
from accounts.tenancy import TenantModel
from proctoring.models.case import Case
from proctoring.models.interview import Interview


class ReplyPart(models.TextChoices):
    """What a text is about."""

    REPLY = "reply", "Reply"
    APPEAL = "appeal", "Appeal"


def new_key() -> str:
    """Names one handing in: sent twice under one key, it is one."""
    return uuid.uuid4().hex


class Reply(TenantModel):
    """One text with files that a candidate handed in. Never changed; chained in order of the case.

    `is_late`: it came after the window, or after the candidate had said to be done; it is kept and shown so.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="replies")
    part = models.CharField(max_length=6, choices=ReplyPart.choices)
    candidate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(help_text="Place among all of the case, from 1.")
    key = models.CharField(max_length=32)
    text = models.TextField(blank=True)
    text_sha256 = models.CharField(max_length=64)
    is_late = models.BooleanField(default=False)
    handed_in_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["case_id", "number"]
        verbose_name_plural = "replies"
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="reply_number_once"),
            models.UniqueConstraint(fields=["case", "key"], name="reply_key_once"),
            models.CheckConstraint(condition=models.Q(part__in=ReplyPart.values), name="reply_part_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.number}"


class ReplyWindow(TenantModel):
    """What a candidate is writing and has not handed in yet.

    `ended_at`: the end of the window was seen to, and who works on the case was told.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reply_windows")
    part = models.CharField(max_length=6, choices=ReplyPart.choices)
    draft = models.TextField(blank=True)
    draft_saved_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=32, default=new_key, help_text="Of what is handed in next.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["case_id", "part"]
        constraints = [
            models.UniqueConstraint(fields=["case", "part"], name="reply_window_once"),
            models.CheckConstraint(
                condition=models.Q(part__in=ReplyPart.values), name="reply_window_part_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} to case {self.case_id}"


class ReplyFile(TenantModel):
    """One file of a reply. `reply` empty: it belongs to the draft."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reply_files")
    part = models.CharField(max_length=6, choices=ReplyPart.choices)
    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, null=True, blank=True, related_name="files")
    name = models.CharField(max_length=100, help_text="As the candidate named it, cleaned.")
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    stored_name = models.CharField(max_length=200, help_text="Its name in the private store.")
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["case_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(part__in=ReplyPart.values), name="reply_file_part_known"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CaseMailKind(models.TextChoices):
    """What an e-mail about a case tells."""

    REPLY_OPENED = "reply_opened", "Reply window opened"
    REPLY_REMINDER = "reply_reminder", "Reminder before its end"
    DECIDED = "decided", "Decision"
    APPEAL_RECEIVED = "appeal_received", "Appeal received"
    APPEAL_DECIDED = "appeal_decided", "Decision about the appeal"
    READY = "ready", "Ready to decide (to staff)"
    INTERVIEW_OFFERED = "interview_offered", "Invitation to an interview"
    INTERVIEW_OFF = "interview_off", "Interview not taking place"
    INTERVIEW_RESULT = "interview_result", "What came of an interview"
    INTERVIEW_NEWS = "interview_news", "News of an interview (to staff)"


class CaseMail(OutgoingMail):
    """One e-mail about a case, to its candidate or to who works on it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="mails")
    interview = models.ForeignKey(
        Interview, on_delete=models.PROTECT, null=True, blank=True, related_name="mails"
    )
    kind = models.CharField(max_length=24, choices=CaseMailKind.choices)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=60, help_text="Tells two of one kind apart.")

    class Meta:
        verbose_name = "e-mail about a case"
        verbose_name_plural = "e-mails about cases"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "to", "kind", "occasion"], name="case_mail_once")
        ]
        indexes = [
            models.Index(
                fields=["institution", "id"], condition=models.Q(claimed_at=None), name="case_mail_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.to}"
