"""No row of an institution can be read without saying whose: every model, every manager."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django_scopes.exceptions import ScopeError

from accounts.models import Institution
from accounts.tenancy import TenantModel, within
from tests.contracts.each import for_each
from tests.contracts.project_files import PACKAGES, name_of, python_sources

OUR_APPS = ("accounts", "exams", "proctoring")
WITHOUT_INSTITUTION = {"accounts.User", "accounts.SignIn", "accounts.Institution", "exams.ServerPulse"}
"""Models that belong to no single institution. A new one needs a reason here: people work for several, and
sign in once for all; the institution is the tenant itself; the server lives for all of them."""
IN_HAND = "filters by the key of a row that is in hand and was checked"
UNSCOPED: dict[str, str] = {
    "accounts/api/idempotency.py": "the clearing of old calls means every institution",
    "accounts/audit_checkpoints.py": "upkeep and the operator's check mean every institution",
    "accounts/audit_removal.py": IN_HAND,
    "accounts/naming.py": "numbers of people in the institution in hand",
    "proctoring/evidence/observed_minutes.py": "one master key serves every institution",
    "proctoring/review/blind.py": "cases of the institution in hand; pages may hold a scope of several",
    "proctoring/review/estimates.py": "upkeep means every institution, and enters each",
    "accounts/audit_verification.py": "an operator's check over all institutions",
    "proctoring/pages/demo_camera.py": "a page of nobody finds the demo institution; the rest is scoped",
    "proctor_site/backups/restoring.py": "asks whether anybody at all is here before a copy is put back",
    "exams/delivery/figures.py": "counts over all institutions, without names, for the operator",
    "accounts/jobs/queries.py": "figures of the jobs of all institutions, without names, for the operator",
    "accounts/jobs/running.py": "the worker serves every institution; each job opens its own scope",
    "accounts/jobs/worker.py": "the worker serves every institution; each job opens its own scope",
    "accounts/outbox.py": IN_HAND,
    "accounts/pages/registration.py": "a person's own registration, before there is an institution",
    "accounts/password_words.py": "names of all institutions of a person, as words",
    "accounts/permissions.py": "reads the roles from which scopes are made",
    "accounts/queries.py": "reads the memberships from which scopes are made",
    "accounts/services/api_tokens.py": "found by the secret of the token",
    "accounts/services/invitations.py": "found by the secret of its link",
    "accounts/services/registration.py": "found by the secret of its link, or by a slug that is taken",
    "accounts/stored_files.py": "carried out after a commit and by upkeep, over all institutions",
    "accounts/webhooks/outbox.py": "upkeep means every institution; else those of the one in hand",
    "accounts/tenancy.py": "defines across_all",
    "accounts/transitions.py": "the row is in hand, and sweeps run across institutions",
    "exams/delivery/expiry.py": "the sweep means every institution",
    "exams/delivery/heartbeat.py": "an outage of the server hits every institution",
    "exams/delivery/admission.py": "allowances of enrolments in hand, also on the home page, outside a scope",
    "exams/delivery/queries.py": "a candidate's own rows over all their institutions, filtered by candidate",
    "exams/delivery/beginning.py": IN_HAND,
    "exams/delivery/sign_out_warnings.py": "a person's own exams over all their institutions",
    "exams/delivery/throwing_away.py": "the sweep means every institution; each attempt opens its own scope",
    "exams/permissions.py": IN_HAND,
    "exams/scheduling/reminders.py": "the sweep means every institution",
    "exams/scheduling/roster.py": "the clearing of unused ones means every institution",
    "exams/marking/shown.py": "a candidate's own results over all their institutions, filtered by candidate",
    "exams/scheduling/self_enrolment.py": "found by the secret of its link",
    "exams/management/commands/verify_journals.py": "an operator's command over all institutions",
    "exams/scheduling/sittings.py": IN_HAND,
    "proctoring/api/base.py": "no rows at all for people without an institution",
    "proctoring/api/origins.py": "found by public id; tells only whether its institution lists an origin",
    "proctoring/telling.py": IN_HAND,
    "proctoring/api/capture.py": "found by public id, after the token or before the owner is checked",
    "proctoring/compat_keys.py": "found by the secret of the key, or by what living keys of all list",
    "proctoring/checks.py": "a setting of the operator that any institution may need",
    "proctoring/consumers/access.py": "finds the row whose rights it then checks",
    "proctoring/consumers/connection.py": IN_HAND,
    "proctoring/holds.py": "the nightly and hourly deletions mean every institution; else in hand",
    "proctoring/pages/deletion_certificate.py": "an unguessable address opens it, signed in or not",
    "proctoring/evidence/custody.py": IN_HAND,
    "proctoring/evidence/encrypting.py": "one master key serves every institution",
    "proctoring/management/commands/rotate_evidence_key.py": "one master key serves every institution",
    "proctoring/evidence/history.py": IN_HAND,
    "proctoring/evidence/manifest.py": "the upkeep means every institution; else in hand",
    "proctoring/evidence/package.py": "the upkeep means every institution; else in hand",
    "proctoring/review/incident_exports.py": "the upkeep means every institution",
    "proctoring/evidence/keys.py": "keys of a session, person or file in hand",
    "proctoring/evidence/small.py": IN_HAND,
    "proctoring/evidence/store.py": IN_HAND,
    "proctoring/identity/consent.py": IN_HAND,
    "proctoring/identity/document.py": "rows of sessions in hand; and the sweep means every institution",
    "proctoring/identity/document_tokens.py": "found by the secret of a token, in the session's institution",
    "proctoring/identity/person_checks.py": IN_HAND,
    "proctoring/identity/officer_photos.py": "the sweep means all institutions; else in hand",
    "proctoring/identity/photo_uploads.py": "the sweep means every institution",
    "proctoring/identity/reference.py": IN_HAND,
    "proctoring/identity/steps.py": IN_HAND,
    "proctoring/identity/showings.py": IN_HAND,
    "proctoring/incidents/queries.py": IN_HAND,
    "proctoring/incidents/screen_evidence.py": IN_HAND,
    "proctoring/rights/windows.py": "the sweep means every institution; each case opens its own scope",
    "proctoring/reports/files.py": "upkeep means every institution",
    "proctoring/supervision/defaults.py": "rows of a new institution, and of all in a migration",
    "proctoring/incidents/recording.py": IN_HAND,
    "proctoring/management/commands/rotate_template_key.py": "a new key is for the templates of all",
    "proctoring/interviews/offers.py": "the sweep means every institution; each offer opens its own scope",
    "proctoring/management/commands/verify_evidence.py": "an operator's command over all institutions",
    "proctoring/outside/live_rooms.py": "a token is opened before the institution is known",
    "proctoring/meetings/own/invitations.py": "a link is opened before the institution is known",
    "proctoring/meetings/own/making.py": "the sweep closes meetings of every institution",
    "proctoring/meetings/own/queries.py": "the start page shows own meetings of all institutions",
    "proctoring/meetings/own/room.py": "a page ends its own stay by its random name; the sweep, silent ones",
    "proctoring/meetings/own/rules.py": "the meeting is already in hand, and callers may hold another scope",
    "proctoring/meetings/admission.py": IN_HAND,
    "proctoring/meetings/reports.py": "a provider speaks for all; each report opens its own scope",
    "proctoring/meetings/live_recordings.py": "one folder for all; each opens the scope of its attempt",
    "proctoring/api/calls.py": "only to answer nothing where the person belongs to no institution",
    "proctoring/ingest/call_joining.py": "the sweep means every institution",
    "proctoring/meetings/calls.py": "the sweep means every institution; else in hand",
    "proctoring/meetings/services.py": "the sweep means every institution; else in hand",
    "proctoring/coverage.py": "each process counts for all institutions; written by the key of the session",
    "proctoring/permissions.py": IN_HAND,
    "proctoring/policies.py": IN_HAND,
    "proctoring/review/precision.py": "sums over institutions, where the operator allows them",
    "proctoring/review/opening.py": "upkeep means every institution; each case opens in its own scope",
    "proctoring/rights/exports.py": "the clearing of expired ones means every institution",
    "proctoring/rights/nameless.py": "whether the account lives on in another institution",
    "proctoring/sessions.py": IN_HAND,
    "proctor_site/management/commands/clear_orphans.py": "an operator's command over all institutions",
    "proctoring/sweep.py": "the sweep means every institution",
}
"""Files that may read past the scope, with the reason. Think before adding one: what checks the right?"""
_PAST_THE_SCOPE = {"_base_manager", "with_scopes_disabled", "across_all", "scopes_disabled"}

OURS = [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]
TENANT = [model for model in OURS if issubclass(model, TenantModel)]


def test_there_are_tenant_models() -> None:
    assert len(TENANT) > 25


@for_each(OURS, name=lambda model: model._meta.label)
def test_each_model_belongs_to_an_institution(model: type[models.Model]) -> None:
    assert issubclass(model, TenantModel) or model._meta.label in WITHOUT_INSTITUTION


@for_each(TENANT, name=lambda model: model._meta.label)
def test_reading_without_a_scope_is_refused(model: type[TenantModel]) -> None:
    with pytest.raises(ScopeError):
        model.objects.count()
    with pytest.raises(ScopeError):
        model._default_manager.all()


@pytest.mark.parametrize("model", TENANT, ids=lambda model: model._meta.label)
def test_reading_in_a_scope_is_limited_to_it(model: type[TenantModel], institution: Institution) -> None:
    with within(institution):
        sql, parameters = model.objects.all().query.sql_with_params()
    column = f'"{model._meta.db_table}"."institution_id" = %s'
    assert re.search(re.escape(column), sql), sql
    assert institution.pk in parameters


def _ways_past_the_scope(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    named = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    named |= {node.id for node in nodes if isinstance(node, ast.Name)}
    return named & _PAST_THE_SCOPE


@for_each(python_sources(*PACKAGES), name=name_of)
def test_reading_past_the_scope_is_listed(path: Path) -> None:
    used = _ways_past_the_scope(path)
    assert not used or name_of(path) in UNSCOPED, f"{name_of(path)} uses {used}: see UNSCOPED in this test"


@for_each(UNSCOPED)
def test_the_list_of_exceptions_is_current(name: str) -> None:
    [path] = [path for path in python_sources(*PACKAGES) if name_of(path) == name]
    assert _ways_past_the_scope(path), f"{name} no longer needs its exception"
