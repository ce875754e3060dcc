"""What a proctor asked a candidate to show during the exam: the room, the desk, or the face once more."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from proctoring import states
from proctoring.models.session import MonitoringSession


class What(models.TextChoices):
    """What is to be shown."""

    ROOM = "room", "the room"
    DESK = "desk", "the desk"
    FACE = "face", "a new photo of the face"


class Showing(TenantModel):
    """One request and what came of it. `state` changes through `identity.showings` alone.

    Pictures of room and desk are evidence; a photo of the face lies in the identity store, as that of
    check-in. `paused_at`: the moment of the pause that this request made, which ends with it.
    """

    session = models.ForeignKey(MonitoringSession, on_delete=models.PROTECT, related_name="showings")
    what = models.CharField(max_length=4, choices=What.choices)
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in states.SHOWING.states], default=states.SHOWING_ASKED
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=900)
    reason_code = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    photo_name = models.CharField(max_length=200, blank=True, help_text="Name in the private identity store.")
    photo_sha256 = models.CharField(max_length=64, blank=True)
    answer = models.CharField(
        max_length=12, blank=True, help_text="alike, unlike, cannot_say, or not_compared: an indication only."
    )
    problems = models.JSONField(default=list, blank=True, help_text="What is wrong with the photo: codes.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=states.SHOWING.states), name="showing_state_known"
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=models.Q(state__in=states.SHOWING_OPEN),
                name="showing_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(state__in=states.SHOWING_OPEN),
                name="showing_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.state}"
