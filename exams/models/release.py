"""Results as they were released to candidates, and what an exam lets them see of it."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams import states
from exams.models.attempt import Attempt
from exams.models.exam import Exam
from exams.models.sitting import Sitting


class ResultPolicy(TenantModel):
    """What candidates of an exam see of released results; an exam without a row shows the total only."""

    exam = models.OneToOneField(Exam, on_delete=models.CASCADE, related_name="result_policy")
    shows_total = models.BooleanField(
        "points, percentage, grade and whether it is passed",
        default=True,
        help_text="Without it, candidates see nothing at all.",
    )
    shows_marks = models.BooleanField("points of each question", default=False)
    shows_answers = models.BooleanField("questions with the candidate’s own answers", default=False)
    shows_key = models.BooleanField(
        "right answers",
        default=False,
        help_text="Only once no sitting of the exam is open or still to come.",
    )
    shows_comments = models.BooleanField("comments of markers", default=False)
    not_before = models.DateTimeField(
        null=True, blank=True, help_text="Empty: as soon as the results are released."
    )

    def __str__(self) -> str:
        return f"results of {self.exam}"


class Release(TenantModel):
    """One release of the results of a sitting. `state` changes through `marking.releases` alone."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="releases")
    state = models.CharField(
        max_length=10, choices=[(state, state) for state in states.RELEASE.states], default=states.RELEASED
    )
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was withdrawn or superseded.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=states.RELEASE.states), name="release_state_known"
            ),
            models.UniqueConstraint(
                fields=["sitting"], condition=models.Q(state=states.RELEASED), name="release_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"release of {self.sitting}"


class ReleasedResult(TenantModel):
    """The result of one attempt as it was when released; later marks do not touch it.

    `marks`: `[{"item", "points" or null, "possible", "comment", "key"}]`, numbers as decimal
    text; `key`: the version whose key was used, null: the one on the paper.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="results")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="released")
    points = models.DecimalField(max_digits=9, decimal_places=2)
    possible = models.DecimalField(max_digits=9, decimal_places=2)
    percentage = models.DecimalField(max_digits=6, decimal_places=2)
    passed = models.BooleanField(null=True)
    grade = models.CharField(max_length=50, blank=True)
    unmarked = models.PositiveSmallIntegerField(default=0)
    marks = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "attempt"], name="released_once")]

    def __str__(self) -> str:
        return f"{self.points} of {self.possible} points"
