"""Refuses passwords that are little more than words which everybody here would try first.

Not what stands in a password is judged, but what is left without those words: "my exam is in the north hall"
is fine, "NorthCollege2026!" is not. Digits alone are no fault, a row of them is.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import Membership

_OURS = ("proctoring", "proctor", "exams", "exam", "candidate", "institution")
_EVERYWHERE = (
    *("password", "passwort", "motdepasse", "contrasena", "welcome", "willkommen", "secret", "geheim"),
    *("login", "letmein", "changeme", "default", "admin", "qwerty", "qwertz", "azerty", "iloveyou"),
    *("spring", "summer", "autumn", "winter"),
)
_LEAST_WORD = 3
_LEAST_LEFT = 4
_LEAST_DIFFERENT = 4
_ROWS = ("0123456789" * 2, "9876543210" * 2, "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


class GuessableWordsValidator:
    """One of AUTH_PASSWORD_VALIDATORS. `user`: whose name, address and institutions count as words."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        plain = _plain(password)
        if len(set(password.casefold())) < _LEAST_DIFFERENT or any(plain and plain in row for row in _ROWS):
            raise ValidationError("This password is a row or repeats few signs.", code="password_too_plain")
        left = plain
        words = {*_OURS, *_EVERYWHERE, *_words_of(user)}
        for word in sorted(words, key=len, reverse=True):
            left = left.replace(word, "")
        if left != plain and len(re.sub(r"\d", "", left)) < _LEAST_LEFT:
            raise ValidationError(
                "This password is made of words that others would try first, such as names of this site, of "
                "your institution or your own.",
                code="password_of_known_words",
            )

    def get_help_text(self) -> str:
        """What is asked for."""
        return "Not only your name, that of your institution, or of this site."


def _plain(text: str) -> str:
    """Letters and digits alone, small, without accents."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in bare if sign.isalnum())


def _words_of(user: Any) -> Iterator[str]:
    if user is None:
        return
    texts = [user.name, *re.split(r"[@.]", user.email)]
    if user.pk is not None:
        mine = Membership.objects.with_scopes_disabled().filter(user=user, ended_at=None)
        texts += mine.values_list("institution__name", flat=True)
        texts += mine.values_list("institution__slug", flat=True)
    for text in texts:
        for word in (text, *re.split(r"\W+", text)):
            if len(_plain(word)) >= _LEAST_WORD:
                yield _plain(word)
