"""What candidates handed in, as staff meet it: in the case, by logged links; and what is ready to decide."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from accounts.audit import stream_of
from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states as attempt_states
from proctoring import states
from proctoring.models import Case, Reply
from proctoring.review import verdicts
from proctoring.rights import replies, reply_files
from tests.factories.cases import make_case, make_ended_session
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.watched_sitting import verbs_of

pytestmark = pytest.mark.django_db
QUEUE = "/admin/proctoring/case/"
Browser = Callable[..., Client]
PDF = b"%PDF-1.7\nmine"


@pytest.fixture
def case(institution: Institution, candidate: User) -> Case:
    attempt = make_attempt(
        enrol(make_sitting(make_exam(institution)), candidate), state=attempt_states.SUBMITTED
    )
    return make_case(make_ended_session(attempt), state=states.CASE_REPLY_WINDOW)


def hand_in(case: Case, text: str) -> Reply:
    candidate = case.session.candidate
    assert candidate is not None
    key = replies.window_of(case, "reply").key
    return replies.hand_in(case, "reply", candidate=candidate, text=text, key=key)


def test_staff_read_replies_with_late_ones_apart_and_open_files_by_logged_links(
    browser_of: Browser, reviewer: User, stranger: User, case: Case, candidate: User
) -> None:
    with within(case.institution):
        reply_files.add(case, "reply", candidate=candidate, name="note.pdf", data=PDF)
        first = hand_in(case, "It was my brother.")
        verdicts.say_all(case, candidate=candidate)
        hand_in(case, "One thing more.")
    client = browser_of(reviewer)
    page = client.get(f"{QUEUE}{case.pk}/change/").content.decode()
    in_time, late = page.split("It was my brother.")
    assert "(late: after its time)" not in in_time and "(late: after its time)" in late
    assert "One thing more." in late
    found = re.search(r'href="([^"]*/reply-files/[^"]*)"', late)
    assert found is not None
    link = unescape(found[1])
    answer = client.get(link)
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert answer.content == PDF
    assert "reply.file_viewed" in verbs_of(case.institution, stream_of(first))
    for other in (candidate, stranger):
        assert browser_of(other).get(link).status_code in (403, 404)


def test_what_is_ready_to_decide_can_be_picked_out(
    browser_of: Browser, reviewer: User, case: Case, second_candidate: User, candidate: User
) -> None:
    open_one = make_case(
        make_ended_session(
            make_attempt(enrol(case.sitting, second_candidate), state=attempt_states.SUBMITTED)
        ),
        state=states.CASE_REPLY_WINDOW,
    )
    with within(case.institution):
        verdicts.say_all(case, candidate=candidate)
    client = browser_of(reviewer)
    both = client.get(QUEUE, {"state": "reply_window"}).content.decode()
    assert f"no. {case.pk}<" in both and f"no. {open_one.pk}<" in both
    assert both.count('<span class="badge">ready to decide</span>') == 1
    assert 'href="?state=reply_window&amp;ready=1"' in both
    ready = client.get(QUEUE, {"state": "reply_window", "ready": "1"}).content.decode()
    assert f"no. {case.pk}<" in ready and f"no. {open_one.pk}<" not in ready
    assert "ready=1" not in ready.split('class="case-tabs"')[1].split("</nav>")[0], "tabs show all of a state"
