"""What is watched in an exam, and how strictly."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Exam

MOST_DAYS = 365
"""The longest time that a document photo may be kept after the decision."""


class DetectorMode(models.TextChoices):
    """How a detector's findings are used."""

    ON = "on", "On: raises incidents"
    ADVISORY = "advisory", "Advisory: incidents of severity info only"
    OFF = "off", "Off"


class StepMode(models.TextChoices):
    """Whether a step of check-in is there, and what becomes of those who leave it out."""

    OFF = "off", "Off"
    OPTIONAL = "optional", "Optional: offered, and nothing follows when it is left out"
    REQUIRED = "required", "Required: who leaves it out is checked by a person"


def _mode(label: str, default: str = DetectorMode.ON) -> "models.CharField[str, str]":
    return models.CharField(label, max_length=10, choices=DetectorMode.choices, default=default)


class Policy(TenantModel):
    """A named set of detectors and rules. Capture is announced and fixed; interpretation may change."""

    name = models.CharField(max_length=100)
    is_default = models.BooleanField(
        default=False, help_text="Used for every exam without a policy of its own."
    )
    camera_required = models.BooleanField(
        default=True, help_text="Off: the exam is taken without camera and nothing is captured."
    )
    reference_photo_required = models.BooleanField(
        default=True, help_text="A photo at check-in, compared with later pictures."
    )
    document = models.CharField(
        "identity document",
        max_length=10,
        choices=StepMode.choices,
        default=StepMode.OFF,
        help_text="A photo of an identity document at check-in, compared with the reference photo. A program "
        "turns nobody away: people look when the faces seem unlike or it cannot say.",
    )
    document_days = models.PositiveSmallIntegerField(
        "days a document photo is kept",
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
        help_text="Counted from the decision whether the candidate is let in; then the photo is deleted.",
    )
    no_face = _mode("nobody in view")
    several_faces = _mode("several faces")
    different_person = _mode("different person than the reference photo")
    camera_covered = _mode("camera covered")
    camera_dark = _mode("too dark to see")
    looking_away = _mode("looking away from the screen")
    eyes_closed = _mode("eyes closed for long", default=DetectorMode.ADVISORY)
    face_hidden = _mode("face partly hidden", default=DetectorMode.ADVISORY)
    mouth_moving = _mode("mouth moving as in speech", default=DetectorMode.OFF)
    phone = _mode("phone")
    book = _mode("book", default=DetectorMode.ADVISORY)
    second_screen = _mode("laptop or second screen")
    second_person = _mode("second person (by the body)")
    text_shown = _mode("page or screen with text", default=DetectorMode.ADVISORY)
    camera_frozen = _mode("camera frozen")
    camera_replaced = _mode("camera replaced or looping")
    rules = models.JSONField(
        default=dict,
        blank=True,
        help_text='Changes to the time rules per detector, such as {"no_face": {"persist_seconds": 5}}.',
    )
    warns_candidate = models.BooleanField(
        default=True, help_text="The candidate is told when an incident opens, so that it can be put right."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "policies"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "name"], name="policy_name_once"),
            models.UniqueConstraint(
                fields=["institution"], condition=models.Q(is_default=True), name="policy_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PolicyAssignment(TenantModel):
    """Which policy an exam uses."""

    exam = models.OneToOneField(Exam, on_delete=models.CASCADE, related_name="policy_assignment")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="assignments")

    def __str__(self) -> str:
        return f"{self.exam}: {self.policy}"
