"""What a sitting asks of Safe Exam Browser, and requests of candidates that came from outside it."""

from django.db import models

from accounts.tenancy import TenantModel
from exams.models.attempt import Attempt
from exams.models.sitting import Sitting


class SafeBrowserTerms(TenantModel):
    """The configuration that candidates of one sitting get; whether it is required says the sitting."""

    sitting = models.OneToOneField(Sitting, on_delete=models.CASCADE, related_name="safe_browser_terms")
    allow_quit = models.BooleanField(
        "may be quit",
        default=True,
        help_text="Candidates may close Safe Exam Browser before the end; with a password, if there is one. "
        "After the end a link closes it in any case.",
    )
    quit_password_hash = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the password, as the configuration holds it."
    )
    allow_spell_check = models.BooleanField(
        "spell check",
        default=False,
        help_text="Off, nobody has it, not even by an allowance: the program allows it to all or to none.",
    )
    show_time = models.BooleanField("show the time", default=True)
    show_reload = models.BooleanField(
        "let the page be loaded again", default=True, help_text="Helps when a page hangs; nothing is lost."
    )
    assistive_programs = models.JSONField(default=list, blank=True)
    browser_exam_keys = models.JSONField(default=list, blank=True)
    own_file = models.BinaryField(null=True, help_text="A .seb file of one's own, given out as it is.")
    own_config_key = models.CharField(max_length=64, blank=True, help_text="The Config Key of that file.")

    def __str__(self) -> str:
        return f"Safe Exam Browser in {self.sitting}"


class Sighting(models.TextChoices):
    """What a request showed of Safe Exam Browser, where it is required."""

    RIGHT = "right", "Safe Exam Browser with the settings of this sitting"
    MISSING = "missing", "No sign of Safe Exam Browser"
    WRONG = "wrong", "Safe Exam Browser with other settings or of another version"


class OutsideSafeBrowser(TenantModel):
    """A running attempt was worked on from outside Safe Exam Browser. A note for people; it stops nothing.

    One row for each way; `times` counts at most one in a minute.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="outside_safe_browser")
    sighting = models.CharField(max_length=10, choices=Sighting.choices)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["attempt_id", "first_at"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "sighting"], name="outside_safe_browser_once_each")
        ]

    def __str__(self) -> str:
        return f"{self.get_sighting_display()}, {self.times} times"
