"""The allowance form offers every detector, in words, and stores their names."""

from collections.abc import Callable

from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Allowance
from proctoring.observations import ObservationKind
from tests.factories.exams import enrol, make_exam, make_sitting


def test_an_officer_mutes_a_detector_by_its_label(
    institution: Institution, officer: User, candidate: User, browser_of: Callable[..., Client]
) -> None:
    enrolment = enrol(make_sitting(make_exam(institution)), candidate)
    client = browser_of(officer)
    address = f"/admin/exams/enrolment/{enrolment.pk}/change/"

    page = client.get(address).content.decode()
    for kind in ObservationKind:
        assert f'value="{kind.value}"' in page

    assert "another person&#x27;s voice is expected (carer, interpreter, reader)" in page

    assert '<option value="none" selected>As the exam</option>' in page

    answer = client.post(
        address,
        {
            "allowances-TOTAL_FORMS": "1",
            "allowances-INITIAL_FORMS": "0",
            "allowances-MIN_NUM_FORMS": "0",
            "allowances-MAX_NUM_FORMS": "1000",
            "allowances-0-extra_minutes": "5",
            "allowances-0-factor": "1",
            "allowances-0-break_minutes": "0",
            "allowances-0-calculator": "none",
            "allowances-0-muted_detectors": ["no_face"],
            "allowances-0-reason": "Agreed with the office",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    with within(institution):
        assert Allowance.objects.get().muted_detectors == ["no_face"]
