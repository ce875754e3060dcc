"""What a policy says about the candidate's screen, and what a consent keeps of it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

SCREEN_SECONDS = (2, 60)
"""Shortest and longest time between two pictures of the screen."""


class ScreenMode(models.TextChoices):
    """Whether candidates share their whole screen, and what becomes of those who do not."""

    OFF = "off", "Off"
    OPTIONAL = "optional", "Optional: asked for, and nothing follows when it is not shared"
    REQUIRED = "required", "Required: who does not share it is let in by a person"


class PolicyScreen(models.Model):
    """The part of a policy about the candidate's screen."""

    camera_required: bool  # of the policy

    screen = models.CharField(
        "share the whole screen",
        max_length=10,
        choices=ScreenMode.choices,
        default=ScreenMode.OFF,
        help_text="Candidates share their whole screen in the browser; a window or a tab alone is refused. "
        "Pictures of it are kept around incidents only, and no program looks at what they show. Phones "
        "and tablets cannot share. Only in exams with camera.",
    )
    screen_seconds = models.PositiveSmallIntegerField(
        "seconds between pictures of the screen",
        default=10,
        validators=[MinValueValidator(SCREEN_SECONDS[0]), MaxValueValidator(SCREEN_SECONDS[1])],
        help_text=f"From {SCREEN_SECONDS[0]} to {SCREEN_SECONDS[1]}. A screen that has not changed is not "
        "sent again for a minute.",
    )
    screen_clips = models.BooleanField(
        "film the screen around incidents",
        default=False,
        help_text="The browser remembers the last seconds of the screen as a film and sends them when an "
        "incident opens. Nothing else of it leaves the candidate's computer.",
    )

    class Meta:
        abstract = True

    @property
    def shares_screen(self) -> bool:
        """Whether candidates are asked for their screen: only in exams with camera."""
        return self.screen != ScreenMode.OFF and self.camera_required


class ConsentScreen(models.Model):
    """What a candidate agreed to about the own screen; it holds whatever the policy says later."""

    screen = models.BooleanField(default=False, help_text="The candidate agreed to share the screen.")
    screen_seconds = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The notice said: about one picture in so many seconds."
    )
    screen_clips = models.BooleanField(
        default=False, help_text="The notice said that the screen is filmed around incidents."
    )

    class Meta:
        abstract = True
