"""What the law forbids is refused at every way in and noted; documents follow the settings, in versions."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import law_refusals
from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from accounts.services import privacy
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed
from proctoring import law_guards, policies, policy_files
from proctoring.identity import notice, reference, voice
from proctoring.law import versions
from proctoring.law.facts import gather
from proctoring.law.texts import MAKERS
from proctoring.models import LawDocument, Policy
from proctoring.policy_presets import PRESETS
from proctoring.rights import periods
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_human(scoped: Institution) -> Institution:
    """Where nobody checks whoever declines, so that no face and no voice may be compared."""
    scoped.human_check = False
    scoped.save()
    return scoped


@pytest.fixture
def dpo(institution: Institution) -> User:
    return make_member(institution, Role.DATA_PROTECTION_OFFICER, name="Dora Officer")


def noted() -> list[tuple[str, str]]:
    rows = AuditEntry._base_manager.filter(verb=law_refusals.VERB).order_by("pk")
    return [(row.detail["guard"], row.detail["way"]) for row in rows]


def test_saving_a_policy_by_any_code_is_refused_and_noted(no_human: Institution) -> None:
    with pytest.raises(InvalidInput) as refused:
        Policy.objects.create(institution=no_human, name="Faces")
    assert (refused.value.field, refused.value.code) == ("reference_photo_required", "forbidden_by_law")
    Policy.objects.create(institution=no_human, name="None", reference_photo_required=False)
    voices = Policy(institution=no_human, reference_photo_required=False, voice_enrolment="optional")
    with pytest.raises(InvalidInput, match="would not be free"):
        voices.save()
    assert noted() == [("biometrics", "saving a policy")] * 2


def test_a_file_a_preset_and_a_copy_are_refused(no_human: Institution, officer: User) -> None:
    with pytest.raises(InvalidInput, match="would not be free"):
        policy_files.from_file({"format": policy_files.FORMAT, "name": "Faces"}, no_human)
    preset = next(each for each in PRESETS if each.policy(no_human).reference_photo_required)
    with pytest.raises(InvalidInput, match="would not be free"):
        policy_files.store_new(preset.policy(no_human), actor=officer, source="preset")
    assert [way for _, way in noted()] == ["file of a policy", "new policy"]


@pytest.mark.parametrize(
    ("kind", "country", "is_refused"),
    [("education", "US", True), ("employment", "US", False), ("education", "AT", False)],
)
def test_room_scans_by_kind_and_country(
    scoped: Institution, kind: str, country: str, *, is_refused: bool
) -> None:
    scoped.kind, scoped.country = kind, country
    scoped.save()
    policy = Policy(institution=scoped, name="Rooms", room_scan=True)
    assert bool(law_guards.refusals(scoped, policy)) is is_refused
    if is_refused:
        with pytest.raises(InvalidInput, match="Ogletree"):
            policy.save()
    else:
        policy.save()


def test_the_form_says_why_and_the_attempt_is_noted_with_its_person(
    no_human: Institution, officer: User, browser_of: Callable[..., Client]
) -> None:
    client = browser_of(officer)
    address = reverse("admin:proctoring_policy_add")
    page = client.post(address, {"name": "Faces", "reference_photo_required": "on", "camera_required": "on"})
    assert "would not be free" in page.content.decode() and not Policy.objects.exists()
    entry = AuditEntry.objects.get(verb=law_refusals.VERB)
    assert (entry.actor, entry.detail["way"]) == (officer, "form of a policy")


def test_a_preset_on_the_page_is_refused_with_words(
    no_human: Institution, officer: User, browser_of: Callable[..., Client]
) -> None:
    key = next(each.key for each in PRESETS if each.policy(no_human).reference_photo_required)
    client = browser_of(officer, raise_request_exception=False)
    page = client.post(reverse("admin:proctoring_policy_start"), {"preset": key})
    assert page.status_code == 400 and "would not be free" in page.content.decode()
    assert noted() == [("biometrics", "new policy")]


def test_emotions_are_refused_and_noted(scoped: Institution, admin_member: User) -> None:
    from accounts.services.institutions import change_settings

    with pytest.raises(InvalidInput):
        change_settings(
            scoped,
            actor=admin_member,
            name="N",
            time_zone="UTC",
            language="en",
            requires_second_factor=False,
            allows_emotions=True,
        )
    assert noted() == [("emotions", "settings")]


def test_when_the_law_changes_later_nothing_is_compared(scoped: Institution, candidate: User) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(scoped)), candidate))
    session = make_session(attempt)
    assert policies.policy_of(attempt).reference_photo_required
    scoped.human_check = False
    scoped.save()
    attempt.refresh_from_db()
    session.refresh_from_db()
    attempt.institution = session.institution = scoped
    policy = policies.policy_of(attempt)
    assert not policy.reference_photo_required
    assert "numeric description" not in notice.wording(scoped, policy)
    for enrolment in (reference.enrol, voice.enrol):
        with pytest.raises(Conflict) as refused:
            enrolment(session, b"")
        assert refused.value.code == "forbidden_by_law"
    assert noted() == [("biometrics", "reference photo"), ("biometrics", "voice at check-in")]


def test_a_written_release_needs_a_public_schedule(scoped: Institution, dpo: User) -> None:
    privacy.change_terms(scoped, {"biometric_release": True}, actor=dpo)
    assert "740 ILCS 14/15(a)" in law_guards.why_not_biometrics(scoped)
    with pytest.raises(InvalidInput, match="postal address, the contact for data protection, the"):
        privacy.publish(scoped, actor=dpo, is_public=True)
    filled = {"controller_address": "1 Road", "dpo_contact": "d@example.org", "legal_basis": "public_task"}
    privacy.change_terms(scoped, filled, actor=dpo)
    privacy.publish(scoped, actor=dpo, is_public=True)
    assert law_guards.why_not_biometrics(scoped) == ""
    text = notice.wording(scoped, policies.built_in(scoped))
    assert "Written release\n" in text and "d@example.org" in text
    with pytest.raises(InvalidInput) as refused:
        privacy.change_terms(scoped, {"dpo_contact": ""}, actor=dpo)
    assert refused.value.field == "dpo_contact"
    privacy.publish(scoped, actor=dpo, is_public=False)
    assert law_guards.why_not_biometrics(scoped)


def test_only_those_who_answer_for_it_change_the_terms(scoped: Institution, officer: User) -> None:
    with pytest.raises(NotAllowed):
        privacy.change_terms(scoped, {"dpo_contact": "x"}, actor=officer)
    with pytest.raises(NotAllowed):
        privacy.publish(scoped, actor=officer, is_public=True)


def test_documents_are_kept_once_and_anew_when_they_say_something_else(scoped: Institution) -> None:
    assert {each.kind for each in versions.refresh(scoped)} == set(MAKERS)
    assert versions.refresh(scoped) == []
    policy = Policy.objects.create(institution=scoped, name="Standard", is_default=True)
    assert versions.refresh(scoped) == [], "the built-in policy under its own name says the same"
    policy.phone = "off"
    policy.save()
    changed = {each.kind: each for each in versions.refresh(scoped)}
    assert {"notice", "dpia", "model_card"} <= set(changed)
    assert changed["notice"].number == 2 and changed["notice"].changed_lines >= 1
    assert "whether a phone is to be seen" not in changed["notice"].text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sound": True}, "Sound recordings: seconds of sound"),
        ({"document": "required", "document_days": 11}, "at most 11 days after the decision"),
        ({"screen": "required"}, "Pictures and films of the screen"),
        ({"chat": False}, None),
    ],
)
def test_what_a_policy_does_stands_in_the_documents(
    scoped: Institution, values: dict[str, Any], words: str | None
) -> None:
    versions.refresh(scoped)
    Policy.objects.create(institution=scoped, name="Standard", is_default=True, **values)
    changed = {each.kind: each.text for each in versions.refresh(scoped)}
    assert "notice" in changed and "records" in changed
    if words is None:
        assert "Messages: " not in changed["records"]
    else:
        assert words in changed["records"] and words in changed["notice"]


def test_a_changed_period_changes_documents_and_the_candidates_notice(
    scoped: Institution, dpo: User, django_capture_on_commit_callbacks: Any
) -> None:
    versions.refresh(scoped)
    policy = policies.built_in(scoped)
    shown = notice.current(scoped, policy)
    assert "kept as evidence for 180 days after the end of your exam" in shown.body
    with django_capture_on_commit_callbacks(execute=True):
        periods.change(scoped, "camera_pictures", actor=dpo, days=77, reason="our law")
    told = notice.current(scoped, policy)
    assert told.version == shown.version + 1
    assert "kept as evidence for 77 days after the end of your exam" in told.body
    for kind in ("notice", "records", "dpia"):
        row = versions.newest(scoped, kind)
        assert row is not None and row.number == 2, kind
        before = LawDocument.objects.get(kind=kind, number=1)
        changes = list(versions.compare(before.text, row.text))
        schedule = next(each for each in changes if each.heading.startswith("What is kept"))
        assert ("180", True) in schedule.before and ("77", True) in schedule.after
        assert row.changed_lines == len(changes) == (2 if kind == "notice" else 1)
    assert dpo.email in {each.to[0] for each in mail.outbox}


def test_processors_stand_in_the_documents_when_they_are_used(scoped: Institution, settings: Any) -> None:
    settings.DEEPGRAM_KEY = "key"
    Policy.objects.create(
        institution=scoped, name="Far", is_default=True, sound=True, diarizer="deepgram", live_video=True
    )
    settings.LIVE_PROVIDER, settings.LIVEKIT_URL = "livekit", "wss://x.livekit.cloud"
    who = {each.who: each.where for each in gather(scoped).recipients}
    assert who["Deepgram, Inc."] == "api.deepgram.com" and who["LiveKit"] == "x.livekit.cloud"
    settings.LIVE_PROVIDER = "off"
    assert "LiveKit" not in {each.who for each in gather(scoped).recipients}


def test_what_the_law_forbids_stands_in_no_document(no_human: Institution) -> None:
    facts = gather(no_human)
    assert not facts.compares
    assert "face templates" not in MAKERS["notice"](facts).sections[1].rows.__repr__()


def test_differences_are_shown_word_by_word() -> None:
    before, after = "# T\n\n## A\n\nkept for 7 days\n", "# T\n\n## A\n\nkept for 11 days\n\n## B\n\nnew\n"
    first, *others = versions.compare(before, after)
    assert first.heading == "A"
    assert ("7", True) in first.before and ("11", True) in first.after
    assert versions.count_changes(before, after) == 3 and len(others) == 2
    assert versions.count_changes(before, before) == 0


def test_who_answers_for_data_protection_is_told_once(
    scoped: Institution, dpo: User, admin_member: User, officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    versions.refresh(scoped)
    assert mail.outbox == []
    Policy.objects.create(institution=scoped, name="Standard", is_default=True, phone="off")
    with django_capture_on_commit_callbacks(execute=True):
        versions.refresh(scoped)
    assert {each.to[0] for each in mail.outbox} == {dpo.email, admin_member.email}
    assert "version 2" in mail.outbox[0].body and "/changes/" in mail.outbox[0].body
    assert not LawDocument.objects.filter(number__gt=1, told_at=None).exists()


def test_saving_a_policy_makes_the_documents_anew(
    scoped: Institution, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        Policy.objects.create(institution=scoped, name="Standard", is_default=True, phone="off")
    assert LawDocument.objects.filter(kind="notice").count() == 1


def test_pages(scoped: Institution, dpo: User, browser_of: Callable[..., Client]) -> None:
    client = browser_of(dpo)
    page = client.get(reverse("law", args=[scoped.slug])).content.decode()
    assert "Never in an exam" in page and "Before it can be public, fill in: the postal address" in page
    Policy.objects.create(institution=scoped, name="Standard", is_default=True, phone="off")
    assert "Settings changed" in client.get(reverse("law", args=[scoped.slug])).content.decode()
    changes = client.get(reverse("law_changes", args=[scoped.slug, "notice", 2])).content.decode()
    assert "<del>" in changes and "whether a phone is to be seen" in changes
    address = reverse("law_document", args=[scoped.slug, "dpia", 2])
    assert "This is a draft" in client.get(address).content.decode()
    assert client.get(address, {"as": "md"}).content.decode().startswith("# Impact assessment (draft)")
    assert json.loads(client.get(address, {"as": "json"}).content)["version"] == 2
    assert client.get(reverse("law_document", args=[scoped.slug, "nonsense", 1])).status_code == 404
    assert client.get(reverse("law_changes", args=[scoped.slug, "notice", 1])).status_code == 404


def test_the_public_page_is_public_only_when_it_was_published(
    scoped: Institution, dpo: User, browser_of: Callable[..., Client]
) -> None:
    public = reverse("public_privacy", args=[scoped.slug])
    anybody, client = browser_of(), browser_of(dpo)
    assert anybody.get(public).status_code == 404
    filled = {
        "controller_address": "1 Road",
        "dpo_contact": "d@example.org",
        "legal_basis": "public_task",
        "privacy_notes": "See our law.",
        "human_check": "on",
    }
    assert client.post(reverse("law", args=[scoped.slug]), filled).status_code == 302
    assert client.post(reverse("law_publish", args=[scoped.slug]), {"public": "1"}).status_code == 302
    client.get(reverse("law", args=[scoped.slug]))
    page = anybody.get(public)
    assert page.status_code == 200
    assert "Check-in photos and face templates" in page.content.decode() and "1 Road" in page.content.decode()
    client.post(reverse("law_publish", args=[scoped.slug]), {"public": "0"})
    assert anybody.get(public).status_code == 404
