"""Where the shared screen of a candidate is shown live, and where the page says that it is not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tenancy import within
from exams.models import Attempt, Sitting
from proctoring.models import Policy
from tests.capture import give_consent
from tests.factories.proctoring import make_session


@pytest.mark.parametrize(
    ("provider", "is_shown"), [("janus", True), ("livekit", True), ("realtimekit", False)]
)
def test_the_page_says_where_the_screen_is_not_shown_live(
    browser_of: Callable[..., Client],
    sitting: Sitting,
    proctor: User,
    attempt: Attempt,
    settings: Any,
    provider: str,
    is_shown: bool,
) -> None:
    settings.LIVE_PROVIDER = provider
    give_consent(make_session(attempt), live_video=True, screen=True, screen_seconds=2)
    with within(sitting.institution):
        Policy.objects.create(
            institution=sitting.institution, name="Screen", is_default=True, screen="required"
        )
    address = f"/i/north-college/watch/{sitting.pk}/candidates/{attempt.enrolment_id}/?part=panel"
    page = browser_of(proctor).get(address).content.decode()
    assert ("data-live-screen" in page) is is_shown
    assert ("The screen is not shown live here" in page) is not is_shown
