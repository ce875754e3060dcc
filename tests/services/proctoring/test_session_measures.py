"""Running figures of outside callers' sessions, and emotions that nobody reads without three yeses."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring import emotions
from proctoring.analysis import context, session_measures
from proctoring.checks import say_where_emotions_are_read
from proctoring.ingest import ending
from proctoring.models import Consent, DataKey, MonitoringSession, SessionMeasures
from proctoring.observations import FaceBox
from proctoring.vision.confusion import NOT_YET
from proctoring.vision.engines.base import EmotionEngine, Frame
from proctoring.vision.engines.scripted import ScriptedHead
from tests.capture import RED, FrameFeed, frame, give_consent
from tests.factories.proctoring import make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted")]

CALLS: list[FaceBox] = []
NAMES = ("happy", "sad", "calm", "angry", "surprised", "disgusted", "fear")


class CountingEmotions(EmotionEngine):
    """Everybody is calm; counts how often it is asked."""

    name = "counting"
    model_versions: Mapping[str, str] = {}

    def warm_up(self) -> None:
        """Not counted."""

    def read(self, frame: Frame, face: FaceBox) -> Mapping[str, float]:
        CALLS.append(face)
        return {name: float(name == "calm") for name in NAMES}


@pytest.fixture
def operator_allows(settings: Any) -> Iterator[None]:
    settings.EMOTION_ENGINE = f"{__name__}.CountingEmotions"
    CALLS.clear()
    yield
    CALLS.clear()


@pytest.fixture
def outside(institution: Institution, candidate: User) -> MonitoringSession:
    """A session of an outside caller: without attempt and sitting."""
    with within(institution):
        made = MonitoringSession.objects.create(
            institution=institution, candidate=candidate, started_at=clock.now()
        )
    give_consent(made)
    return made


def change(institution: Institution, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(institution, name, value)
    institution.save()
    context._known.clear()


def figures(session: MonitoringSession) -> dict[str, Any]:
    row = SessionMeasures._base_manager.filter(session=session).first()
    return row.figures if row else {}


def test_figures_of_an_outside_session_are_kept_and_deleted_with_it(outside: MonitoringSession) -> None:
    feed = FrameFeed(outside)
    for _ in range(40):
        feed.send(frame(RED))
    stored = figures(outside)
    assert 0 < stored["head_stability"]["count"] < 40, "written now and then, not at each frame"
    ending.end_session(outside, actor=None, reason="over")
    assert figures(outside)["detector_confidence"]["count"] == 40
    assert figures(outside)["head_stability"] == {"count": 39, "mean": 100.0, "least": 100.0, "most": 100.0}
    for protected in (Consent, DataKey):
        protected._base_manager.filter(session=outside).delete()
    outside.delete()
    assert not SessionMeasures._base_manager.exists()


def test_an_attempt_is_not_measured(attempt: Attempt) -> None:
    session = make_session(attempt)
    give_consent(session)
    feed = FrameFeed(session)
    for _ in range(3):
        feed.send(frame(RED))
    ending.end_session(session, actor=None, reason="over")
    assert not SessionMeasures._base_manager.exists()


@pytest.mark.usefixtures("operator_allows")
def test_emotions_are_read_with_three_yeses(outside: MonitoringSession, institution: Institution) -> None:
    change(institution, kind="other", country="US", allows_emotions=True)
    assert emotions.why_not(institution) == ""
    outside.refresh_from_db()
    FrameFeed(outside).send(frame(RED))
    assert len(CALLS) == 1
    ending.end_session(outside, actor=None, reason="over")
    assert figures(outside)["emotion_calm"]["mean"] == 100
    assert figures(outside)["facial_expression"]["mean"] == 100


@pytest.mark.usefixtures("operator_allows")
def test_confused_waits_for_the_first_looks_and_says_so(
    outside: MonitoringSession, institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[FaceBox] = []

    def brows(engine: ScriptedHead, frame: Frame, face: FaceBox) -> float:
        asked.append(face)
        return 1.0 if len(asked) > 6 else 0.2

    monkeypatch.setattr(ScriptedHead, "brows", brows)
    feed = FrameFeed(outside)
    feed.send(frame(RED))
    assert asked == [], "only where emotions may be read"
    change(institution, kind="other", country="US", allows_emotions=True)
    outside.refresh_from_db()
    assert session_measures.why_not_confused(outside) == NOT_YET
    for _ in range(30):
        feed.send(frame(RED), seconds=4.0)
    assert session_measures.why_not_confused(outside) == ""
    ending.end_session(outside, actor=None, reason="over")
    found = figures(outside)["emotion_confused"]
    assert (found["count"], found["most"]) == (len(asked) - 6, 50.0)


@pytest.mark.usefixtures("operator_allows")
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "education", "country": "US", "allows_emotions": True}, "education"),
        ({"kind": "employment", "country": "DE", "allows_emotions": True}, "AI Act"),
        ({"kind": "other", "country": "US", "allows_emotions": False}, "has not allowed"),
    ],
    ids=["education", "eu", "own switch"],
)
def test_one_no_is_enough(
    outside: MonitoringSession, institution: Institution, fields: dict[str, Any], reason: str
) -> None:
    change(institution, **fields)
    outside.refresh_from_db()
    FrameFeed(outside).send(frame(RED))
    assert CALLS == []
    assert reason in emotions.why_not(institution)


@pytest.mark.usefixtures("operator_allows")
def test_never_in_an_exam(attempt: Attempt, institution: Institution) -> None:
    change(institution, kind="other", country="US", allows_emotions=True)
    session = make_session(Attempt._base_manager.get(pk=attempt.pk))
    give_consent(session)
    FrameFeed(session).send(frame(RED))
    assert CALLS == []


def test_off_by_default_and_the_check_says_where_it_is_refused(
    settings: Any, institution: Institution
) -> None:
    change(institution, kind="other", country="US", allows_emotions=True)
    assert "PROCTOR_EMOTIONS" in emotions.why_not(institution)
    assert say_where_emotions_are_read(None) == []
    settings.EMOTION_ENGINE = f"{__name__}.CountingEmotions"
    [found] = say_where_emotions_are_read(None)
    assert (found.id, "EU and EEA" in found.msg) == ("proctor.I001", True)
