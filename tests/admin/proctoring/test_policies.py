"""Policies in the admin: rules checked before they are stored, and the policy of an exam on its page."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams.models import Exam
from proctoring import policies
from proctoring.incidents.rule_table import DEFAULT_RULES
from proctoring.incidents.rule_words import rule_in_words
from proctoring.models import MonitoringSession, Policy, PolicyAssignment
from proctoring.observations import ObservationKind
from proctoring.policy_files import FORMAT, from_file, to_file
from proctoring.policy_presets import PRESETS, Preset, differences
from tests.factories.exams import make_exam

URL = "/admin/proctoring/policy/"
BrowserOf = Callable[..., Client]
MODES = tuple(kind.value for kind in ObservationKind)


def form(name: str = "Strict", **more: Any) -> dict[str, Any]:
    captured = {"camera_required": "on", "document": "off", "document_days": "7", "liveness": "off"}
    sound = {"clip_seconds": "30", "diarizer": "local", "voice_enrolment": "off"}
    sound |= {"screen": "off", "screen_seconds": "10"}
    return {"name": name, **captured, **sound, **dict.fromkeys(MODES, "on"), **more}


def test_an_officer_sets_numbers_and_only_what_differs_is_stored(
    browser_of: BrowserOf, officer: User, institution: Institution
) -> None:
    numbers = {
        "rule-no_face-persist_seconds": "5",
        "rule-no_face-min_frames": str(DEFAULT_RULES[ObservationKind.NO_FACE].min_frames),
        "rule-no_face-share": "85",
        "rule-no_face-severity": "low",
        "rule-phone-cooldown_seconds": "",
    }
    client = browser_of(officer)
    assert client.post(f"{URL}add/", form(**numbers)).status_code == 302
    made = Policy._base_manager.get(name="Strict")
    assert made.institution == institution
    assert made.rules == {"no_face": {"persist_seconds": 5.0, "share": 0.85, "severity": "low"}}
    page = client.get(f"{URL}{made.pk}/change/").content.decode()
    assert "on: low, after 3 frames and 5 s" in page
    assert "when 85 % of them show it" in page


def test_what_the_page_shows_can_be_saved_unchanged(
    browser_of: BrowserOf, officer: User, institution: Institution
) -> None:
    kept = {"phone": {"share": 0.33, "persist_seconds": 2.25}, "no_face": {"severity": "high"}}
    policy = Policy._base_manager.create(institution=institution, name="Strict", rules=kept)
    client = browser_of(officer)
    shown = client.get(f"{URL}{policy.pk}/change/").context["adminform"].form
    data = {each.html_name: each.value() for rule in shown.rule_forms.values() for each in rule}
    assert client.post(f"{URL}{policy.pk}/change/", form(**data)).status_code == 302
    policy.refresh_from_db()
    assert policy.rules == kept
    everything_empty = dict.fromkeys(data, "")
    assert client.post(f"{URL}{policy.pk}/change/", form(**everything_empty)).status_code == 302
    policy.refresh_from_db()
    assert policy.rules == {}, "empty boxes stand for the defaults"


@pytest.mark.parametrize(
    ("box", "value", "words"),
    [
        ("no_face-persist_seconds", "soon", "Nobody in view: please correct seconds to open."),
        ("no_face-share", "200", "Nobody in view: please correct share that shows it."),
        ("no_face-min_frames", "0", "Nobody in view: please correct frames to open."),
        ("phone-min_frames", "2.5", "Phone: please correct frames to open."),
        ("phone-gap_seconds", "0", "Phone: please correct starts again after."),
        ("phone-merge_seconds", "nan", "Phone: please correct same incident within."),
        ("phone-severity", "fatal", "Phone: please correct severity."),
    ],
)
def test_numbers_that_make_no_sense_are_refused_by_name_and_nothing_typed_is_lost(
    browser_of: BrowserOf, officer: User, box: str, value: str, words: str
) -> None:
    typed = {f"rule-{box}": value, "rule-book-clear_seconds": "77"}
    answer = browser_of(officer).post(f"{URL}add/", form(**typed))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert words in page
    assert 'value="77"' in page
    assert not Policy._base_manager.exists()


def test_the_words_follow_what_is_typed_and_store_nothing(browser_of: BrowserOf, officer: User) -> None:
    typed = form(phone="advisory", book="off", **{"rule-phone-min_frames": "7", "rule-no_face-share": "0"})
    told = browser_of(officer).post(f"{URL}words/", typed).json()["detectors"]
    assert told["phone"]["summary"] == "advisory: info, after 7 frames and 0.5 s"
    assert told["phone"]["words"].startswith("Advisory: for information only. Opens an incident of severity")
    assert told["phone"]["differs"]
    assert told["book"]["summary"] == "off"
    assert told["camera_covered"] == {
        "words": rule_in_words(DEFAULT_RULES[ObservationKind.CAMERA_COVERED]),
        "summary": "on: medium, after 3 frames and 1.5 s",
        "differs": False,
        "errors": {},
    }
    assert list(told["no_face"]["errors"]) == ["share"]
    assert not Policy._base_manager.exists()


def test_a_preset_a_copy_and_a_file_make_new_policies(
    browser_of: BrowserOf, officer: User, institution: Institution
) -> None:
    client = browser_of(officer)
    page = client.get(f"{URL}start/").content.decode()
    assert "Nobody in view: frames to open 5 instead of 3; seconds to open 8 s instead of 1.5 s" in page
    assert client.post(f"{URL}start/", {"preset": "calm"}).status_code == 302
    calm = Policy._base_manager.get(name="Calm")
    assert (calm.looking_away, calm.rules["no_face"]["min_frames"]) == ("advisory", 5)
    Policy._base_manager.filter(pk=calm.pk).update(is_default=True)

    assert client.post(f"{URL}{calm.pk}/copy/").status_code == 302
    copy = Policy._base_manager.get(name="Calm (2)")
    assert (copy.rules, copy.looking_away, copy.is_default) == (calm.rules, "advisory", False)

    exported = client.get(f"{URL}{calm.pk}/export/")
    assert exported.headers["Content-Disposition"] == 'attachment; filename="calm.json"'
    assert client.post(f"{URL}start/", {"file": upload(exported.content)}).status_code == 302
    read = Policy._base_manager.get(name="Calm (3)")
    assert (read.rules, read.looking_away, read.institution) == (calm.rules, "advisory", institution)
    facts = list(AuditEntry._base_manager.filter(verb="policy.added").values_list("detail", flat=True))
    assert {"from": "preset: Calm"} in facts
    assert {"from": "file"} in facts


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("policy.json", content, "application/json")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "x"}, "format: This is not an export"),
        ({"name": " "}, "name: The policy needs a name"),
        ({"colour": 1}, "colour: A policy has nothing called"),
        ({"camera_required": "yes"}, "camera_required: This must be true or false"),
        ({"detectors": {"nose": "on"}}, "detectors.nose: There is no detector"),
        ({"detectors": {"phone": "loud"}}, "detectors.phone: A mode is one of on, advisory, off"),
        ({"detectors": {"phone": ["on"]}}, "detectors.phone: A mode is one of on, advisory, off"),
        ({"rules": [1]}, "rules: The changes must be an object of detectors"),
        ({"rules": {"phone": {"share": 2}}}, "rules.phone.share: This must be from 0 to 1"),
    ],
    ids=str,
)
def test_files_that_make_no_sense_are_refused_by_place(
    browser_of: BrowserOf, officer: User, change: dict[str, Any], words: str
) -> None:
    content = json.dumps({"format": FORMAT, "name": "X", **change}).encode()
    answer = browser_of(officer).post(f"{URL}start/", {"file": upload(content)})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Policy._base_manager.exists()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[" * 90_000], ids=["empty", "half", "bytes", "deep"]
)
def test_what_is_no_json_is_refused(browser_of: BrowserOf, officer: User, content: bytes) -> None:
    assert browser_of(officer).post(f"{URL}start/", {"file": upload(content)}).status_code == 400
    assert not Policy._base_manager.exists()


def test_differences_name_the_steps_of_check_in() -> None:
    assert differences(Policy(liveness="required", document="optional")) == [
        "Identity document: optional instead of off",
        "Turning the head at check-in: required instead of off",
    ]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda each: each.key)
def test_presets_make_sense_and_change_something(preset: Preset) -> None:
    policy = preset.policy(Institution(name="X"))
    assert policies.rules_for(policy).rules
    assert differences(policy)
    again = from_file(json.loads(json.dumps(to_file(policy))), policy.institution)
    assert to_file(again) == to_file(policy)


def test_the_page_says_which_exams_use_it_and_warns_while_attempts_run(
    browser_of: BrowserOf, officer: User, institution: Institution, session: MonitoringSession
) -> None:
    exam = session.sitting.exam  # type: ignore[union-attr]
    policy = Policy._base_manager.create(institution=institution, name="Strict")
    client = browser_of(officer)
    assert "No exam uses this policy yet." in client.get(f"{URL}{policy.pk}/change/").content.decode()
    PolicyAssignment._base_manager.create(institution=institution, exam=exam, policy=policy)
    page = client.get(f"{URL}{policy.pk}/change/").content.decode()
    assert "Used by 1 exam<" in page
    assert "1 attempt under this policy is running." in page
    answer = client.post(f"{URL}{policy.pk}/change/", form(**{"rule-phone-min_frames": "3"}), follow=True)
    assert "1 attempt under this policy is running. The new numbers" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "may_look", "may_write"),
    [
        ("officer", True, True),
        ("admin_member", True, True),
        ("reviewer", True, False),
        ("proctor", True, False),
        ("author", True, False),
    ],
)
def test_who_reads_and_who_writes(
    request: pytest.FixtureRequest,
    browser_of: BrowserOf,
    institution: Institution,
    who: str,
    may_look: bool,
    may_write: bool,
) -> None:
    client = browser_of(request.getfixturevalue(who))
    assert (client.get(URL).status_code == 200) is may_look
    assert (client.post(f"{URL}add/", form()).status_code == 302) is may_write
    assert Policy._base_manager.exists() is may_write


def test_a_foreign_policy_is_not_found(
    browser_of: BrowserOf, officer: User, other_institution: Institution
) -> None:
    foreign = Policy._base_manager.create(institution=other_institution, name="Theirs")
    client = browser_of(officer)
    for rest in ("change/", "delete/", "history/"):
        assert client.get(f"{URL}{foreign.pk}/{rest}").status_code == 404


def exam_form(exam: Exam, policy: Any) -> dict[str, Any]:
    section = exam.sections.get()
    return {
        "title": exam.title,
        "instructions": "",
        "pass_percentage": "50",
        "calculator": "none",
        "sections-TOTAL_FORMS": "1",
        "sections-INITIAL_FORMS": "1",
        "sections-0-id": section.pk,
        "sections-0-exam": exam.pk,
        "sections-0-title": section.title,
        "sections-0-position": section.position,
        "sections-0-navigation": section.navigation,
        "policy_assignment-TOTAL_FORMS": "1",
        "policy_assignment-INITIAL_FORMS": "0",
        "policy_assignment-0-policy": policy,
    }


def test_an_exam_gets_its_policy_on_its_own_page(
    browser_of: BrowserOf, officer: User, institution: Institution
) -> None:
    exam = make_exam(institution)
    policy = Policy._base_manager.create(institution=institution, name="Strict")
    with within(institution):
        data = exam_form(exam, policy.pk)
    answer = browser_of(officer).post(f"/admin/exams/exam/{exam.pk}/change/", data)
    assert answer.status_code == 302, answer.context["errors"]
    found = PolicyAssignment._base_manager.get()
    assert (found.exam, found.policy, found.institution) == (exam, policy, institution)


def test_a_foreign_policy_cannot_be_chosen(
    browser_of: BrowserOf, officer: User, institution: Institution, other_institution: Institution
) -> None:
    exam = make_exam(institution)
    foreign = Policy._base_manager.create(institution=other_institution, name="Theirs")
    with within(institution):
        data = exam_form(exam, foreign.pk)
    client = browser_of(officer)
    answer = client.post(f"/admin/exams/exam/{exam.pk}/change/", data)
    assert answer.status_code == 200
    assert "Theirs" not in client.get(f"/admin/exams/exam/{exam.pk}/change/").content.decode()
    assert not PolicyAssignment._base_manager.exists()
