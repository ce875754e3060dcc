"""The allowance form offers every detector, in words, and stores their names."""

from collections.abc import Callable

from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Allowance
from proctoring.observations import ObservationKind
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session


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


def test_a_proctor_sees_neither_the_mute_nor_its_reason(
    institution: Institution, proctor: User, candidate: User, browser_of: Callable[..., Client]
) -> None:
    sitting = make_sitting(make_exam(institution), proctors=[proctor])
    enrolment = enrol(sitting, candidate)
    make_session(make_attempt(enrolment))
    with within(institution):
        Allowance.objects.create(
            institution=institution,
            enrolment=enrolment,
            muted_detectors=["another_voice"],
            reason="Sign language",
        )
    wall = f"/i/north-college/watch/{sitting.pk}/"
    for address in (wall, f"{wall}candidates/{enrolment.pk}/"):
        page = browser_of(proctor).get(address).content.decode()
        assert candidate.name in page
        for trace in ("Sign language", "another voice", "another_voice", "muted_detectors", "llowance"):
            assert trace not in page
