"""Decisions about incidents: who may, which moves, what is written and told."""

from typing import Any

import pytest

from accounts.models import AuditEntry, User
from accounts.permissions import forget_roles
from accounts.roles import Role
from exams.models import SittingProctor
from proctor_site.kernel.errors import Conflict, IllegalMove, InvalidInput, NotAllowed
from proctoring.incidents import services
from proctoring.models import Incident, LiveEvent, MonitoringSession
from proctoring.states import INCIDENT_REVIEW
from tests.capture import FrameFeed, frame
from tests.factories.accounts import add_role
from tests.factories.proctoring import make_incident

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scoped")]


@pytest.fixture
def incident(session: MonitoringSession) -> Incident:
    return make_incident(session)


@pytest.mark.parametrize("who", ["proctor", "officer", "reviewer", "admin_member"])
def test_a_decision_says_who_when_and_why(request: Any, incident: Incident, who: str) -> None:
    user = request.getfixturevalue(who)
    services.dismiss(incident, actor=user, note=" a poster on the wall ")
    stored = Incident.objects.get(pk=incident.pk)
    assert (stored.review_state, stored.reviewer, stored.review_note) == (
        "dismissed",
        user,
        "a poster on the wall",
    )
    assert stored.reviewed_at is not None
    entry = AuditEntry.objects.get(verb="incident.dismiss")
    assert (entry.actor, entry.detail["reason"]) == (user, "a poster on the wall")
    event = LiveEvent.objects.get(kind="incident.reviewed")
    assert (event.audience, event.payload["review_state"], event.payload["reviewer"]) == (
        "proctors",
        "dismissed",
        str(user),
    )


@pytest.mark.parametrize(
    "who", ["candidate", "second_candidate", "second_proctor", "author", "stranger", "foreign_officer"]
)
@pytest.mark.parametrize("verb", INCIDENT_REVIEW.verbs)
def test_others_may_not_decide(request: Any, incident: Incident, who: str, verb: str) -> None:
    with pytest.raises(NotAllowed):
        getattr(services, verb)(incident, actor=request.getfixturevalue(who), note="")
    incident.refresh_from_db()
    assert (incident.review_state, incident.reviewer) == ("unreviewed", None)
    assert not LiveEvent.objects.exists()


def test_a_candidate_never_decides_about_their_own_incident(
    incident: Incident, candidate: User, sitting: Any
) -> None:
    add_role(candidate, incident.institution, Role.REVIEWER, Role.PROCTOR, Role.ADMIN)
    SittingProctor.objects.create(institution=incident.institution, sitting=sitting, user=candidate)
    forget_roles(candidate)
    with pytest.raises(NotAllowed):
        services.dismiss(incident, actor=candidate, note="")


@pytest.mark.parametrize("verb", INCIDENT_REVIEW.verbs)
@pytest.mark.parametrize("state", INCIDENT_REVIEW.states)
def test_every_pair_of_state_and_verb(
    session: MonitoringSession, reviewer: User, state: str, verb: str
) -> None:
    incident = make_incident(session, review_state=state)
    if INCIDENT_REVIEW.allows(state, verb):
        getattr(services, verb)(incident, actor=reviewer, note="")
        assert incident.review_state == INCIDENT_REVIEW.target(state, verb)
    else:
        with pytest.raises(IllegalMove):
            getattr(services, verb)(incident, actor=reviewer, note="")
        incident.refresh_from_db()
        assert incident.review_state == state


def test_two_at_once_one_wins(incident: Incident, reviewer: User, officer: User) -> None:
    same = Incident.objects.get(pk=incident.pk)
    services.uphold(incident, actor=reviewer, note="seen")
    with pytest.raises(Conflict) as caught:
        services.dismiss(same, actor=officer, note="")
    assert caught.value.code == "changed_meanwhile"
    assert Incident.objects.get(pk=incident.pk).review_state == "upheld"


@pytest.mark.parametrize("note", ["x" * 4001, "a\x00b", None, 3])
def test_a_wrong_note_changes_nothing(incident: Incident, reviewer: User, note: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        services.uphold(incident, actor=reviewer, note=note)
    assert caught.value.field == "note"
    assert Incident.objects.get(pk=incident.pk).review_state == "unreviewed"


@pytest.mark.usefixtures("scripted")
def test_what_comes_back_after_a_verdict_is_a_new_incident(
    session: MonitoringSession, reviewer: User
) -> None:
    feed = FrameFeed(session)
    _absence(feed)
    services.dismiss(Incident.objects.get(), actor=reviewer, note="fetched a pen")
    _absence(feed)
    assert list(Incident.objects.order_by("id").values_list("review_state", flat=True)) == [
        "dismissed",
        "unreviewed",
    ]


@pytest.mark.usefixtures("scripted")
def test_what_comes_back_before_a_verdict_is_the_same_incident_again(session: MonitoringSession) -> None:
    feed = FrameFeed(session)
    _absence(feed)
    for _ in range(8):
        feed.send(frame((40, 40, 230)))
    _absence(feed)
    incident = Incident.objects.get()
    assert incident.repeats == 1
    assert LiveEvent.objects.filter(kind="incident.repeated").count() == 1


@pytest.mark.usefixtures("scripted")
def test_an_emptied_cache_closes_the_forgotten_incident_and_opens_a_new_one(
    session: MonitoringSession,
) -> None:
    from django.core.cache import cache

    feed = FrameFeed(session)
    for _ in range(5):
        feed.send(frame())
    cache.clear()
    for _ in range(5):
        feed.send(frame())
    first, second = Incident.objects.order_by("id")
    assert (first.ended_at, second.ended_at) == (first.last_seen_at, None)


def _absence(feed: FrameFeed) -> None:
    for _ in range(4):
        feed.send(frame())
    for _ in range(4):
        feed.send(frame((40, 40, 230)))
