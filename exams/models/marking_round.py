"""Marking by people: a round of a sitting, its markers, the answers to mark, and what each marker gave."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models

from accounts.tenancy import TenantModel
from exams import states
from exams.models.attempt import PaperItem
from exams.models.question import Question
from exams.models.rubric import Rubric
from exams.models.sitting import Sitting


class MarkingRound(TenantModel):
    """Answers of one sitting, given to some markers. `state` changes through `marking.rounds` alone."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="marking_rounds")
    title = models.CharField(max_length=200)
    state = models.CharField(
        max_length=10, choices=[(state, state) for state in states.ROUND.states], default=states.OPEN
    )
    questions = models.ManyToManyField(Question, related_name="+")
    is_anonymous = models.BooleanField(
        "anonymous",
        default=True,
        help_text="Markers see candidate numbers instead of names until the results are released.",
    )
    second_share = models.PositiveSmallIntegerField(
        "marked twice, in per cent",
        default=0,
        validators=[MaxValueValidator(100)],
        help_text="This share of the answers, drawn by lot, is marked by a second person who does not see "
        "what the first one gave.",
    )
    threshold = models.PositiveSmallIntegerField(
        "largest difference, in per cent",
        default=20,
        validators=[MaxValueValidator(100)],
        help_text="Of the question's points. When two markers differ by more, a moderator decides; up to "
        "this, the mean of both counts.",
    )
    seed = models.PositiveBigIntegerField(help_text="Decides numbers and who is marked twice.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=states.ROUND.states), name="round_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(second_share__lte=100, threshold__lte=100), name="round_shares_to_100"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RoundMarker(TenantModel):
    """Somebody who marks in a round, or decides as a moderator where two markers differ, or both."""

    round = models.ForeignKey(MarkingRound, on_delete=models.CASCADE, related_name="markers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_marker = models.BooleanField(default=True)
    is_moderator = models.BooleanField(default=False)

    class Meta:
        ordering = ["user__name", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "user"], name="round_marker_once")]

    def __str__(self) -> str:
        return str(self.user)


class RoundAnswer(TenantModel):
    """One answer to mark. `reading_count`, `is_settled` and `is_disputed` follow from its readings.

    `number` stands for the candidate: the same one for all answers of an attempt in this round.
    """

    round = models.ForeignKey(MarkingRound, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey(PaperItem, on_delete=models.PROTECT, related_name="round_answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    needs_second = models.BooleanField(default=False)
    reading_count = models.PositiveSmallIntegerField(default=0)
    is_settled = models.BooleanField(default=False)
    is_disputed = models.BooleanField(default=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["round_id", "question_id", "number"]
        constraints = [models.UniqueConstraint(fields=["round", "item"], name="round_answer_once")]
        indexes = [
            models.Index(fields=["round", "question", "is_settled", "number"], name="round_answers_to_mark")
        ]

    def __str__(self) -> str:
        return f"answer of candidate {self.number}"


class ReadingPlace(models.IntegerChoices):
    """In which part a reading was made."""

    FIRST = 1, "first marker"
    SECOND = 2, "second marker"
    MODERATION = 3, "moderator"


class Reading(TenantModel):
    """What one person gave for one answer. `before` is its former self for one step of undo, or null."""

    answer = models.ForeignKey(RoundAnswer, on_delete=models.CASCADE, related_name="readings")
    marker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField(choices=ReadingPlace.choices)
    points = models.DecimalField(max_digits=6, decimal_places=2)
    comment = models.TextField(blank=True)
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, null=True, related_name="readings")
    levels = models.JSONField(default=dict, help_text="Chosen level by criterion.")
    reason = models.TextField(blank=True, help_text="Why a moderator decided so.")
    made_at = models.DateTimeField()
    before = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["answer_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "place"], name="reading_place_once"),
            models.UniqueConstraint(fields=["answer", "marker"], name="reading_marker_once"),
        ]

    def __str__(self) -> str:
        return f"{self.points} points"
