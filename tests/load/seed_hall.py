"""Fills a scratch database with one running sitting; hall.py runs it in a process of its own."""

from typing import Any

from django.conf import settings
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from accounts.tenancy import within
from exams.models import Attempt, PaperItem
from proctoring.analysis import pool
from proctoring.identity import reference
from proctoring.ingest import tokens
from tests import media
from tests.capture import give_consent
from tests.conftest import BACKEND
from tests.factories.accounts import make_institution, make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session
from tests.recordings import agree_to_sound


def seed(candidates: int, *, listens: bool = False) -> dict[str, Any]:
    """Institution, sitting, proctor, and candidates in the middle of their attempts, faces enrolled.

    `listens`: their exam records sound, and they have agreed to it.
    """
    institution = make_institution("Load Hall", "load-hall")
    proctor = make_member(institution, Role.PROCTOR)
    exam = make_exam(institution, kinds=["short_answer", "essay"])
    sitting = make_sitting(exam, proctors=[proctor])
    photo = media.clip("quiet", quiet_seconds=0.1, event_seconds=0.1).reference
    hall = [_candidate(sitting, photo, listens=listens) for _ in range(candidates)]
    pool.close()
    return {
        "slug": institution.slug,
        "sitting": sitting.pk,
        "proctor": cookie_of(proctor),
        "candidates": hall,
    }


def _candidate(sitting: Any, photo: bytes, *, listens: bool) -> dict[str, Any]:
    user = make_member(sitting.institution, Role.CANDIDATE)
    attempt: Attempt = make_attempt(enrol(sitting, user), device="load", devices=["load"])
    session = make_session(attempt)
    with within(sitting.institution):
        agree_to_sound(session) if listens else give_consent(session, live_video=True)
        judged = reference.enrol(session, photo)
        item = PaperItem.objects.filter(attempt=attempt).order_by("position").first()
    assert judged.ok, judged.problems
    assert item is not None
    return {
        "attempt": attempt.pk,
        "item": item.pk,
        "session": str(session.public_id),
        "token": tokens.make(session),
        "cookie": cookie_of(user),
    }


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
