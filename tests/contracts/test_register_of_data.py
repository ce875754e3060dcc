"""Every model of an institution is in the register of personal data, or exempt with a reason."""

import pytest
from django.apps import apps
from django.db import models

from proctoring import keeping
from proctoring.rights.kinds import EXEMPT, KINDS
from proctoring.rights.register import Kind
from tests.contracts.each import for_each
from tests.contracts.test_tenancy import TENANT

NAMED = {rows.model for kind in KINDS.values() for rows in kind.rows}


@for_each(TENANT, name=lambda model: model._meta.label)
def test_each_model_is_registered_or_exempt(model: type[models.Model]) -> None:
    label = model._meta.label
    assert (label in NAMED) != (label in EXEMPT), (
        f"{label}: say in proctoring/rights/kinds_*.py to which kind of personal data it belongs, "
        "or in EXEMPT (kinds.py) why it holds none"
    )


def test_what_is_registered_exists() -> None:
    assert keeping.PERIODS.keys() == KINDS.keys(), "each kind has its period, and no other has"
    known = {model._meta.label for model in TENANT}
    assert known >= NAMED
    assert known >= EXEMPT.keys()
    assert all(EXEMPT.values())


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_each_kind_says_what_it_promises(kind: Kind) -> None:
    assert kind.label and kind.what and kind.where and kind.basis and kind.rows
    if kind.days is not None:
        assert kind.least <= kind.days <= kind.most
        assert bool(kind.least) == bool(kind.least_why)
        assert kind.most_why


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_a_kind_with_a_period_can_tell_its_age(kind: Kind) -> None:
    """Otherwise its rows would never go: each hangs on a span, or on a person and has an age."""
    if kind.days is None:
        return
    for rows in kind.rows:
        assert rows.session or rows.attempt or rows.age or kind.kept_why, rows.model


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_the_ways_of_the_rows_lead_somewhere(kind: Kind) -> None:
    for rows in kind.rows:
        model = apps.get_model(rows.model)
        for way in (rows.session, rows.attempt, rows.person, rows.email, rows.age):
            if way:
                model._base_manager.filter(**{f"{way}__isnull": True})  # FieldError for a wrong way
        assert all(model._meta.get_field(name) for name in rows.blank)
