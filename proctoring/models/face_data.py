"""Monitoring sessions seen as what they keep of a candidate's face."""

from proctoring.models.session import MonitoringSession


class KeptFaceData(MonitoringSession):
    """A session whose check-in photo, templates or head baseline are kept; see `identity.kept_face_data`."""

    class Meta:
        proxy = True
        ordering = ["-id"]
        verbose_name = "face data kept from a check-in"
        verbose_name_plural = "face data kept from check-ins"

    def __str__(self) -> str:
        return f"face data of {self.candidate or 'an outside session'}"
