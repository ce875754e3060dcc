"""Whether emotions may be read: the operator, the law and the institution must all allow it."""

from django.conf import settings

from accounts.emotion_law import refusal
from accounts.models import Institution


def why_not(institution: Institution) -> str:
    """The reason why no emotions are read in this institution's sessions, in a sentence; "" when they are."""
    if not settings.EMOTION_ENGINE:
        return "The operator of this server has not switched it on (PROCTOR_EMOTIONS)."
    return refusal(institution)
