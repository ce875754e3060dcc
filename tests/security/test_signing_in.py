"""Passwords and sessions as ASVS 5.0 asks for them: strength, change, reset, and what ends when."""

import pytest
from allauth.account import app_settings as account
from django.conf import settings as django_settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from proctor_site.settings import security

PASSWORD = "a long enough word"


@pytest.fixture
def person(candidate: User) -> User:
    candidate.set_password(PASSWORD)
    candidate.save()
    return candidate


def _signed_in(person: User) -> Client:
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert client.session.get("_auth_user_id") == str(person.pk)
    return client


@pytest.mark.parametrize("word", ["short", "password1234", "qwertyuiop", "carla@example.org"])
def test_weak_words_are_refused(word: str, person: User) -> None:
    person.email = "carla@example.org"
    with pytest.raises(ValidationError):
        validate_password(word, person)


@pytest.mark.parametrize("word", ["all small letters", "x" * 30 + "é ☃ " * 20, "Kurz-und-gut 7!"])
def test_any_composition_and_length_is_taken_as_it_is(word: str, person: User) -> None:
    validate_password(word, person)
    person.set_password(word)
    assert person.check_password(word) and not person.check_password(word.upper())
    assert not person.check_password(word[:-1])


def test_passwords_are_hashed_by_argon2() -> None:
    assert security.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_a_change_asks_for_the_present_password_and_ends_other_sessions(person: User) -> None:
    here, elsewhere = _signed_in(person), _signed_in(person)
    form = {"password1": "another long word", "password2": "another long word"}
    assert 'type="password"' in here.get("/account/password/change/").content.decode()
    here.post("/account/password/change/", form | {"oldpassword": "wrong"})
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)
    here.post("/account/password/change/", form | {"oldpassword": PASSWORD})
    assert User.objects.get(pk=person.pk).check_password("another long word")
    assert elsewhere.get("/account/person/").status_code == 302


def test_signing_in_makes_a_new_session_and_signing_out_ends_it(person: User) -> None:
    client = Client()
    client.get("/account/login/")
    client.post("/account/login/", {"login": "nobody@example.org", "password": "x"})
    before = client.session.session_key
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    assert cookie != before and len(cookie) >= 32
    client.post("/account/logout/")
    thief = Client()
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = cookie
    assert thief.get("/account/person/").status_code == 302


def test_a_reset_signs_nobody_in_so_the_second_factor_is_still_asked_for() -> None:
    assert account.LOGIN_ON_PASSWORD_RESET is False


def test_no_session_is_longer_than_the_longest_sitting() -> None:
    assert django_settings.SESSION_COOKIE_AGE == 14 * 60 * 60
