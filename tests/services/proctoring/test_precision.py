"""Verdicts of people move the precision of detectors, and what follows from it."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.core import mail

from accounts.jobs import worker
from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import IllegalMove, InvalidInput, NotAllowed
from proctoring.analysis import context
from proctoring.incidents import services
from proctoring.incidents.rule_names import rule_name
from proctoring.incidents.rule_table import DEFAULT_RULES
from proctoring.lighting import Lighting
from proctoring.models import (
    Case,
    DetectorPrecision,
    DetectorStanding,
    Incident,
    LiveEvent,
    MonitoringSession,
    PrecisionTerms,
)
from proctoring.observations import ObservationKind, Severity
from proctoring.review import precision, readings, standings, verdicts
from proctoring.review.intervals import Figures
from tests.capture import RED, FrameFeed, frame
from tests.factories.accounts import make_institution, make_member
from tests.factories.cases import make_case
from tests.factories.proctoring import make_incident

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted", "scoped")]
NO_FACE = ObservationKind.NO_FACE
RULE = rule_name(DEFAULT_RULES[NO_FACE])


def incidents(session: MonitoringSession, number: int, **fields: Any) -> list[Incident]:
    return [make_incident(session, rule=RULE, light=Lighting.DARK, **fields) for _ in range(number)]


def dismiss(rows: Iterable[Incident], actor: User) -> None:
    for row in rows:
        services.dismiss(row, actor=actor)


def figures(institution: Institution) -> Figures:
    return precision.figures_of_kinds(institution).get("no_face", Figures())


def test_an_incident_counts_once_by_its_standing_verdict(session: MonitoringSession, officer: User) -> None:
    [row] = incidents(session, 1)
    services.acknowledge(row, actor=officer)
    assert figures(session.institution) == Figures()
    services.uphold(row, actor=officer)
    assert figures(session.institution) == Figures(upheld=1)
    services.reopen(row, actor=officer)
    assert figures(session.institution) == Figures()
    services.leave_inconclusive(row, actor=officer)
    assert figures(session.institution) == Figures(inconclusive=1)
    services.reopen(row, actor=officer)
    services.dismiss(row, actor=officer)
    assert figures(session.institution) == Figures(dismissed=1)
    assert DetectorPrecision.objects.count() == 1


def test_light_numbers_and_engines_are_counted_apart(session: MonitoringSession, officer: User) -> None:
    dismiss([make_incident(session, light=light, engine="one") for light in ("dark", "ordinary")], officer)
    dismiss([make_incident(session, light="dark", engine="two", rule=RULE)], officer)
    here = session.institution
    assert precision.broken_down(here, "light")["no_face"] == {
        "dark": Figures(dismissed=2),
        "ordinary": Figures(dismissed=1),
    }
    assert precision.broken_down(here, "engine")["no_face"] == {
        "one": Figures(dismissed=2),
        "two": Figures(dismissed=1),
    }
    assert precision.figures_of(here, "no_face", RULE) == Figures(dismissed=1)


def test_practice_and_verdicts_older_than_the_counting_count_for_nothing(
    session: MonitoringSession, officer: User
) -> None:
    [old] = incidents(session, 1, review_state="dismissed")
    services.reopen(old, actor=officer)
    assert figures(session.institution) == Figures()
    assert session.sitting is not None
    type(session.sitting).objects.update(is_practice=True)
    session.sitting.refresh_from_db()
    dismiss(incidents(session, 1), officer)
    assert figures(session.institution) == Figures()


def test_figures_over_institutions_are_shown_only_when_allowed_and_many(
    session: MonitoringSession, settings: Any
) -> None:
    def count(institution: Institution, **verdicts: int) -> None:
        with within(institution):
            DetectorPrecision.objects.create(institution=institution, kind="phone", **verdicts)

    count(session.institution, upheld=4, dismissed=2)
    count(make_institution("two"), upheld=4)
    assert precision.figures_everywhere() == {}
    settings.SHARED_PRECISION = True
    assert precision.figures_everywhere() == {}  # of two, each knows the other's
    count(make_institution("three"), inconclusive=5)
    assert precision.figures_everywhere() == {"phone": Figures(8, 2, 5)}
    DetectorPrecision._base_manager.filter(upheld=4, dismissed=2).update(dismissed=1)
    assert precision.figures_everywhere() == {}


def test_a_detector_that_is_mostly_wrong_becomes_advisory_and_says_so(
    session: MonitoringSession, officer: User, proctor: User
) -> None:
    rows = incidents(session, 20)
    dismiss(rows[:19], officer)
    assert standings.advisory_here(session.institution) == []
    dismiss(rows[19:], officer)
    [standing] = standings.advisory_here(session.institution)
    assert (standing.kind, standing.rule, standing.dismissed) == ("no_face", RULE, 20)
    entry = AuditEntry.objects.get(verb="detectorstanding.make_advisory")
    assert entry.actor is None
    assert entry.detail["interval_percent"] == [0, 16]
    worker.work()
    assert [each.to for each in mail.outbox] == [[officer.email]]
    assert "right in 0 of 20 (0–16 %)" in mail.outbox[0].body

    context.forget(session.pk)
    feed = FrameFeed(session)
    for _ in range(6):
        feed.send(frame())
    opened = Incident.objects.filter(session=session).latest("pk")
    assert (opened.kind, opened.severity, opened.advisory, opened.rule) == ("no_face", "info", True, RULE)
    assert not LiveEvent.objects.filter(kind="incident.notice").exists()
    told = LiveEvent.objects.filter(kind="incident.opened").latest("pk")
    assert told.payload["advisory"] is True


def test_it_comes_back_only_by_a_person_and_then_needs_fresh_verdicts(
    session: MonitoringSession, officer: User, proctor: User
) -> None:
    here = session.institution
    dismiss(incidents(session, 20), officer)
    for row in incidents(session, 80):  # good verdicts alone do not bring it back: it would swing
        services.uphold(row, actor=officer)
    [standing] = standings.advisory_here(here)
    with pytest.raises(NotAllowed):
        standings.bring_back(standing, actor=proctor, reason="I like it.")
    with pytest.raises(InvalidInput):
        standings.bring_back(standing, actor=officer, reason=" ")
    standings.bring_back(standing, actor=officer, reason="The room has new lamps.")
    assert standings.advisory_here(here) == []
    with pytest.raises(IllegalMove):
        standings.bring_back(standing, actor=officer, reason="Again.")

    rows = incidents(session, 20)
    dismiss(rows[:19], officer)
    assert standings.advisory_here(here) == []
    dismiss(rows[19:], officer)
    assert len(standings.advisory_here(here)) == 1
    assert DetectorStanding.objects.count() == 1


def test_other_numbers_have_a_standing_of_their_own(session: MonitoringSession, officer: User) -> None:
    dismiss(incidents(session, 20), officer)
    rules = context.of(session).rule_set
    assert NO_FACE in rules.advisory
    assert rules.rules[NO_FACE].severity is Severity.INFO
    from proctoring.models import Policy, PolicyAssignment

    policy = Policy.objects.create(
        institution=session.institution, name="Slow", rules={"no_face": {"persist_seconds": 5}}
    )
    PolicyAssignment.objects.create(institution=session.institution, exam=session.sitting.exam, policy=policy)
    context.forget(session.pk)
    changed = context.of(session).rule_set
    assert changed.advisory == frozenset()
    assert changed.rules[NO_FACE].severity is Severity.MEDIUM


def test_an_institution_may_set_the_floor_or_switch_it_off(session: MonitoringSession, officer: User) -> None:
    here = session.institution
    terms = PrecisionTerms.objects.create(institution=here, by_itself=False)
    dismiss(incidents(session, 25), officer)
    assert standings.advisory_here(here) == []
    terms.by_itself, terms.least_verdicts, terms.floor_percent = True, 10, 10
    terms.save()
    dismiss(incidents(session, 1), officer)
    assert standings.advisory_here(here) == []  # up to 13 % may be right
    terms.floor_percent = 20
    terms.save()
    dismiss(incidents(session, 1), officer)
    assert len(standings.advisory_here(here)) == 1


def test_what_a_foreign_institution_decides_changes_nothing_here(
    session: MonitoringSession, officer: User
) -> None:
    dismiss(incidents(session, 20), officer)
    other = make_institution("elsewhere")
    make_member(other, Role.EXAM_OFFICER)
    with within(other):
        assert standings.advisory_here(other) == []
        assert precision.figures_of_kinds(other) == {}


def test_the_light_is_noted_when_an_incident_opens(session: MonitoringSession, attempt: Attempt) -> None:
    feed = FrameFeed(session)
    feed.send(frame(RED))
    for _ in range(5):
        feed.send(frame())
    opened = Incident.objects.get(session=session)
    assert (opened.light, opened.rule, opened.advisory) == ("ordinary", RULE, False)


def read_case(session: MonitoringSession, actor: User, verdict: str) -> Case:
    """The case of the session, now ended, read once."""
    MonitoringSession.objects.filter(pk=session.pk).update(state="ended", ended_at=clock.now())
    session.refresh_from_db()
    case = make_case(session)
    readings.give(case, actor=actor, verdict=verdict, note="See.")
    return case


def test_a_case_without_concern_dismisses_what_nobody_decided_one_by_one(
    session: MonitoringSession, officer: User
) -> None:
    upheld, *_ = incidents(session, 3)
    services.uphold(upheld, actor=officer)
    case = read_case(session, officer, "no_concern")
    assert figures(session.institution) == Figures(upheld=1, dismissed=2)
    assert precision.with_cases(session.institution) == {"no_face": 2}
    readings.take_back(case, actor=officer)
    assert figures(session.institution) == Figures(upheld=1)
    assert precision.with_cases(session.institution) == {}


def test_what_is_decided_after_all_counts_instead_of_the_case_and_never_twice(
    session: MonitoringSession, officer: User
) -> None:
    one, other = incidents(session, 2)
    read_case(session, officer, "no_concern")
    services.uphold(one, actor=officer)
    services.dismiss(other, actor=officer)
    assert figures(session.institution) == Figures(upheld=1, dismissed=1)
    assert precision.with_cases(session.institution) == {}
    services.reopen(one, actor=officer)
    assert figures(session.institution) == Figures(dismissed=2)
    assert precision.with_cases(session.institution) == {"no_face": 1}


def test_readings_count_only_by_the_last_word_on_the_case(
    session: MonitoringSession, institution: Institution
) -> None:
    incidents(session, 2)
    MonitoringSession.objects.filter(pk=session.pk).update(state="ended", ended_at=clock.now())
    session.refresh_from_db()
    case = make_case(session, state="appealed")  # two read a breach, and it was decided so
    assert figures(institution) == Figures()
    independent = make_member(institution, Role.REVIEWER)
    verdicts.decide_appeal(case, actor=independent, verdict="no_concern", told="It was the radio.")
    assert figures(institution) == Figures(dismissed=2)
