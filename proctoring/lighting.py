"""In which light a picture was taken, in four words that people can act on (pure)."""

from enum import StrEnum

from proctoring.observations import Quality, QualityReason


class Lighting(StrEnum):
    """Stored with incidents: never rename one."""

    UNKNOWN = ""
    DARK = "dark"
    ORDINARY = "ordinary"
    BRIGHT = "bright"
    BACK_LIT = "back_lit"


_BY_REASON = (
    (QualityReason.BACK_LIT, Lighting.BACK_LIT),
    (QualityReason.TOO_DARK, Lighting.DARK),
    (QualityReason.OVER_EXPOSED, Lighting.BRIGHT),
)


def lighting_of(quality: Quality) -> Lighting:
    """What the quality gate said about the light: of the face where there is one, else of the picture.

    The limits are those of ``vision.thresholds``. Where several hold, the one that hides most counts.
    """
    return next((band for reason, band in _BY_REASON if reason in quality.reasons), Lighting.ORDINARY)
