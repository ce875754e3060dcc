"""The admin site keeps institutions apart: entry, lists, ids, choices, history, actions, switching, CSRF."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from accounts.tenancy import TenantModel, within
from exams.models import Enrolment, Exam, Sitting
from tests.factories.accounts import add_role
from tests.factories.exams import enrol, make_exam, make_sitting

Browser = Callable[..., Client]


@pytest.fixture
def own_sitting(institution: Institution) -> Sitting:
    return make_sitting(make_exam(institution))


@pytest.fixture
def foreign_sitting(other_institution: Institution, foreign_candidate: User) -> Sitting:
    sitting = make_sitting(make_exam(other_institution))
    enrol(sitting, foreign_candidate)
    return sitting


def test_every_registered_model_is_kept_apart() -> None:
    """A page that is registered without the base class would show the rows of every institution."""
    for model, model_admin in site._registry.items():
        assert isinstance(model_admin, TenantAdmin), model
        assert issubclass(model, TenantModel) or model is Institution, model


def test_who_enters(
    admin_member: User, proctor: User, candidate: User, stranger: User, browser_of: Browser
) -> None:
    index = reverse("admin:index")
    assert [browser_of(user).get(index).status_code for user in (admin_member, proctor)] == [200, 200]
    for user in (candidate, stranger):
        page = browser_of(user).get(index, follow=True)
        assert page.status_code == 403
        assert "people who work for an institution" in page.content.decode()
    signed_out = browser_of(None).get(index, follow=True)
    assert signed_out.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_operator_without_membership_sees_nothing_of_tenants(
    institution: Institution, own_sitting: Sitting, browser_of: Browser
) -> None:
    operator = User.objects.create_superuser("root@example.org", "correct horse", name="Root")
    client = browser_of(operator)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403
    for path in (
        reverse("admin:exams_sitting_changelist"),
        reverse("admin:exams_sitting_change", args=[own_sitting.pk]),
    ):
        assert client.get(path, follow=True).status_code == 403
    assert client.get(f"/i/{institution.slug}/members/").status_code == 404
    assert not operator.has_perm("exams.view_sitting")


OWN_PAGES = {"case", "detectorprecision", "reviewsettings", "retentionperiod"}
"""No list of Django's; the permission table asks for each of them from a foreign institution."""


def test_lists_hold_own_rows_only(
    officer: User, own_sitting: Sitting, foreign_sitting: Sitting, browser_of: Browser
) -> None:
    client = browser_of(officer)
    opened = set()
    for model in site._registry:
        page: Any = client.get(reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist"))
        if page.status_code == 403:
            continue
        opened.add(model._meta.model_name)
        if model._meta.model_name in OWN_PAGES:
            continue
        for row in page.context["cl"].result_list:
            owner = row if isinstance(row, Institution) else row.institution
            assert owner == own_sitting.institution, (model, row)
    assert opened >= {"exam", "sitting", "enrolment", "membership", "institution"}
    sittings: Any = client.get(reverse("admin:exams_sitting_changelist"))
    assert list(sittings.context["cl"].result_list) == [own_sitting]


@pytest.mark.parametrize("page", ["change", "delete", "history"])
@pytest.mark.parametrize("model", ["sitting", "exam", "enrolment"])
def test_ids_of_others_look_missing(
    officer: User, own_sitting: Sitting, foreign_sitting: Sitting, browser_of: Browser, model: str, page: str
) -> None:
    with within(foreign_sitting.institution):
        rows = {
            "sitting": foreign_sitting.pk,
            "exam": foreign_sitting.exam_id,
            "enrolment": Enrolment.objects.get().pk,
        }
    client = browser_of(officer)
    foreign = client.get(reverse(f"admin:exams_{model}_{page}", args=[rows[model]]))
    missing = client.get(reverse(f"admin:exams_{model}_{page}", args=[10**9]))
    assert foreign.status_code == missing.status_code
    assert foreign.status_code in (302, 403, 404)
    assert foreign.headers.get("Location") == missing.headers.get("Location")


def test_foreign_rows_cannot_be_changed(
    officer: User, own_sitting: Sitting, foreign_sitting: Sitting, browser_of: Browser
) -> None:
    url = reverse("admin:exams_exam_change", args=[foreign_sitting.exam_id])
    browser_of(officer).post(url, {"title": "Taken over"})
    with within(foreign_sitting.institution):
        assert Exam.objects.get().title != "Taken over"
        assert not AuditEntry.objects.filter(verb__startswith="exam.").exists()


def test_choices_of_foreign_keys_are_own_rows(
    officer: User, own_sitting: Sitting, foreign_sitting: Sitting, browser_of: Browser
) -> None:
    client = browser_of(officer)
    page: Any = client.get(reverse("admin:exams_sitting_add"))
    offered = page.context["adminform"].form.fields["exam"].queryset
    with within(own_sitting.institution):
        assert list(offered) == [own_sitting.exam]
    posted: Any = client.post(reverse("admin:exams_sitting_add"), {"exam": str(foreign_sitting.exam_id)})
    assert "exam" in posted.context["adminform"].form.errors
    with within(own_sitting.institution):
        assert list(Sitting.objects.all()) == [own_sitting]


def test_autocomplete_offers_own_rows(
    officer: User, own_sitting: Sitting, foreign_sitting: Sitting, browser_of: Browser
) -> None:
    client = browser_of(officer)
    asked = [
        (model, field)
        for model, model_admin in site._registry.items()
        for field in model_admin.autocomplete_fields
    ]
    for model, field in asked:
        answer = client.get(
            reverse("admin:autocomplete"),
            {"term": "", "app_label": model._meta.app_label, "model_name": model._meta.model_name}
            | {"field_name": field},
        )
        if answer.status_code == 403:
            continue
        target: Any = model._meta.get_field(field).related_model
        given = {int(each["id"]) for each in answer.json()["results"]}
        with within(own_sitting.institution):
            own = set(target.objects.values_list("pk", flat=True))
        assert given <= own, (model, field)
    # An autocomplete that no page of ours asks for is refused, whatever it names.
    refused = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "accounts", "model_name": "membership", "field_name": "user"},
    )
    assert refused.status_code == 403


