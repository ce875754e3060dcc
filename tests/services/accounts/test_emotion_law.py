"""Where emotions may be read: kind and country decide, then the institution; changes are audited."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.emotion_law import law_refusal, refusal
from accounts.models import AuditEntry, Institution, User
from accounts.services import institutions
from proctor_site.kernel.errors import InvalidInput

GIVEN = {"name": "North", "time_zone": "UTC", "language": "en", "requires_second_factor": False}


@pytest.mark.parametrize(
    ("kind", "country", "words"),
    [
        ("education", "US", "of education"),
        ("education", "DE", "of education"),
        ("employment", "DE", "Article 5(1)(f)"),
        ("other", "AT", "Austria"),
        ("other", "NO", "Norway"),
        ("other", "LI", "Liechtenstein"),
        ("employment", "RE", "Article 5(1)(f)"),
        ("employment", "US", ""),
        ("other", "CH", ""),
        ("other", "GB", ""),
    ],
)
def test_kind_and_country_decide(kind: str, country: str, words: str) -> None:
    found = law_refusal(Institution(kind=kind, country=country))
    assert (words in found) if words else found == ""


def test_where_the_law_allows_it_the_institution_decides_and_is_off_by_default() -> None:
    here = Institution(kind="other", country="US")
    assert refusal(here) == "The institution has not allowed it in its settings."
    here.allows_emotions = True
    assert refusal(here) == ""
    here.country = "FR"
    assert "France" in refusal(here), "a switch that was on before does not count"


@pytest.mark.django_db
def test_the_switch_cannot_be_set_against_the_law(
    institution: Institution, admin_member: User, client: Client
) -> None:
    with pytest.raises(InvalidInput) as caught:
        institutions.change_settings(institution, actor=admin_member, **GIVEN, allows_emotions=True)
    assert (caught.value.field, caught.value.code) == ("allows_emotions", "forbidden_by_law")
    client.force_login(admin_member)
    page = client.get(f"/i/{institution.slug}/settings/").content.decode()
    assert "allows_emotions" not in page
    assert "emotions are never read there" in page


@pytest.mark.django_db
def test_the_operator_changes_what_an_institution_is_with_a_reason(
    institution: Institution, admin_member: User
) -> None:
    reason = "--reason=A training company"
    call_command("institution_law", institution.slug, "--kind=employment", "--country=US", reason)
    institution.refresh_from_db()
    assert (institution.kind, institution.country) == ("employment", "US")
    changed = institutions.change_settings(institution, actor=admin_member, **GIVEN, allows_emotions=True)
    assert "allows_emotions" in changed

    call_command("institution_law", institution.slug, "--country=IE", "--reason=It moved")
    institution.refresh_from_db()
    assert institution.allows_emotions is False, "the law switches it off"
    entry = AuditEntry._base_manager.filter(verb="institution.law_changed").latest("pk")
    assert entry.detail["country"] == {"from": "US", "to": "IE"}
    assert entry.detail["allows_emotions"] == {"from": True, "to": False}
    assert entry.detail["reason"] == "It moved"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["nobody", "--reason=x"], "no institution"), (["--country=XX", "--reason=x"], "country"),
     (["--kind=other", "--reason= "], "reason")],
    ids=["unknown", "country", "reason"],
)  # fmt: skip
def test_wrong_changes_of_the_law_are_refused(
    institution: Institution, arguments: list[str], words: str
) -> None:
    slug = [] if arguments[0] == "nobody" else [institution.slug]
    with pytest.raises(CommandError, match=words):
        call_command("institution_law", *slug, *arguments)
    kept = Institution.objects.get(pk=institution.pk)
    assert (kept.kind, kept.country) == (institution.kind, institution.country)
