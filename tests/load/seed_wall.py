"""A watched sitting in a scratch database, and what its candidates' pages would tell of themselves meanwhile.

bench_wall.py runs both in processes of their own, beside the server that is measured.
"""

import random
import time
from typing import Any

import cv2
import numpy as np
from django.conf import settings

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams import states
from exams.models import Sitting
from proctor_site.kernel import clock
from proctoring.incidents.queries import incident_shape
from proctoring.live import presence, publish
from proctoring.models import Incident, MonitoringSession
from proctoring.observations import ObservationKind, Severity
from tests.factories.accounts import make_institution, make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session
from tests.load.seed_hall import cookie_of

FIRST = ("Ada", "Bea", "Carlos", "Dora", "Émile", "Fatima", "Goran", "Hanna", "Ines", "Jamal")
LAST = ("Ash", "Berg", "Castro", "Dorn", "Eklund", "Farouk", "Gomes", "Horvat", "Ito", "Jansen")
SPARSE = {0: states.CHECKING_IN, 1: states.PAUSED, 2: states.SUBMITTED}
INCIDENT_EVERY_S, LASTS_S = 2.0, 10.0
"""1,800 incidents an hour among 200 candidates: far more than a calm sitting has."""
KINDS = (ObservationKind.NO_FACE, ObservationKind.SEVERAL_FACES, ObservationKind.LOOKING_AWAY)


def seed(candidates: int) -> dict[str, Any]:
    """Institution, sitting, proctor; nine in ten candidates work, the others check in, pause or are done."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in here
    institution = make_institution("Wall Hall", "wall-hall")
    proctor = make_member(institution, Role.PROCTOR, name="Pat Proctor")
    sitting = make_sitting(make_exam(institution, title="Biology"), proctors=[proctor], title="Autumn")
    for number in range(candidates):
        _candidate(institution, sitting, number)
    return {"slug": institution.slug, "sitting": sitting.pk, "proctor": cookie_of(proctor)}


def _candidate(institution: Institution, sitting: Sitting, number: int) -> None:
    name = f"{FIRST[number % 10]} {LAST[number // 10 % 10]}{f' {number // 100 + 1}' if number >= 100 else ''}"
    user: User = make_member(institution, Role.CANDIDATE, name=name)
    state = SPARSE.get(number % 30, states.IN_PROGRESS)
    make_session(make_attempt(enrol(sitting, user), state=state))


def feed(sitting_id: int, seconds: float) -> None:
    """For `seconds`: each candidate's presence every second, a picture every two, incidents now and then."""
    institution = Institution.objects.get(slug="wall-hall")
    pictures, chance = _pictures(), random.Random(7)
    with within(institution):
        sessions = list(
            MonitoringSession.objects.filter(sitting_id=sitting_id, attempt__state__in=states.LIVE)
            .select_related("attempt", "candidate", "sitting", "institution")
            .order_by("pk")
        )
        going: list[tuple[float, Incident]] = []
        begin = time.monotonic()
        due, tick = begin, 0
        while time.monotonic() - begin < seconds:
            for place, session in enumerate(sessions):
                _tell_presence(session, place, tick, pictures, chance)
            if time.monotonic() >= due:
                due += INCIDENT_EVERY_S
                found = make_incident(
                    chance.choice(sessions),
                    kind=chance.choice(KINDS),
                    severity=chance.choices(list(Severity), (1, 4, 4, 1))[0],
                    started_at=clock.now(),
                )
                going.append((time.monotonic(), found))
                _tell(found, "incident.opened")
            going = [each for each in going if not _ended(each)]
            tick += 1
            time.sleep(max(0.0, begin + tick - time.monotonic()))
    publish.flush()


def _tell_presence(
    session: MonitoringSession, place: int, tick: int, pictures: list[bytes], chance: random.Random
) -> None:
    assert session.attempt_id is not None
    if place % 40 == 39 and tick % 60 > 20:
        presence.disconnect(session.attempt_id, "bench")
        return
    presence.update(
        session.attempt_id,
        connection="bench",
        connected=True,
        camera="ended" if place % 50 == 49 else "ok",
        microphone="ok",
        rtt_ms=chance.uniform(20, 180) if place % 25 else 1_400.0,
        loss=0.0 if place % 20 else 8.0,
        battery=((place * 7) % 101, place % 3 == 0),
    )
    if (place + tick) % 2 == 0:
        presence.count_frame(session.attempt_id, tick, analysed=True, next_ms=2_000)
        presence.keep_thumbnail(session.attempt_id, tick, pictures[(place + tick) % len(pictures)])


def _ended(each: tuple[float, Incident]) -> bool:
    """Tells the end of an incident that has lasted long enough; whether it has."""
    since, found = each
    if time.monotonic() - since < LASTS_S:
        return False
    found.ended_at = clock.now()
    found.save(update_fields=["ended_at"])
    _tell(found, "incident.ended")
    return True


def _tell(found: Incident, kind: str) -> None:
    payload = incident_shape(found) | {"told_at_ms": round(time.time() * 1000)}
    where = {"audience": "proctors", "sitting": found.sitting, "attempt": found.session.attempt}
    publish.record_event(found.institution, kind=kind, payload=payload, **where)


def _pictures() -> list[bytes]:
    """Small pictures as large as real ones: 192x144 and some 5 kB."""
    chance = np.random.default_rng(3)
    made = []
    for _ in range(8):
        rough = chance.integers(40, 215, (18, 24, 3), dtype=np.uint8)
        picture = cv2.resize(rough, (192, 144), interpolation=cv2.INTER_CUBIC)
        done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])
        assert done
        made.append(data.tobytes())
    return made
