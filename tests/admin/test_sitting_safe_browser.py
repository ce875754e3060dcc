"""Exam officers set Safe Exam Browser for a sitting; what is wrong stands at its field."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Sitting
from exams.scheduling.safe_browser import terms_of
from tests.factories.exams import make_exam, make_sitting


@pytest.fixture
def sitting(institution: Institution) -> Sitting:
    return make_sitting(make_exam(institution))


def test_the_officer_sets_it_and_is_told_what_is_wrong(
    sitting: Sitting, officer: User, browser_of: Any
) -> None:
    client, address = browser_of(officer), f"/admin/exams/sitting/{sitting.pk}/safe-browser/"
    assert address in client.get(f"/admin/exams/sitting/{sitting.pk}/change/").content.decode()
    wrong = client.post(address, {"use": "required", "browser_exam_keys": "12", "show_time": "on"})
    assert "Key 1 is no Browser Exam Key" in wrong.content.decode()
    file = SimpleUploadedFile("exam.seb", b"nothing")
    assert (
        "no configuration of Safe Exam"
        in client.post(address, {"use": "off", "own_file": file}).content.decode()
    )
    given = {
        "use": "required",
        "show_time": "on",
        "quit_password": "leave now",
        "assistive_programs": "nvda.exe\r\n",
    }
    done = client.post(address, given, follow=True).content.decode()
    assert "Config Key" in done
    assert "leave now" not in done
    with within(sitting.institution):
        terms = terms_of(Sitting.objects.get(pk=sitting.pk))
    assert (terms.allow_quit, terms.show_time, terms.assistive_programs) == (False, True, ["nvda.exe"])
    kept = client.post(address, {"use": "allowed"}, follow=True)
    assert "Take the password away" in kept.content.decode()
    client.post(address, {"use": "allowed", "drop_quit_password": "on"})
    with within(sitting.institution):
        assert terms_of(Sitting.objects.get(pk=sitting.pk)).quit_password_hash == ""
