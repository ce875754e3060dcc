"""The page behind the link of self-enrolment, signed in and signed out."""

from collections.abc import Callable
from datetime import timedelta

from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Enrolment, SelfEnrolment
from proctor_site.kernel import clock
from tests.admin.exams_forms import url
from tests.factories.exams import make_exam, make_sitting

BrowserOf = Callable[..., Client]


def test_officer_opens_the_door_and_people_come_in(
    institution: Institution, officer: User, stranger: User, browser_of: BrowserOf
) -> None:
    soon = clock.now() + timedelta(days=2)
    exam = make_exam(institution, title="Geography")
    sitting = make_sitting(exam, opens_at=soon, closes_at=soon + timedelta(hours=2), capacity=2)
    body = {"sitting": sitting.pk, "is_open": "on", "code": "whale", "closes_hours_before": "0"}
    assert browser_of(officer).post(url("selfenrolment_add"), body).status_code == 302
    with within(institution):
        door = SelfEnrolment.objects.get()
    assert door.opened_by == officer
    address = reverse("self_enrolment", args=[door.token])
    assert address in browser_of(officer).get(url("selfenrolment_change", door.pk)).content.decode()

    client = browser_of(stranger)
    page = client.get(address).content.decode()
    assert "Geography" in page and "2 of 2 places are free" in page and "Your e-mail address" not in page
    wrong = client.post(address, {"code": "shark"})
    assert wrong.status_code == 400 and "This code is wrong." in wrong.content.decode()
    done = client.post(address, {"code": "Whale"}, follow=True)
    assert "You are enrolled." in done.content.decode()
    with within(institution):
        assert done.redirect_chain[-1][0] == f"/i/north-college/enrolments/{Enrolment.objects.get().pk}/"

    visitor = Client()
    page = visitor.get(address).content.decode()
    assert "Your e-mail address" in page and f"next={address}" in page
    mail.outbox.clear()
    told = visitor.post(address, {"code": "whale", "email": "new@example.org"}, follow=True)
    assert "is on its way" in told.content.decode() and mail.outbox[0].to == ["new@example.org"]
    assert "All 2 places of this sitting are taken." in visitor.get(address).content.decode()
    assert Client().get(reverse("self_enrolment", args=["nowhere"])).status_code == 404
