"""What is watched in an exam, and how strictly."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Exam
from proctoring import law_guards
from proctoring.models.policy_live import LiveTerms
from proctoring.models.policy_screen import PolicyScreen
from proctoring.models.policy_showing import PolicyShowing
from proctoring.models.policy_talk import TalkPolicy

CLIP_SECONDS = (10, 60)
"""Shortest and longest recording: below ten seconds voices cannot be told apart."""
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


class DiarizerChoice(models.TextChoices):
    """Who tells the voices of a recording apart."""

    LOCAL = "local", "This server: recordings stay in the house"
    DEEPGRAM = "deepgram", "Deepgram: recordings are sent to that company, which also writes down the words"


OPTIONAL_STEP = [each for each in StepMode.choices if each[0] != StepMode.REQUIRED]


def _mode(label: str, default: str = DetectorMode.ON) -> "models.CharField[str, str]":
    return models.CharField(label, max_length=10, choices=DetectorMode.choices, default=default)


class Policy(LiveTerms, PolicyScreen, PolicyShowing, TalkPolicy, TenantModel):
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
    sound = models.BooleanField(
        "record sound",
        default=False,
        help_text="The microphone is recorded in short pieces, which a program listens to. Pieces in which "
        "nothing is pointed out are never stored. Only in exams with camera.",
    )
    clip_seconds = models.PositiveSmallIntegerField(
        "seconds of a recording",
        default=30,
        validators=[MinValueValidator(CLIP_SECONDS[0]), MaxValueValidator(CLIP_SECONDS[1])],
        help_text=f"From {CLIP_SECONDS[0]} to {CLIP_SECONDS[1]}.",
    )
    skips_quiet = models.BooleanField(
        "leave out quiet recordings",
        default=True,
        help_text="The browser sends only recordings in which something is louder than the room, and tells "
        "of the others. Off: every recording is sent, about 180 kB a minute.",
    )
    diarizer = models.CharField(
        "voices are told apart by",
        max_length=10,
        choices=DiarizerChoice.choices,
        default=DiarizerChoice.LOCAL,
        help_text="With Deepgram, recordings of voices leave your house and are processed by another "
        "company: you need a contract with it. Candidates are told. Only where the operator has set a key.",
    )
    voice_enrolment = models.CharField(
        "voice at check-in",
        max_length=10,
        choices=OPTIONAL_STEP,
        default=StepMode.OFF,
        help_text="Candidates can record their voice at check-in, so that it is compared later. Nothing "
        "follows when they do not.",
    )
    live_video = models.BooleanField(
        "live video",
        default=True,
        help_text="Proctors of the sitting can watch the camera live, and hear the microphone where sound "
        "is recorded. Nothing is sent before somebody watches, candidates see at once that they are watched, "
        "and nothing of it is stored. Only in exams with camera.",
    )
    liveness = models.CharField(
        "turning the head at check-in",
        max_length=10,
        choices=StepMode.choices,
        default=StepMode.OFF,
        help_text="The candidate is asked to turn the head twice, which a still photo cannot do: an "
        "indication for those who check, and further views of the face where comparison is agreed to. A "
        "program turns nobody away, and whoever cannot turn the head says so with one button.",
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
    another_voice = _mode("another voice")
    different_voice = _mode("different voice than at check-in", default=DetectorMode.ADVISORY)
    microphone_silent = _mode("microphone without signal", default=DetectorMode.ADVISORY)
    speech = _mode("anybody speaking", default=DetectorMode.OFF)
    rules = models.JSONField(
        default=dict,
        blank=True,
        help_text='Changes to the time rules per detector, such as {"no_face": {"persist_seconds": 5}}.',
    )
    full_screen = models.BooleanField(
        "ask for full screen",
        default=False,
        help_text="The exam page offers a button for full screen, and notes when it is left. Browsers that "
        "cannot do it, such as those of iPads, are not asked.",
    )
    browser = models.JSONField(
        default=dict,
        blank=True,
        help_text='Changes to what the page notes, such as {"paste": {"do": "incident", "times": 1}}.',
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Whoever stores it: raises InvalidInput `forbidden_by_law` naming what the law does not allow."""
        law_guards.require_lawful(self.institution, self, way="saving a policy")
        super().save(*args, **kwargs)

    @property
    def listens(self) -> bool:
        """Whether sound is recorded: the exam is taken without any capture where no camera is asked for."""
        return self.sound and self.camera_required

    @property
    def shows_live(self) -> bool:
        """Whether proctors may watch live: only with camera, and where this server carries live video."""
        return self.live_video and self.camera_required and settings.LIVE_PROVIDER != "off"

    @property
    def enrols_voices(self) -> bool:
        """Whether candidates may record their voice at check-in."""
        return (
            self.listens and self.voice_enrolment != StepMode.OFF and self.different_voice != DetectorMode.OFF
        )


class PolicyAssignment(TenantModel):
    """Which policy an exam uses."""

    exam = models.OneToOneField(Exam, on_delete=models.CASCADE, related_name="policy_assignment")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="assignments")

    def __str__(self) -> str:
        return f"{self.exam}: {self.policy}"
