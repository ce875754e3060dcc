"""What a consent keeps of where it was given: here, or to another system that tells of it."""

from django.db import models


class ConsentOutside(models.Model):
    """The part of a consent that another system asked for (decision 0174). Empty: it was given here."""

    asked_by = models.CharField(
        max_length=200, blank=True, default="", help_text="Who asked, where another system did."
    )
    notice_url = models.CharField(
        max_length=500, blank=True, default="", help_text="Where the notice stands that was read there."
    )
    notice_version = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def is_from_outside(self) -> bool:
        """Whether another system says that it was given."""
        return bool(self.asked_by)
