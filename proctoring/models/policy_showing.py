"""What a policy allows proctors to ask candidates for during the exam, and what a consent keeps of it."""

from django.db import models


class PolicyShowing(models.Model):
    """The part of a policy about what candidates may be asked to show."""

    camera_required: bool  # of the policy
    reference_photo_required: bool

    room_scan = models.BooleanField(
        "proctors may ask to see room and desk",
        default=False,
        help_text="The candidate takes pictures, sees each before it is sent, and may decline; the clock "
        "stands meanwhile. Kept as evidence. Refused where the law does not let you ask. Only in exams with "
        "camera.",
    )
    photo_again = models.BooleanField(
        "proctors may ask for a new photo",
        default=True,
        help_text="Of the face, during the exam; compared with the reference photo where that was agreed to. "
        "Only in exams with reference photo.",
    )

    class Meta:
        abstract = True

    @property
    def scans_rooms(self) -> bool:
        """Whether room and desk may be asked for, as far as the policy goes: the law is another question."""
        return self.room_scan and self.camera_required

    @property
    def asks_photo_again(self) -> bool:
        """Whether a new photo may be asked for."""
        return self.photo_again and self.camera_required and self.reference_photo_required


class ConsentShowing(models.Model):
    """What the notice said about it; it holds whatever the policy says later."""

    room_scan = models.BooleanField(
        default=False, help_text="The notice said that proctors may ask to see the room and the desk."
    )
    photo_again = models.BooleanField(
        default=False, help_text="The notice said that proctors may ask for a new photo."
    )

    class Meta:
        abstract = True
