"""Keys of the replaced systems' clients: who makes them, where they are shown, who may ask."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams.models import Sitting
from exams.scheduling.sittings import assign_proctor
from proctor_site.demo import old_clients
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed
from proctoring import compat_keys, policies
from proctoring.compat import alerts
from proctoring.models import CompatKey, MonitoringSession, Policy
from proctoring.observations import ObservationKind
from proctoring.policy_presets import VIDEO_DEFAULTS, find_preset
from tests.factories.compat import ORIGIN, client_of, new_key, terms
from tests.factories.exams import make_exam, make_sitting

pytestmark = pytest.mark.django_db


def test_a_key_is_stored_as_a_hash_and_named_in_the_audit_log(
    institution: Institution, fed: Sitting, admin_member: User
) -> None:
    key, secret = compat_keys.make_key(institution, terms(), sitting=fed, actor=admin_member)
    with within(institution):
        assert secret not in str(CompatKey.objects.values().get(pk=key.pk))
        entry = AuditEntry.objects.get(verb="compatkey.made")
    assert entry.actor == admin_member and entry.detail["obtains_consent"] is True
    assert secret not in str(entry.detail)
    assert not key.account.is_active


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"obtains_consent": False}, "obtains_consent"),
        ({"label": " "}, "label"),
        ({"contracts": []}, "contracts"),
        ({"contracts": ["skype"]}, "contracts"),
        ({"notice": "our intranet"}, "notice"),
        ({"origins": ["https://old.example/page"]}, "origins"),
        ({"origins": ["*"]}, "origins"),
        ({"is_private": True}, "origins"),
        ({"origins": ["https://a@old.example"]}, "origins"),
        ({"origins": [f"https://a{each}.example" for each in range(21)]}, "origins"),
    ],
)
def test_wrong_terms_are_refused_by_field(
    institution: Institution, fed: Sitting, admin_member: User, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        compat_keys.make_key(institution, terms(**changes), sitting=fed, actor=admin_member)
    assert refused.value.field == field
    assert not CompatKey.objects.with_scopes_disabled().exists()


def test_nobody_but_an_admin_makes_a_key(institution: Institution, fed: Sitting, officer: User) -> None:
    with pytest.raises(NotAllowed):
        compat_keys.make_key(institution, terms(), sitting=fed, actor=officer)


def test_a_sitting_of_another_institution_is_refused(
    institution: Institution, other_institution: Institution, admin_member: User
) -> None:
    foreign = make_sitting(make_exam(other_institution))
    with pytest.raises(InvalidInput):
        compat_keys.make_key(institution, terms(), sitting=foreign, actor=admin_member)


def test_a_revoked_key_answers_nobody(
    institution: Institution, fed: Sitting, admin_member: User, switched_on: None
) -> None:
    key, secret = new_key(institution, fed)
    client = client_of(secret)
    assert client.get("/health").status_code == 200
    compat_keys.revoke_key(key, actor=admin_member)
    refused = client.get("/health")
    assert refused.status_code == 401 and refused.json()["code"] == "key_revoked"
    with pytest.raises(Conflict):
        compat_keys.revoke_key(key, actor=admin_member)


def test_the_key_may_stand_in_path_query_or_header(secret: str) -> None:
    plain = Client()
    for answer in (
        plain.get(f"/compat/{secret}/health"),
        plain.get(f"/compat/{secret}/api/health/"),
        plain.get("/health", {"compat_key": secret}),
        client_of(secret).get("/health/"),
    ):
        assert answer.status_code == 200 and answer.json()["status"] == "healthy"
    assert plain.get("/health").status_code == 404


def test_a_wrong_key_is_refused_in_the_shape_of_the_address(switched_on: None) -> None:
    client = client_of("prc_nobody-has-this")
    assert client.get("/health").json()["success"] is False
    assert client.get("/health").status_code == 401


def test_without_the_switch_a_key_means_nothing(institution: Institution, fed: Sitting) -> None:
    _, secret = new_key(institution, fed)
    assert client_of(secret).get("/health").status_code == 404
    assert Client().get(f"/compat/{secret}/health").status_code == 404


def test_a_key_serves_its_contracts_only(institution: Institution, fed: Sitting, switched_on: None) -> None:
    client = client_of(new_key(institution, fed, contracts=["dyte"])[1])
    assert client.get("/").json()["message"] == "Hello World"
    assert client.get("/health").status_code == 404


def test_a_wrong_method_names_the_right_ones(old_client: Client) -> None:
    answer = old_client.post("/health")
    assert answer.status_code == 405 and "GET" in answer["Allow"]


def test_pages_of_listed_origins_read_answers_and_others_are_refused(secret: str) -> None:
    for origin in (ORIGIN, "null"):
        answer = client_of(secret, origin=origin).get("/health")
        assert answer.status_code == 200 and answer["Access-Control-Allow-Origin"] == origin
        assert "Access-Control-Allow-Credentials" not in answer
    refused = client_of(secret, origin="https://evil.example").get("/health")
    assert refused.status_code == 403 and "Access-Control-Allow-Origin" not in refused
    assert refused.json()["code"] == "origin_not_listed"


def test_origin_null_is_refused_where_the_key_does_not_list_it(
    institution: Institution, fed: Sitting, switched_on: None
) -> None:
    _, secret = new_key(institution, fed, origins=[ORIGIN])
    assert client_of(secret, origin="null").get("/health").status_code == 403


@pytest.mark.parametrize("origin", [ORIGIN, "null"])
def test_a_preflight_is_answered_with_the_key_in_the_path_or_announced(secret: str, origin: str) -> None:
    asking = {"origin": origin, "access-control-request-method": "POST"}
    announced = {**asking, "access-control-request-headers": "content-type, x-compat-key"}
    for answer in (
        Client(headers=asking).options(f"/compat/{secret}/api/sessions/start"),
        Client(headers=announced).options("/api/sessions/start"),
    ):
        assert answer.status_code == 204 and answer["Access-Control-Allow-Origin"] == origin
        assert "X-Compat-Key" in answer["Access-Control-Allow-Headers"]


def test_a_preflight_of_an_unknown_origin_gets_no_leave(secret: str) -> None:
    asking = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    answer = Client(headers=asking).options(f"/compat/{secret}/api/sessions/start")
    assert "Access-Control-Allow-Origin" not in answer


def test_too_many_calls_are_refused_with_the_time_to_wait(old_client: Client, settings: Any) -> None:
    settings.COMPAT_CALLS_PER_MINUTE = 2
    assert [old_client.get("/health").status_code for _ in range(3)] == [200, 200, 429]
    refused = old_client.get("/health")
    assert int(refused["Retry-After"]) > 0 and refused.json()["success"] is False


def test_no_cookie_of_a_signed_in_person_counts(secret: str, browser_of: Any, admin_member: User) -> None:
    signed_in = browser_of(admin_member)
    answer = signed_in.get("/admin/", headers={"x-compat-key": secret})
    assert answer.status_code == 404, "with a key only the addresses of the contracts are there"


def test_the_key_of_the_demo_is_made_once(
    institution: Institution, admin_member: User, officer: User, proctor: User
) -> None:
    for _ in range(2):
        old_clients.make_key(institution, admin=admin_member, officer=officer, proctor=proctor)
    key = compat_keys.find_key(old_clients.KEY)
    assert key.institution == institution and "null" in key.origins
    assert CompatKey.objects.with_scopes_disabled().count() == 1


def test_a_sitting_made_for_a_key_is_followed_by_another_before_it_closes(
    institution: Institution, proctor: User, officer: User, switched_on: None
) -> None:
    key, secret = new_key(institution)
    client = client_of(secret)
    with within(institution):
        assign_proctor(key.sitting, proctor, actor=officer)
    early = client.post("/api/sessions/start", {"session_id": "early"}, "application/json")
    assert early.status_code == 200
    with clock.at(key.sitting.closes_at - timedelta(hours=20)):
        assert (
            client.post("/api/sessions/start", {"session_id": "late"}, "application/json").status_code == 200
        )
        for name in ("early", "late"):
            assert client.get(f"/api/sessions/{name}/metrics").status_code == 200, "known as before"
        assert (
            client.post("/api/sessions/start", {"session_id": "next"}, "application/json").status_code == 200
        )
    with within(institution):
        before, after = MonitoringSession.objects.exclude(outside__name="next").order_by("pk")
        assert (before.sitting_id, after.sitting.exam) == (key.sitting_id, key.sitting.exam)
        assert after.sitting_id != key.sitting_id and after.sitting.closes_at > key.sitting.closes_at
        assert [each.user for each in after.sitting.proctors.all()] == [proctor]
        assert Sitting.objects.count() == 2, "one follows, however many sessions begin"
        assert AuditEntry.objects.filter(verb="compatkey.renewed").count() == 1


def test_a_sitting_that_somebody_chose_closes_when_they_said(
    institution: Institution, fed: Sitting, switched_on: None
) -> None:
    _, secret = new_key(institution, fed)
    with clock.at(fed.closes_at + timedelta(minutes=1)):
        refused = client_of(secret).post("/api/sessions/start", {}, "application/json")
    assert refused.status_code == 400 and refused.json()["code"] == "closed"


@pytest.mark.parametrize(
    ("contracts", "frames", "cooldown"), [(["video", "exam"], 3, 60.0), (["video", "dyte"], 3, 600.0)]
)
def test_sessions_go_under_the_numbers_of_the_system_that_the_key_speaks_as(
    institution: Institution, contracts: list[str], frames: int, cooldown: float
) -> None:
    key, _ = new_key(institution, contracts=contracts)
    with within(institution):
        policy = Policy.objects.get(assignments__exam=key.sitting.exam)
    rule = policies.rules_for(policy).rules[ObservationKind.NO_FACE]
    assert (rule.min_frames, rule.cooldown_seconds) == (frames, cooldown)


def test_the_video_preset_has_the_numbers_of_that_contract(institution: Institution) -> None:
    preset = find_preset(VIDEO_DEFAULTS)
    assert preset is not None
    rules = policies.rules_for(preset.policy(institution)).rules
    kinds = ObservationKind
    for kind, frames, severity in (
        (kinds.NO_FACE, 3, "medium"),
        (kinds.SEVERAL_FACES, 1, "high"),
        (kinds.LOOKING_AWAY, 5, "medium"),
        (kinds.PHONE, 1, "medium"),
        (kinds.TEXT_SHOWN, 1, "info"),
        (kinds.DIFFERENT_PERSON, 3, "high"),
    ):
        rule = rules[kind]
        assert (rule.min_frames, rule.severity.value, rule.persist_seconds) == (frames, severity, 0.0), kind
        assert alerts.words_of(kind.value).severity == alerts.words_of("other", severity).severity
