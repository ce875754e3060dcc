"""Passwords of words that everybody here would try first, and passwords that only contain such words."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import Institution, User
from accounts.roles import Role
from tests.factories.accounts import add_role


@pytest.fixture
def person(candidate: User, institution: Institution) -> User:
    candidate.name, candidate.email = "Zoë Hollerbach", "z.hollerbach@uni-nordstadt.example"
    institution.name, institution.slug = "Nordstadt College", "nordstadt"
    institution.save()
    return add_role(candidate, institution, Role.AUTHOR)


@pytest.mark.parametrize(
    "word",
    [
        "Proctor2026!!",
        "proctoring-exam-1",
        "Nordstadt2026!",
        "NordstadtCollege",
        "College#1234567",
        "Hollerbach1999!",
        "zoehollerbach",
        "Welcome-Proctor-1",
        "Passwort-2026!",
        "0123456789",
        "9876543210",
        "1212121212",
        "aaaaaaaaaaaa",
        "qwertyuiopas",
    ],
)
def test_words_of_this_place_are_refused(word: str, person: User) -> None:
    with pytest.raises(ValidationError):
        validate_password(word, person)


@pytest.mark.parametrize(
    "word",
    [
        "the exam is in the north hall",
        "Nordstadt is rainy in May",
        "4917260385",
        "correct horse battery",
        "zebra-proctor-lamp",
        "密码考试安全长城很高啊",
    ],
)
def test_words_among_others_and_digits_alone_are_fine(word: str, person: User) -> None:
    validate_password(word, person)
    validate_password(word)
