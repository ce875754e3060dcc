"""Which question is shown, as the page of the exam tells it on its socket."""

import json
from typing import Any

import pytest

from proctor_site.kernel import clock
from proctoring.models import Consent
from tests.channels.conftest import in_thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")]


async def test_which_question_is_shown_is_kept_under_an_agreement_only(
    connect: Any, candidate: Any, session: Any
) -> None:
    told = {"type": "question_views", "views": [{"n": 5, "item": 0, "at": 1}]}
    socket = await connect(candidate, f"/ws/attempts/{session.attempt.pk}/")
    await socket.receive("hello")
    await socket.inner.send_to(text_data=json.dumps(told))
    assert (await socket.receive("question_views_result"))["accepted"] == [5]
    await in_thread(lambda: Consent._base_manager.filter(session=session).update(withdrawn_at=clock.now()))
    await socket.inner.send_to(text_data=json.dumps(told))
    assert (await socket.receive("question_views_result"))["code"] == "consent_missing"
