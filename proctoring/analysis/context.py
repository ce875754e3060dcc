"""What the analysis of a session's frames must know: reference face, rules, mutes, consent; kept in memory.

Reference vectors are decrypted once per session and process and never leave it: not to Redis, not to logs.
"""

import logging
import threading
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q

from accounts.tenancy import within
from exams.models import Allowance
from proctor_site.kernel.errors import InvalidInput, Unavailable
from proctoring import emotions, policies
from proctoring.analysis import pool, templates
from proctoring.incidents.frame_pace import Intervals
from proctoring.incidents.standing import advisory_among
from proctoring.law_guards import why_not_biometrics
from proctoring.models import Consent, HeadBaseline, MonitoringSession, Policy, ReferenceFace, ReferenceVoice
from proctoring.models.identity import View
from proctoring.models.policy import DiarizerChoice
from proctoring.vision.baseline import Baseline
from proctoring.vision.engines.base import Vector
from proctoring.vision.exchange import Likeness, SideView

log = logging.getLogger(__name__)

RELOAD_AFTER_S = 30.0
"""Changes that `forget` was not told of (a policy edited in the admin) are seen after this long."""
_MOST_SESSIONS = 5_000
_AGREED = Q(consent__withdrawn_at=None)
"""Rows of a withdrawn consent are deleted with it, or kept by a legal hold: then nothing uses them."""
_TURN_OF = {View.LEFT: 1, View.RIGHT: -1}
"""The sign of `same_person.turn_of`: the person's own left is on the right of the picture."""
_VERSION_TTL_S = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class SoundContext:
    """What listening must know. `voice`: the enrolled one, made by `voice_engine`; None: none to compare.

    `keeps_heard`: the notice said that what is heard is kept in numbers.
    """

    rule_set: policies.RuleSet = field(default_factory=lambda: policies.RuleSet({}))
    seconds: int = 30
    skips_quiet: bool = False
    diarizer: str = DiarizerChoice.LOCAL.value
    voice: tuple[float, ...] | None = field(default=None, repr=False)
    voice_engine: str = ""
    keeps_heard: bool = False

    @property
    def may_listen(self) -> bool:
        """Whether anything is listened for; what is muted for a candidate is recorded for nothing."""
        return bool(self.rule_set.detectors)


@dataclass(frozen=True, slots=True)
class ScreenContext:
    """What was agreed about the screen, and the policy still wants. `seconds`: between two pictures."""

    may_share: bool = False
    seconds: int = 10
    clips: bool = False


@dataclass(frozen=True, slots=True)
class SessionContext:
    """One session's side of the analysis. `references`, `baseline` None: nothing to compare with.

    `sides`: further references, for faces turned to the same side.
    """

    may_capture: bool
    rule_set: policies.RuleSet
    references: tuple[Vector, ...] | None
    warns_candidate: bool
    intervals: Intervals
    baseline: Baseline | None = None
    reads_emotions: bool = False
    sides: tuple[SideView, ...] = ()
    sound: SoundContext = field(default_factory=SoundContext)
    screen: ScreenContext = field(default_factory=ScreenContext)


_known: dict[int, tuple[float, int, SessionContext]] = {}
_lock = threading.Lock()


def of(session: MonitoringSession) -> SessionContext:
    """The session's context, loaded at most every `RELOAD_AFTER_S` seconds or after `forget`."""
    version = version_of(session.pk)
    found = _known.get(session.pk)
    if found is not None and found[1] == version and time.monotonic() - found[0] < RELOAD_AFTER_S:
        return found[2]
    with within(session.institution):
        fresh = _load(session, found[2] if found and found[1] == version else None)
    with _lock:
        if len(_known) >= _MOST_SESSIONS:
            _known.clear()
        _known[session.pk] = (time.monotonic(), version, fresh)
    return fresh


def version_of(session_id: int) -> int:
    """A number that `forget` changes: who has kept it sees whether anything was changed meanwhile."""
    return int(cache.get(_version_key(session_id), 0))


def forget(session_id: int) -> None:
    """Makes every process load the session's context anew: consent, reference or state has changed."""
    with _lock:
        _known.pop(session_id, None)
    key = _version_key(session_id)
    cache.add(key, 0, _VERSION_TTL_S)
    cache.incr(key)


