"""Where the law lets nobody infer emotions: kind and country of an institution decide (decision 0082)."""

from accounts.countries import country_name
from accounts.models import Institution
from accounts.models.institution import InstitutionKind

EU = frozenset(
    {
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
    }
)
OUTERMOST = frozenset({"AX", "GF", "GP", "MF", "MQ", "RE", "YT"})
"""Territories with codes of their own in which EU law applies as in the member states."""
EEA_ONLY = frozenset({"IS", "LI", "NO"})
NO_EMOTIONS = EU | OUTERMOST | EEA_ONLY


def law_refusal(institution: Institution) -> str:
    """Why emotions may not be read in this institution at all; "" where it may decide itself."""
    if institution.kind == InstitutionKind.EDUCATION:
        return "This is an institution of education; emotions are never read there, in any country."
    if institution.country in NO_EMOTIONS:
        where = country_name(institution.country)
        return (
            f"This institution is in {where}, where the EU's AI Act (Article 5(1)(f)) forbids inferring "
            "emotions at work and in education."
        )
    return ""


def refusal(institution: Institution) -> str:
    """Why emotions are not read in this institution: the law, or its own switch; "" where they may be."""
    if found := law_refusal(institution):
        return found
    return "" if institution.allows_emotions else "The institution has not allowed it in its settings."
