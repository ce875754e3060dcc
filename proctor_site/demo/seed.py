"""Makes the demo institution once, and sees to it that a sitting is open at every start."""

import secrets
import zoneinfo
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import audit
from accounts.models import Institution, User
from accounts.roles import Role
from accounts.services import memberships, people
from accounts.tenancy import within
from exams import states
from exams.bank import media
from exams.bank.questions import create_question
from exams.models import Attempt, Exam, Section, SectionQuestion, Sitting
from exams.models.exam import Calculator
from exams.scheduling import enrolments, sittings
from proctor_site.demo import old_clients, picture
from proctor_site.demo.cases import Staff, make_cases
from proctor_site.demo.connections import make_connections
from proctor_site.demo.questions import FORMULA_SHEET, FURTHER, IN_A_PICTURE, SECTIONS
from proctor_site.kernel import clock
from proctoring.models import Policy

SLUG = "demo"
STAFF: list[tuple[str, str, Role]] = [
    ("admin", "Ada Admin", Role.ADMIN),
    ("officer", "Olga Officer", Role.EXAM_OFFICER),
    ("proctor1", "Petra Proctor", Role.PROCTOR),
    ("proctor2", "Quentin Proctor", Role.PROCTOR),
    ("reviewer", "Rita Reviewer", Role.REVIEWER),
]
_PARTS = {"admin": "admin", "officer": "officer", "proctor": "proctor1"}
"""Who of them sets up what connects other systems."""
CANDIDATES = ["Carla Cole", "David Dunn", "Emine Ersoy", "Farid Fadel", "Greta Gruber"]
OPEN_FOR = timedelta(hours=12)
WORKING_MINUTES = 45
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One way to sign in. The password is known here only, at the moment it is made."""

    name: str
    role: Role
    email: str
    password: str


def seed() -> tuple[Sitting, list[DemoAccount]]:
    """The open sitting, and the accounts that were made just now (none when they existed already)."""
    with transaction.atomic():
        institution = Institution.objects.filter(slug=SLUG).first()
        made: list[DemoAccount] = []
        if institution is None:
            institution = _make_institution()
            with within(institution):
                made = _make_people(institution)
                exam = _make_exam(institution)
                _make_further_exam(institution)
                emails = [_email(f"candidate{number}") for number in range(1, len(CANDIDATES) + 1)]
                people = list(User.objects.filter(email__in=emails).order_by("email"))
                make_cases(institution, exam, people, Staff(*map(_person, ("admin", "officer", "reviewer"))))
                staff = {part: _person(name) for part, name in _PARTS.items()}
                make_connections(institution, **staff)
        if settings.COMPAT:
            staff = {part: _person(name) for part, name in _PARTS.items()}
            old_clients.make_key(institution, **staff)
        with within(institution):
            return _open_sitting(institution), made


def _make_institution() -> Institution:
    institution = Institution.objects.create(
        name="Demo College",
        slug=SLUG,
        country="AT",
        time_zone="Europe/Vienna",
        owner_email=_email("admin"),
        confirmed_at=clock.now(),
    )
    with within(institution):
        audit.record(institution, institution, "institution.made_for_demo")
        Policy.objects.create(institution=institution, name="Standard", is_default=True, sound=True)
    return institution


def _make_people(institution: Institution) -> list[DemoAccount]:
    wanted = [*STAFF, *(_candidate(number, name) for number, name in enumerate(CANDIDATES, start=1))]
    made = [DemoAccount(name, role, _email(account), _password()) for account, name, role in wanted]
    for each in made:
        user = people.create_person(email=each.email, name=each.name, password=each.password)
        memberships.add_member(institution, user, each.role, actor=None)
    return made


def _candidate(number: int, name: str) -> tuple[str, str, Role]:
    return f"candidate{number}", name, Role.CANDIDATE


def _email(account: str) -> str:
    return f"{account}@demo.example"


def _person(account: str) -> User:
    return User.objects.get(email=_email(account))


def _password() -> str:
    """Three made-up words, about 37 bits: easy to type, and guesses are rate-limited."""
    words = [
        "".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(2)) for _ in range(3)
    ]
    return "-".join(words)


def _make_exam(institution: Institution) -> Exam:
    officer = User.objects.get(email=_email("officer"))
    exam = Exam.objects.create(
        institution=institution,
        title="General knowledge",
        instructions="Six questions of six kinds. Take your time; your answers are saved as you go.",
        calculator=Calculator.SCIENTIFIC,
        scratch_pad=True,
        highlighter=True,
        strike_out=True,
        formula_sheet=FORMULA_SHEET,
    )
    for position, (title, instructions, questions) in enumerate(SECTIONS, start=1):
        section = Section.objects.create(
            institution=institution, exam=exam, title=title, instructions=instructions, position=position
        )
        for place, question in enumerate(questions, start=1):
            SectionQuestion.objects.create(
                institution=institution,
                section=section,
                question=create_question(institution, actor=officer, **question),
                position=place,
                points=5 if question["kind"] == "essay" else 1,
            )
    return exam


def _make_further_exam(institution: Institution) -> None:
    """One question of each further kind, to be looked at in the preview; no sitting asks them."""
    officer = User.objects.get(email=_email("officer"))
    exam = Exam.objects.create(
        institution=institution,
        title="Further kinds of questions",
        instructions="One of each kind that the trial exam does not have.",
    )
    section = Section.objects.create(institution=institution, exam=exam, title="Further kinds", position=1)
    for place, question in enumerate([*FURTHER, _in_a_picture(institution, officer)], start=1):
        SectionQuestion.objects.create(
            institution=institution,
            section=section,
            question=create_question(institution, actor=officer, **question),
            position=place,
        )


def _in_a_picture(institution: Institution, officer: User) -> dict[str, Any]:
    content = IN_A_PICTURE["content"]
    kept = media.store(
        institution,
        name="shapes.png",
        data=picture.shapes(),
        description=content["description"],
        actor=officer,
    )
    return IN_A_PICTURE | {"content": content | {"media": str(kept.public_id)}}


def _open_sitting(institution: Institution) -> Sitting:
    """The newest sitting while it can still be taken in full by somebody, else a fresh one."""
    newest = Sitting.objects.filter(title__startswith="Trial of ").order_by("-id").first()
    if newest is not None and _can_be_taken(newest):
        return newest
    now = clock.now()
    exam = Exam.objects.filter(title="General knowledge").order_by("id").first() or _make_exam(institution)
    officer = User.objects.get(email=_email("officer"))
    sitting = sittings.create_sitting(
        exam,
        actor=officer,
        proctors=list(User.objects.filter(email__in=[_email("proctor1"), _email("proctor2")])),
        title=f"Trial of {now.astimezone(zoneinfo.ZoneInfo(institution.time_zone)):%d %B %Y, %H:%M}",
        opens_at=now - timedelta(minutes=1),
        closes_at=now + OPEN_FOR,
        time_zone=institution.time_zone,
        duration_minutes=WORKING_MINUTES,
    )
    for number in range(1, len(CANDIDATES) + 1):
        user = User.objects.get(email=_email(f"candidate{number}"))
        enrolments.enrol(sitting, user, actor=officer, tells=False)
    return sitting


def _can_be_taken(sitting: Sitting) -> bool:
    if sitting.cancelled_at is not None:
        return False
    if sitting.closes_at < clock.now() + timedelta(minutes=WORKING_MINUTES):
        return False
    ended = Attempt.objects.filter(enrolment__sitting=sitting, state__in=states.ENDED)
    return ended.values("enrolment").distinct().count() < len(CANDIDATES)