def _load(session: MonitoringSession, before: SessionContext | None) -> SessionContext:
    consent = Consent.objects.filter(session=session, withdrawn_at=None).first()
    policy = _policy(session)
    rule_set = _rule_set(session, policy)
    if consent is not None and consent.looked_for is not None:
        # A policy changed during an attempt interprets differently, but looks for nothing untold.
        rule_set = rule_set.only(consent.looked_for)
    rule_set = rule_set.with_advisory(advisory_among(session.institution_id, rule_set.names))
    sound = SoundContext()
    if consent is not None and consent.microphone and consent.looked_for is not None and policy.listens:
        sound = _sound(session, policy, consent, rule_set.for_sound())
    rule_set = rule_set.for_pictures()
    compares = consent is not None and consent.face_comparison
    compares = compares and not why_not_biometrics(session.institution)
    # Decrypted once: a reload after some seconds keeps the vectors, `forget` drops them.
    references, sides = (before.references, before.sides) if compares and before else (None, ())
    if compares and before is None:
        references, sides = _references(session)
    return SessionContext(
        may_capture=consent is not None and consent.camera,
        rule_set=rule_set,
        references=references,
        warns_candidate=policy.warns_candidate,
        intervals=Intervals(
            settings.FRAME_INTERVAL_MS, settings.FRAME_RISK_INTERVAL_MS, settings.FRAME_CALM_INTERVAL_MS
        ),
        baseline=_baseline(session),
        # Never in an exam: only in sessions of outside callers.
        reads_emotions=session.is_measured and not emotions.why_not(session.institution),
        sides=sides,
        sound=sound,
        screen=_screen(session, policy, consent),
    )


def _screen(session: MonitoringSession, policy: Policy, consent: Consent | None) -> ScreenContext:
    if consent is None or not consent.screen or not policy.shares_screen or session.attempt is None:
        return ScreenContext()
    if policies.is_screen_free(Allowance.objects.filter(enrolment_id=session.attempt.enrolment_id)):
        return ScreenContext()
    # Never more often than the notice said, and filmed only where it said so.
    seconds = max(policy.screen_seconds, consent.screen_seconds or policy.screen_seconds)
    return ScreenContext(True, seconds, consent.screen_clips and policy.screen_clips)


def _sound(
    session: MonitoringSession, policy: Policy, consent: Consent, rule_set: policies.RuleSet
) -> SoundContext:
    compares = consent.voice_comparison and not why_not_biometrics(session.institution)
    voice, engine = _voice(session) if compares else (None, "")
    # Both have to say so: the candidate was told, and the policy still wants it.
    leave = consent.recordings_leave and policy.diarizer == DiarizerChoice.DEEPGRAM and settings.DEEPGRAM_KEY
    return SoundContext(
        rule_set=rule_set,
        seconds=policy.clip_seconds,
        skips_quiet=policy.skips_quiet,
        diarizer=DiarizerChoice.DEEPGRAM if leave else DiarizerChoice.LOCAL,
        voice=voice,
        voice_engine=engine,
        keeps_heard=consent.heard_kept,
    )


def _voice(session: MonitoringSession) -> tuple[tuple[float, ...] | None, str]:
    """The enrolled voice and what made it."""
    row = ReferenceVoice.objects.filter(_AGREED, session=session).first()
    if row is None:
        return None, ""
    try:
        return tuple(float(each) for each in templates.unseal(row.template)), row.engine
    except Unavailable:
        log.exception("session %s: the enrolled voice cannot be read", session.pk)
        return None, ""


def _policy(session: MonitoringSession) -> Policy:
    if session.sitting is None:
        policy = policies.built_in(session.institution)
        # Outside callers have no policy of ours: the consent that they ask for says whether there is sound.
        policy.sound = True
        return policy
    return policies.policy_for(session.sitting.exam)


def _rule_set(session: MonitoringSession, policy: Policy) -> policies.RuleSet:
    allowances = []
    if session.attempt is not None:
        allowances = list(Allowance.objects.filter(enrolment_id=session.attempt.enrolment_id))
    try:
        return policies.rules_for(policy, allowances)
    except InvalidInput:
        # The admin refuses such a policy; one that got in otherwise must not stop an exam.
        log.exception("policy %s has wrong changes to its rules; they are left out", policy.pk)
        policy.rules = {}
        return policies.rules_for(policy, allowances)


def _references(session: MonitoringSession) -> tuple[tuple[Vector, ...] | None, tuple[SideView, ...]]:
    """Every view that this engine can compare with, None when there is none; and those from the side.

    An officer's photo that is not like the photo of check-in is left out: two people would pass as one.
    """
    vectors: list[Vector] = []
    sides: list[SideView] = []
    agreeing = ~Q(view=View.OFFICER) | Q(likeness=Likeness.ALIKE)
    for face in ReferenceFace.objects.filter(_AGREED, agreeing, session=session):
        if face.engine != pool.engine_description():
            # Vectors of two engines cannot be compared; a number would come out all the same.
            log.error("session %s: a reference was made by %s, not by this engine", session.pk, face.engine)
            continue
        try:
            vector = templates.unseal(face.template)
        except Unavailable:
            log.exception("session %s: a reference face cannot be read", session.pk)
            continue
        if face.view in _TURN_OF:
            sides.append(SideView(vector, _TURN_OF[View(face.view)]))
        else:
            vectors.append(vector)
    return tuple(vectors) or None, tuple(sides)


def _baseline(session: MonitoringSession) -> Baseline | None:
    found = HeadBaseline.objects.filter(_AGREED, session=session).first()
    return Baseline.from_json(found.numbers) if found else None


def _version_key(session_id: int) -> str:
    return f"context-version:{session_id}"
