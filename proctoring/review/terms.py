"""How an institution reviews: its own settings, or what is recommended."""

from accounts.models import Institution
from proctoring.models import ReviewSettings


def terms_of(institution: Institution) -> ReviewSettings:
    """The institution's settings; unsaved ones with the defaults while it has none."""
    return ReviewSettings.objects.filter(institution=institution).first() or ReviewSettings(
        institution=institution
    )
