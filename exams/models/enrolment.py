"""The right of one candidate to one sitting, and agreed adjustments."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.tenancy import TenantModel
from exams.models.exam import Calculator
from exams.models.group import CandidateGroup
from exams.models.sitting import Sitting
from exams.timing import Window, own_window


class Enrolment(TenantModel):
    """One candidate's right to take part in one sitting."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="enrolments")
    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sitting_id", "candidate__name", "id"]
        constraints = [models.UniqueConstraint(fields=["sitting", "candidate"], name="enrolled_once")]
        indexes = [models.Index(fields=["candidate", "sitting"], name="enrolment_by_candidate")]

    def __str__(self) -> str:
        return f"{self.candidate} · {self.sitting}"

    @property
    def window(self) -> Window:
        """The window of this candidate: the sitting's, or the one that an allowance gives instead."""
        others = [(each.opens_at, each.closes_at) for each in self.allowances.all()]
        return own_window(self.sitting.window, others)


class PendingEnrolment(TenantModel):
    """A promise to an e-mail address: becomes an enrolment when its owner joins the institution."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="pending_enrolments")
    email = models.EmailField("e-mail address")
    name = models.CharField("full name", max_length=200, blank=True)
    group = models.ForeignKey(
        CandidateGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="pending_enrolments"
    )
    extra_minutes = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(24 * 60)])
    factor = models.DecimalField("time factor", max_digits=4, decimal_places=2, default=1)
    external_id = models.CharField("candidate number", max_length=60, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["sitting_id", "email"]
        constraints = [models.UniqueConstraint(fields=["sitting", "email"], name="pending_enrolment_once")]
        indexes = [models.Index(fields=["institution", "email"], name="pending_by_email")]

    def __str__(self) -> str:
        return f"{self.email} · {self.sitting}"


class Terms(TenantModel):
    """What was agreed. The reason is for the exam officer only: proctors never see it."""

    extra_minutes = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(24 * 60)])
    factor = models.DecimalField(
        "time factor",
        max_digits=4,
        decimal_places=2,
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text="1.25 gives a quarter more working time.",
    )
    break_minutes = models.PositiveSmallIntegerField(
        "minutes of break",
        default=0,
        validators=[MaxValueValidator(4 * 60)],
        help_text="Taken by the candidate with a button; the clock stands still meanwhile.",
    )
    opens_at = models.DateTimeField(
        "own opening", null=True, blank=True, help_text="Only when it differs from the sitting's."
    )
    closes_at = models.DateTimeField(
        "own closing", null=True, blank=True, help_text="Only when it differs from the sitting's."
    )
    camera_free = models.BooleanField(
        "without camera", default=False, help_text="Check-in and exam ask for no camera."
    )
    calculator = models.CharField(
        max_length=10,
        choices=Calculator.choices,
        default=Calculator.NONE,
        help_text="On the exam page, also where the exam offers none or a lesser one. Who is working has it "
        "when the page is loaded again.",
    )
    spell_check = models.BooleanField(
        default=False, help_text="Misspelt words are underlined, also where the exam does not allow it."
    )
    without_safe_browser = models.BooleanField(
        "without Safe Exam Browser",
        default=False,
        help_text="The exam opens in any browser, also where the sitting requires Safe Exam Browser.",
    )
    muted_detectors = models.JSONField(
        default=list, blank=True, help_text="Names of detectors that raise no incident for this candidate."
    )
    reason = models.TextField(blank=True, help_text="Only exam officers see this.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"+{self.extra_minutes} min, x{self.factor}"


class GroupAllowance(Terms):
    """An adjustment for everybody in a group, also for those who join later; each enrolment gets a copy."""

    group = models.ForeignKey(CandidateGroup, on_delete=models.CASCADE, related_name="allowances")
    sitting = models.ForeignKey(
        Sitting,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="group_allowances",
        help_text="Empty: in every sitting. An own opening or closing needs one.",
    )

    class Meta:
        ordering = ["group_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(factor__gte=1) & models.Q(factor__lte=5), name="group_factor_1_to_5"
            ),
            models.CheckConstraint(
                condition=models.Q(calculator__in=Calculator.values), name="group_calculator_known"
            ),
        ]


class Allowance(Terms):
    """An agreed adjustment of one enrolment: its own, a copy of a group's, or given to everybody."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="allowances")
    batch = models.UUIDField(
        null=True, blank=True, editable=False, help_text="One action for many; a repeat of it gives nothing."
    )
    from_roster = models.BooleanField(
        default=False, editable=False, help_text="Given by an imported roster, which may change it later."
    )
    from_group = models.ForeignKey(
        GroupAllowance, on_delete=models.SET_NULL, null=True, editable=False, related_name="copies"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=models.Q(from_roster=True), name="allowance_one_from_roster"
            ),
            models.CheckConstraint(
                condition=models.Q(factor__gte=1) & models.Q(factor__lte=5), name="allowance_factor_1_to_5"
            ),
            models.UniqueConstraint(fields=["enrolment", "batch"], name="allowance_once_per_batch"),
            models.CheckConstraint(
                condition=models.Q(calculator__in=Calculator.values), name="allowance_calculator_known"
            ),
            models.UniqueConstraint(fields=["enrolment", "from_group"], name="allowance_once_per_group"),
        ]
