"""Several cases at once: given, freed and tagged; shown first, each by itself, taken back together."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.roles import Role
from accounts.tenancy import within
from exams.models import Sitting
from proctoring.models import Case
from proctoring.review import looks, many_cases, sharing
from tests.factories.accounts import make_member
from tests.factories.cases import make_case
from tests.factories.exams import enrol, make_attempt

LIST = "/admin/proctoring/case/"
MANY = f"{LIST}many/"
BrowserOf = Callable[[User], Client]


@pytest.fixture
def three(sitting: Sitting) -> list[Case]:
    people = [make_member(sitting.institution, Role.CANDIDATE) for _ in range(3)]
    return [make_case(make_attempt(enrol(sitting, each), state="submitted")) for each in people]


def send(client: Client, cases: list[Case], **fields: Any) -> Any:
    return client.post(MANY, {"case": [each.pk for each in cases], **fields})


def holders(cases: list[Case]) -> list[str]:
    found = Case._base_manager.select_related("assigned_to").in_bulk([each.pk for each in cases])
    return [str(found[each.pk].assigned_to or "") for each in cases]


def tags(case: Case) -> set[str]:
    return set(
        Case._base_manager.get(pk=case.pk).tags(manager="_base_manager").values_list("name", flat=True)
    )


def test_cases_are_given_after_a_look_and_taken_back(
    browser_of: BrowserOf, three: list[Case], reviewer: User, officer: User
) -> None:
    client = browser_of(officer)
    with within(three[0].institution):
        sharing.assign(three[0], actor=officer, to=officer)
        looks.take_lock(three[2], actor=reviewer)
    page = send(client, three, verb="give", to=str(reviewer.pk)).content.decode()
    assert "Give to Rita Reviewer" in page
    assert "<strong>2 cases</strong>" in page
    assert "Rita Reviewer has it open." in page
    assert str(three[1].session.candidate) not in page  # it is read blind
    assert holders(three) == ["Olga Officer", "", ""]
    done = send(client, three, verb="give", to=str(reviewer.pk), sure="1")
    assert holders(three) == ["Rita Reviewer", "Rita Reviewer", ""]
    assert "has it open" in client.get(done["Location"]).content.decode()
    verbs = AuditEntry._base_manager.filter(stream=f"case:{three[1].pk}").values_list("verb", flat=True)
    assert "case.assigned" in verbs
    with within(three[0].institution):
        sharing.assign(Case.objects.get(pk=three[1].pk), actor=reviewer, to=None)  # changed since
    address = done["Location"].partition("?")[0]
    page = client.post(f"{address}undo/", follow=True).content.decode()
    assert "Taken back: 1 of 2." in page
    assert f"Case {three[1].pk} stays as it is. It was changed since." in page
    assert holders(three) == ["Olga Officer", "", ""]


def test_a_reviewer_takes_and_frees_own_ones_only(
    browser_of: BrowserOf, three: list[Case], reviewer: User, officer: User
) -> None:
    client = browser_of(reviewer)
    with within(three[0].institution):
        sharing.assign(three[0], actor=officer, to=officer)
    send(client, three, verb="take", sure="1")
    assert holders(three) == ["Olga Officer", "Rita Reviewer", "Rita Reviewer"]
    send(client, three, verb="free", sure="1")
    assert holders(three) == ["Olga Officer", "", ""]


def test_tags_are_added_to_others_and_removed(
    browser_of: BrowserOf, three: list[Case], reviewer: User
) -> None:
    client = browser_of(reviewer)
    with within(three[0].institution):
        sharing.tag(three[0], actor=reviewer, names="radio, phone")
    done = send(client, three, verb="add_tag", tag="phone", sure="1")
    assert [tags(each) for each in three] == [{"radio", "phone"}, {"phone"}, {"phone"}]
    client.post(f"{done['Location'].partition('?')[0]}undo/")
    assert [tags(each) for each in three] == [{"radio", "phone"}, set(), set()]
    send(client, three, verb="remove_tag", tag="radio", sure="1")
    assert tags(three[0]) == {"phone"}


def test_all_that_fit_the_filter(
    browser_of: BrowserOf, three: list[Case], reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser_of(reviewer)
    with within(three[0].institution):
        sharing.tag(three[0], actor=reviewer, names="radio")
    send(client, [], across="1", filters="state=open&tag=radio", verb="take", sure="1")
    assert holders(three) == ["Rita Reviewer", "", ""]
    monkeypatch.setattr(many_cases, "MOST", 1)
    page = send(client, [], across="1", filters="state=open", verb="take").content.decode()
    assert "More than 1 fit" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"verb": "decide"}, "Choose what to do."),
        ({"verb": "give", "to": "999"}, "Choose somebody who reads cases here."),
        ({"verb": "add_tag", "tag": "a,b"}, "Name one tag"),
        ({"verb": "take", "case": []}, "Choose cases first."),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    browser_of: BrowserOf, three: list[Case], reviewer: User, fields: dict[str, Any], said: str
) -> None:
    client = browser_of(reviewer)
    values = {"case": [each.pk for each in three], "sure": "1", **fields}
    assert said in client.post(MANY, values, follow=True).content.decode()
    assert holders(three) == ["", "", ""]


def test_foreign_cases_and_others_runs_are_not_there(
    browser_of: BrowserOf,
    three: list[Case],
    reviewer: User,
    officer: User,
    foreign_officer: User,
    proctor: User,
) -> None:
    send(browser_of(foreign_officer), three, verb="take", sure="1")
    assert holders(three) == ["", "", ""]
    assert send(browser_of(proctor), three, verb="take").status_code == 403
    done = send(browser_of(reviewer), three, verb="take", sure="1")["Location"].partition("?")[0]
    assert browser_of(officer).get(done).status_code == 404
    assert browser_of(officer).post(f"{done}undo/").status_code == 404
