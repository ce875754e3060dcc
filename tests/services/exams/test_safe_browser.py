"""Safe Exam Browser in a sitting: what follows from its terms, what is refused, what practice takes."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Institution, User
from exams import safe_browser, states
from exams.models import Sitting
from exams.scheduling.practice import make_practice
from exams.scheduling.safe_browser import file_of, keys_of, set_terms, settings_of, terms_of
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, NotFound
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting


@pytest.fixture
def sitting(scoped: Institution, settings: Any) -> Sitting:
    settings.BASE_URL = "https://exam.example.org"
    return make_sitting(make_exam(scoped))


def test_the_same_terms_give_the_same_key(sitting: Sitting, officer: User) -> None:
    """Candidates hold files with this key: a change of the generated settings shuts them out."""
    set_terms(
        sitting,
        actor=officer,
        use="required",
        quit_password="leave",
        assistive_programs=["nvda.exe", "com.a.B"],
    )
    made = settings_of(sitting, terms_of(sitting))
    for name in ("startURL", "quitURL"):
        made[name] = "https://exam.example.org/"  # hold ids of this run
    assert safe_browser.config_key(made) == "9fcf01168664bf447b99af7ba1c87c574eb2b7b191219cda410da8dcbdbdf8ec"
    assert made["URLFilterRules"][0]["expression"] == "exam.example.org/*"
    assert [each["os"] for each in made["permittedProcesses"]] == [1, 0]
    file = file_of(sitting)
    assert safe_browser.config_key(safe_browser.read_file(file)) == keys_of(sitting).config_key
    assert file == file_of(Sitting.objects.get(pk=sitting.pk))
    assert b"leave" not in file


def test_what_makes_no_sense_is_refused_by_field(sitting: Sitting, officer: User) -> None:
    start = f"https://exam.example.org/i/{sitting.institution.slug}/"
    cases: list[tuple[str, dict[str, Any]]] = [
        ("use", {"use": "sometimes"}),
        ("quit_password", {"quit_password": "x" * 101}),
        ("assistive_programs", {"assistive_programs": ["../evil.exe"]}),
        ("assistive_programs", {"assistive_programs": [f"a{n}.exe" for n in range(11)]}),
        ("browser_exam_keys", {"browser_exam_keys": ["12"]}),
        ("own_file", {"own_file": b"nothing"}),
        ("own_file", {"own_file": safe_browser.write_file({"startURL": "https://x.example/"})}),
        ("own_file", {"own_file": safe_browser.write_file({"startURL": start, "sendBrowserExamKey": False})}),
    ]
    for field, given in cases:
        with pytest.raises(InvalidInput) as refused:
            set_terms(sitting, actor=officer, **{"use": "required", **given})
        assert refused.value.field == field
    assert Sitting.objects.get(pk=sitting.pk).safe_browser == "off"
    with pytest.raises(NotFound):
        file_of(Sitting.objects.get(pk=sitting.pk))


def test_a_file_of_ones_own_is_given_out_as_it_is(sitting: Sitting, officer: User) -> None:
    own = {"startURL": "https://exam.example.org/", "sendBrowserExamKey": True, "zoomMode": 1}
    data = b"\n".join(safe_browser.write_file(own).splitlines())
    set_terms(sitting, actor=officer, use="allowed", own_file=data)
    assert file_of(sitting) == data
    assert keys_of(sitting).config_key == safe_browser.config_key(own)
    set_terms(sitting, actor=officer, use="allowed", drop_own_file=True)
    assert keys_of(sitting).config_key != safe_browser.config_key(own)


def test_nobody_who_works_is_shut_out(sitting: Sitting, officer: User, candidate: User) -> None:
    make_attempt(enrol(sitting, candidate), state=states.IN_PROGRESS)
    with pytest.raises(InvalidInput, match="shut them out"):
        set_terms(sitting, actor=officer, use="required")
    Sitting.objects.filter(pk=sitting.pk).update(safe_browser="required")
    sitting.refresh_from_db()
    with pytest.raises(InvalidInput, match="shut them out"):
        set_terms(sitting, actor=officer, use="required", show_time=False)
    set_terms(sitting, actor=officer, use="allowed")
    assert sitting.safe_browser == "allowed"


def test_practice_asks_the_same_and_leads_to_itself(sitting: Sitting, officer: User) -> None:
    set_terms(sitting, actor=officer, use="required", allow_quit=False, quit_password="leave")
    now = clock.now()
    made = make_practice(
        sitting,
        actor=officer,
        exam=sitting.exam,
        opens_at=now,
        closes_at=now + timedelta(days=1),
        practice_days=3,
        with_candidates=False,
    )
    copied = terms_of(made)
    assert (made.safe_browser, copied.allow_quit) == ("required", False)
    assert copied.quit_password_hash == terms_of(sitting).quit_password_hash != ""
    assert str(made.pk) in settings_of(made, copied)["startURL"]