def test_nothing_is_deleted_in_bulk(
    officer: User, own_sitting: Sitting, foreign_sitting: Sitting, browser_of: Browser
) -> None:
    body = {"action": "delete_selected", "post": "yes"}
    for row in (own_sitting, foreign_sitting):
        url = reverse("admin:exams_exam_changelist")
        browser_of(officer).post(url, body | {"_selected_action": [str(row.exam_id)]})
    assert Exam._base_manager.count() == 2


def test_switching_institutions(
    institution: Institution, other_institution: Institution, officer: User, browser_of: Browser
) -> None:
    add_role(officer, other_institution, Role.PROCTOR)
    client = browser_of(officer)
    index = reverse("admin:index")
    assert client.get(index).wsgi_request.institution == institution
    client.post(reverse("admin:switch"), {"institution": str(other_institution.pk)})
    assert client.get(index).wsgi_request.institution == other_institution
    # The role there decides, not the one at home.
    assert client.get(reverse("admin:exams_exam_add")).status_code == 403


def test_switching_to_an_institution_of_others_is_refused(
    institution: Institution, other_institution: Institution, officer: User, browser_of: Browser
) -> None:
    client = browser_of(officer)
    for wanted in (str(other_institution.pk), "", "x", "999999"):
        page = client.post(reverse("admin:switch"), {"institution": wanted}, follow=True)
        assert "You do not work for that institution." in page.content.decode()
        assert client.get(reverse("admin:index")).wsgi_request.institution == institution


def test_form_opened_before_a_switch_saves_nothing(
    institution: Institution, other_institution: Institution, admin_member: User, browser_of: Browser
) -> None:
    add_role(admin_member, other_institution, Role.ADMIN)
    client = browser_of(admin_member)
    client.post(reverse("admin:switch"), {"institution": str(other_institution.pk)})
    url = reverse("admin:accounts_institution_change", args=[other_institution.pk])
    body = {"name": "Meant for North", "time_zone": "UTC", "_institution": str(institution.pk)}
    page = client.post(url, body, follow=True)
    assert "you have switched to South School in the meantime" in page.content.decode()
    assert Institution.objects.get(pk=other_institution.pk).name == "South School"


def test_history_is_the_audit_log(institution: Institution, admin_member: User, browser_of: Browser) -> None:
    client = browser_of(admin_member)
    change = reverse("admin:accounts_institution_change", args=[institution.pk])
    answer = client.post(change, {"name": "North University", "time_zone": "Europe/Vienna", "language": "en"})
    assert answer.status_code == 302
    history = reverse("admin:accounts_institution_history", args=[institution.pk])
    page = client.get(history).content.decode()
    assert "institution.changed" in page and "Ada Admin" in page


def test_forms_need_the_csrf_token(institution: Institution, admin_member: User, browser_of: Browser) -> None:
    client = browser_of(admin_member, enforce_csrf_checks=True)
    change = reverse("admin:accounts_institution_change", args=[institution.pk])
    assert client.post(change, {"name": "X", "time_zone": "UTC"}).status_code == 403
    assert client.post(reverse("admin:switch"), {"institution": "1"}).status_code == 403
    assert Institution.objects.get(pk=institution.pk).name == "North College"


@pytest.mark.parametrize("query", ["kind=%00", "kind__exact=%00", "q=%00", "o=%00"])
def test_a_filter_with_a_nul_character_does_no_harm(query: str, officer: User, browser_of: Any) -> None:
    """PostgreSQL refuses such text with an error of its own; the list must answer all the same."""
    answer = browser_of(officer).get(f"/admin/exams/question/?{query}", follow=True)
    assert answer.status_code == 200
