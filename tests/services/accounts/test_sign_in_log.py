"""Signing in, failing to, and signing out each leave a line that names no address."""

import logging

import pytest
from django.test import Client

from accounts.models import User


def test_each_act_leaves_a_line(candidate: User, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    candidate.set_password("a long enough word")
    candidate.save()
    with caplog.at_level(logging.INFO, "accounts.sign_in_log"):
        for password in ("a wrong word", "a long enough word"):
            client.post("/account/login/", {"login": candidate.email, "password": password})
        client.post("/account/logout/")
    lines = [each.getMessage() for each in caplog.records if each.name == "accounts.sign_in_log"]
    number = candidate.pk
    wanted = [
        "a sign-in was refused",
        f"account {number} signed in (password)",
        f"account {number} signed out",
    ]
    assert lines == wanted
    assert candidate.email not in caplog.text
