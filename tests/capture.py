"""Painted frames for the scripted engine, and a session that may send them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import cv2
import numpy as np
import pytest

from accounts.tenancy import within
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring.analysis import context, pace, pool
from proctoring.models import Consent, MonitoringSession, Notice

SCRIPTED = "proctoring.vision.engines.scripted.ScriptedFaces"
SCRIPTED_HEAD = "proctoring.vision.engines.scripted.ScriptedHead"
RED, BLUE = (40, 40, 230), (230, 40, 40)


def frame(*people: tuple[int, int, int], size: tuple[int, int] = (640, 480), seed: int = 0) -> bytes:
    """A JPEG of a grey, structured room with one painted rectangle per person (BGR colours)."""
    width, height = size
    room = np.random.default_rng(seed).integers(0, 60, (height // 16, width // 16), np.uint8)
    grey = cv2.resize(room + 100, size, interpolation=cv2.INTER_NEAREST)
    picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    for number, colour in enumerate(people):
        left = 80 + number * 280
        cv2.rectangle(picture, (left, 120), (left + 160, 330), colour, -1)
        darker = tuple(round(0.7 * part) for part in colour)  # stripes: a plain area would count as blurred
        for top in range(124, 330, 12):
            cv2.rectangle(picture, (left, top), (left + 160, top + 5), darker, -1)
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
    assert done
    return data.tobytes()


def black_frame() -> bytes:
    """A JPEG of nothing: the lens is covered."""
    done, data = cv2.imencode(".jpg", np.full((480, 640, 3), 12, np.uint8))
    assert done
    return data.tobytes()


@pytest.fixture
def scripted(settings: Any) -> Iterator[None]:
    """The scripted engine inside this process."""
    pool.close()
    settings.FACE_ENGINE, settings.HEAD_ENGINE = SCRIPTED, SCRIPTED_HEAD
    settings.THINGS_ENGINE = settings.TEXT_ENGINE = ""
    settings.ANALYSIS_WORKERS = 0
    pace.start_anew()
    context._known.clear()
    yield
    pool.close()
    pace.start_anew()
    context._known.clear()


def give_consent(
    session: MonitoringSession, *, camera: bool = True, face_comparison: bool = True, **more: Any
) -> Consent:
    """Consent rows without going through the service, for tests of what comes after it."""
    with within(session.institution):
        notice, _ = Notice.objects.get_or_create(
            institution=session.institution, version=1, defaults={"body": "What we do.", "sha256": "0" * 64}
        )
        return Consent.objects.create(
            institution=session.institution,
            session=session,
            candidate=session.candidate,
            notice=notice,
            camera=camera,
            face_comparison=face_comparison,
            given_at=clock.now(),
            **more,
        )


def live(image: bytes, number: int) -> bytes:
    """The JPEG as the `number`-th of a live camera: with bytes of its own, which decoders do not look at."""
    return image + number.to_bytes(4) if image[:2] == b"\xff\xd8" else image


class FrameFeed:
    """Sends frames one simulated second apart, as a browser would."""

    def __init__(self, session: MonitoringSession, start: int = 1) -> None:
        self.session = session
        self.sequence = start
        self.now = clock.now()

    def send(self, image: bytes, *, seconds: float = 1.0, same_bytes: bool = False) -> Any:
        """One more frame; the clock goes on by `seconds`. A live camera never sends the same bytes twice."""
        from proctoring.ingest.services import accept_frame

        self.now += timedelta(seconds=seconds)
        number, self.sequence = self.sequence, self.sequence + 1
        image = image if same_bytes else live(image, number)
        with clock.at(self.now):
            return accept_frame(self.session, image, sequence=number, captured_at=self.now.timestamp())


def fresh(attempt: Attempt) -> Attempt:
    """The attempt as the database has it."""
    return Attempt._base_manager.get(pk=attempt.pk)
