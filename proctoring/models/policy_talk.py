"""What a policy says about messages between candidates and proctors."""

from django.db import models


class TalkPolicy(models.Model):
    """The part of a policy about writing to each other."""

    chat = models.BooleanField(
        "messages and raised hands",
        default=True,
        help_text="Candidates can write to the proctors of their sitting and raise a hand, from check-in "
        "until the end. Messages are kept with the attempt, and candidates read so before. Off: proctors can "
        "still send warnings and announcements.",
    )

    class Meta:
        abstract = True
