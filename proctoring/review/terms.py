"""How an institution reviews: its own settings, or what is recommended."""

from django.conf import settings

from accounts.models import Institution
from accounts.tenancy import own_or_default
from proctoring.models import ReviewSettings


def terms_of(institution: Institution) -> ReviewSettings:
    """The institution's settings; unsaved ones with the defaults while it has none."""
    return own_or_default(ReviewSettings, institution)


def is_summary_offered(institution: Institution) -> bool:
    """Whether the operator has set up a language model for summaries, and for this institution too.

    `PROCTOR_SUMMARY_INSTITUTIONS` names whom it is for; empty: for all that switch it on.
    """
    named = settings.SUMMARY_INSTITUTIONS
    return bool(settings.SUMMARY_URL and settings.SUMMARY_MODEL) and (not named or institution.slug in named)
