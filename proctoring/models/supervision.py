"""What institutions prepare for their proctors (coded reasons, ready texts), and acts on many at once."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Attempt, Sitting

LONGEST_TEXT = 300
"""Of a prepared text in one language: with a few words of the proctor it still fits a message."""


class ActKind(models.TextChoices):
    """What a proctor does to an attempt, or a reviewer judges of it, with a reason."""

    PAUSE = "pause", "Pause"
    RESUME = "resume", "Resume"
    TERMINATE = "terminate", "Terminate"
    REINSTATE = "reinstate", "Reinstate"
    ADMIT = "admit", "Let in"
    GIVE_TIME = "give_time", "Give time"
    WARN = "warn", "Warn"
    ASK = "ask", "Ask to show something"
    READ = "read", "Read a case afterwards"


class TextKind(models.TextChoices):
    """Where a ready text is offered."""

    WARN = "warn", "Warning to a candidate"
    ANNOUNCE = "announce", "Announcement to a sitting"


class ReasonCode(TenantModel):
    """A reason with a name of its own. Acts keep code and words as they were, so that rows stay readable."""

    code = models.CharField(
        max_length=40,
        validators=[RegexValidator(r"^[a-z0-9_]+$", "Small letters, digits and underscores only.")],
        help_text="Stands in the audit log and in exports, such as left_room.",
    )
    acts = models.JSONField("for", default=list, help_text="Where it is offered.")
    wording = models.CharField("staff read", max_length=120)
    texts = models.JSONField(
        "candidates read", default=dict, help_text="By language tag; nothing: they read no more than the act."
    )
    needs_words = models.BooleanField(
        "needs words of the proctor", default=False, help_text="The code alone does not say enough."
    )
    is_active = models.BooleanField("offered", default=True)
    order = models.PositiveSmallIntegerField(default=100, help_text="Small numbers come first.")

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["institution", "code"], name="reason_code_once")]

    def __str__(self) -> str:
        return self.wording


class ReadyText(TenantModel):
    """A text that proctors choose and may change before it is sent; in as many languages as wanted."""

    kind = models.CharField(max_length=10, choices=TextKind.choices, default=TextKind.WARN)
    texts = models.JSONField(default=dict, help_text="By language tag.")
    is_active = models.BooleanField("offered", default=True)
    order = models.PositiveSmallIntegerField(default=100, help_text="Small numbers come first.")

    class Meta:
        ordering = ["kind", "order", "id"]

    def __str__(self) -> str:
        texts: dict[str, str] = self.texts
        return next(iter(texts.values()), "(empty)")


class ActRun(TenantModel):
    """One act on one or many attempts. The same `key` again carries out only what was left undone."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="act_runs")
    proctor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    act = models.CharField(max_length=12)
    asked = models.JSONField(default=dict, help_text="What was sent, without the attempts.")
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["sitting", "proctor", "key"], name="act_run_once")]

    def __str__(self) -> str:
        return f"{self.act} in {self.sitting}"


class ActResult(TenantModel):
    """What became of one attempt in a run; written in the transaction of the act itself."""

    run = models.ForeignKey(ActRun, on_delete=models.PROTECT, related_name="results")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    is_done = models.BooleanField()
    code = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    effect = models.JSONField(default=dict, help_text="What undoing needs to know.")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "attempt"], name="act_result_once")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.attempt_id} {self.code}"


class TimeGift(TenantModel):
    """Minutes that a proctor gave while an attempt ran; the allowance with `batch` carries them."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="time_gifts")
    proctor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=900)
    reason_code = models.CharField(max_length=40, blank=True)
    batch = models.UUIDField(unique=True)
    given_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"+{self.minutes} min"


def text_in_language(texts: Any, language: str) -> tuple[str, str]:
    """The text in that language, else in its main language, English, or the first there is; and its tag."""
    if not isinstance(texts, dict) or not texts:
        return "", ""
    for tag in (language, language.split("-")[0], "en"):
        if texts.get(tag):
            return str(texts[tag]), tag
    tag, text = next(iter(texts.items()))
    return str(text), str(tag)
