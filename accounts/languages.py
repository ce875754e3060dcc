"""Languages in which exams are written: BCP 47 tags with names and direction, as Django knows them."""

from functools import cache

from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError

DEFAULT = "en"


@cache
def languages() -> tuple[tuple[str, str], ...]:
    """Pairs of tag and name, in English and in the language itself, by English name."""
    named = {tag: about for tag, about in LANG_INFO.items() if "name" in about}
    rows = ((tag, _label(about["name"], about["name_local"])) for tag, about in named.items())
    return tuple(sorted(rows, key=lambda row: row[1].casefold()))


def language_name(tag: str) -> str:
    """The name in English and in the language itself; the tag when it is not known."""
    return dict(languages()).get(tag, tag)


def is_right_to_left(tag: str) -> bool:
    """Whether the language is written from right to left."""
    return bool(LANG_INFO.get(tag, {}).get("bidi", False))


def known_language(tag: str) -> None:
    """Refuses tags that are not in the list. Raises ValidationError."""
    if tag not in dict(languages()):
        raise ValidationError("%(tag)s is not a language; choose one from the list.", params={"tag": tag})


def _label(english: str, own: str) -> str:
    return english if english.casefold() == own.casefold() else f"{english} ({own})"
