"""What the exam page notes: in the policy editor, in files and presets, in the notice, among the mutes."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Institution, User
from exams.admin.enrolments import DETECTOR_CHOICES
from proctoring import policies
from proctoring.browser.events import BrowserKind
from proctoring.identity import notice
from proctoring.models import Policy
from proctoring.policy_files import from_file, to_file
from proctoring.policy_presets import PRESETS, differences
from tests.admin.proctoring.test_policies import URL, form

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[User], Client]


def test_what_is_chosen_is_stored_shown_in_words_and_named_in_the_notice(
    browser_of: BrowserOf, officer: User, institution: Institution
) -> None:
    chosen = {
        "browser-paste-do": "incident",
        "browser-paste-times": "1",
        "browser-paste-blocks": "yes",
        "browser-tab_hidden-seconds": "",
        "browser-window_left-do": "ignore",
    }
    client = browser_of(officer)
    assert client.post(f"{URL}add/", form(**chosen)).status_code == 302
    made = Policy._base_manager.get()
    assert made.browser == {
        "paste": {"do": "incident", "times": 1, "blocks": True},
        "window_left": {"do": "ignore"},
    }
    page = client.get(f"{URL}{made.pk}/change/").content.decode()
    assert "incident: medium, from the first time, prevented" in page
    told = client.post(f"{URL}words/", form(**chosen)).json()["detectors"]
    assert told["window_left"]["words"] == "Not noted, and candidates are not told of it."
    assert from_file(to_file(made), institution).browser == made.browser
    text = notice.wording(institution, made)
    assert "when you paste text that does not come from this page" in text
    assert "Switched off on the page: text pasted from elsewhere." in text
    assert "when you work in another window" not in text


def test_numbers_that_make_no_sense_are_refused_by_name(browser_of: BrowserOf, officer: User) -> None:
    answer = browser_of(officer).post(f"{URL}add/", form(**{"browser-paste-times": "0"}))
    assert "Text pasted from elsewhere: please correct incident from." in answer.content.decode()
    assert not Policy._base_manager.exists()


def test_presets_make_sense_and_every_kind_can_be_muted(institution: Institution) -> None:
    made = {each.key: each.policy(institution) for each in PRESETS}
    assert policies.page_terms(made["replaced"]) == {}
    assert BrowserKind.FULL_SCREEN_LEFT in policies.page_terms(made["strict"])
    assert BrowserKind.FULL_SCREEN_LEFT not in policies.page_terms(made["calm"]), (
        "full screen is not asked for"
    )
    assert any(line.startswith("Exam's tab left or hidden: ") for line in differences(made["calm"]))
    assert {kind.value for kind in BrowserKind} <= {name for name, _ in DETECTOR_CHOICES}
