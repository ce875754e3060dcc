"""Pages of the office show an answer as its kind shows it best, not as plain words."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.delivery import late
from proctor_site.kernel import clock
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.marking import hand_in

CODE = "if a < b:\n    return '<script>'"


def test_code_keeps_its_lines_and_colours(
    institution: Institution,
    candidate: User,
    second_candidate: User,
    officer: User,
    browser_of: Callable[..., Client],
) -> None:
    sitting = make_sitting(make_exam(institution, kinds=("code",)))
    attempt = hand_in(sitting, candidate, code=CODE)
    late_one = make_attempt(enrol(sitting, second_candidate), state="submitted")
    with within(institution), clock.at(clock.now() + timedelta(days=1)):
        item = late_one.paper.get()
        change = {"client_sequence": 1, "item": item.pk, "value": CODE, "client_at": clock.now().isoformat()}
        assert late.send_late(late_one, device="device-1", changes=[change]).kept
    browser, slug = browser_of(officer), institution.slug
    pages = [
        reverse("attempt_marks", args=[slug, attempt.pk]),
        reverse("transcript", args=[slug, attempt.pk]),
        reverse("admin:exams_attempt_kept", args=[late_one.pk]),
    ]
    for place in pages:
        page = browser.get(place).content.decode()
        assert '<pre class="code-shown"><code>' in page, place
        assert "&lt;script&gt;" in page
        assert "<script>'" not in page
