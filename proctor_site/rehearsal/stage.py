"""Sets the stage in the database of the deployment, by the same services as people's pages, and clears it.

All of it belongs to an institution of its own, so that nothing of it is in anybody's lists and figures. What
candidates leave behind is thrown away like practice (decision 0058); the people stay, locked, for next time.
"""

from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import close_old_connections, transaction

from accounts import audit
from accounts.models import Institution, Membership, User
from accounts.roles import Role
from accounts.services import memberships, people
from accounts.tenancy import within
from exams import states
from exams.bank.questions import create_question
from exams.delivery import attempts, throwing_away
from exams.models import Attempt, Exam, Section, SectionQuestion, Sitting
from exams.scheduling import enrolments, rehearsals, sittings
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict
from proctor_site.rehearsal.plan import Candidate, Plan, Stage
from proctoring.models import Policy

SLUG = "rehearsal"
OWNER = "owner@rehearsal.invalid"
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_QUESTIONS = (
    ("short_answer", {"accepted": ["yes"], "case_sensitive": False}),
    ("essay", {"word_limit": None}),
)
_ROOM = timedelta(minutes=45)
"""After the planned end: slow check-ins, and hands that come late."""
_ADDRESSES = "@rehearsal.invalid"


def prepare(plan: Plan, *, address: str) -> Stage:
    """Institution, exam, sitting, people who are signed in. Raises Conflict when the short name is taken."""
    institution = _institution()
    with within(institution):
        _clear_left_over(institution)
        with transaction.atomic():
            proctors = [_person(institution, "proctor", each, Role.PROCTOR) for each in range(plan.proctors)]
            sitting = _sitting(institution, plan, proctors)
            people_here = [
                _person(institution, "candidate", each, Role.CANDIDATE) for each in range(plan.candidates)
            ]
            rows = [enrolments.enrol(sitting, each, actor=None, tells=False) for each in people_here]
        return Stage(
            address=address,
            slug=SLUG,
            institution=institution.pk,
            sitting=sitting.pk,
            candidates=tuple(
                Candidate(place, row.pk, _sign_in(user))
                for place, (row, user) in enumerate(zip(rows, people_here, strict=True))
            ),
            proctors=tuple(_sign_in(each) for each in proctors),
            session_cookie=settings.SESSION_COOKIE_NAME,
            csrf_cookie=settings.CSRF_COOKIE_NAME,
        )


def make_practice_of(stage: Stage) -> None:
    """Before anybody hands in: from here on nobody counts the sitting, and no case is opened about it."""
    close_old_connections()  # the database may have been away meanwhile
    institution = Institution.objects.get(pk=stage.institution)
    with within(institution):
        rehearsals.turn_into_practice(Sitting.objects.get(pk=stage.sitting))


def clear(stage: Stage) -> int:
    """Throws away what the candidates left behind and locks the people; how many attempts."""
    close_old_connections()
    for cookie in (*(each.cookie for each in stage.candidates), *stage.proctors):
        _store(cookie).delete()
    institution = Institution.objects.get(pk=stage.institution)
    with within(institution):
        return _clear_left_over(institution)


def running_elsewhere() -> int:
    """How many candidates of real institutions are in an exam now."""
    others = list(Institution.objects.exclude(owner_email=OWNER))
    if not others:
        return 0
    with within(others):
        return Attempt.objects.filter(state__in=states.RUNNING).count()


def _institution() -> Institution:
    found = Institution.objects.filter(slug=SLUG).first()
    if found is not None and found.owner_email != OWNER:
        raise Conflict(f'The short name "{SLUG}" belongs to a real institution.', code="slug_taken")
    if found is not None:
        return found
    with transaction.atomic():
        made = Institution.objects.create(
            name="Rehearsal (made-up people)",
            slug=SLUG,
            country="AT",
            owner_email=OWNER,
            confirmed_at=clock.now(),
        )
        with within(made):
            audit.record(made, made, "institution.made_for_rehearsal")
            _make_exam(made)
    return made


def _make_exam(institution: Institution) -> None:
    Policy.objects.create(
        institution=institution, name="Rehearsal", is_default=True, sound=True, clip_seconds=15
    )
    exam = Exam.objects.create(institution=institution, title="Rehearsal")
    section = Section.objects.create(institution=institution, exam=exam, title="Texts", position=1)
    for place in range(1, 7):
        kind, content = _QUESTIONS[place % 2]
        question = create_question(
            institution,
            title=f"Text {place}",
            kind=kind,
            stem=f"Write something about number {place}.",
            content=content,
            actor=None,
        )
        SectionQuestion.objects.create(
            institution=institution, section=section, question=question, position=place, points=1
        )


def _sitting(institution: Institution, plan: Plan, proctors: list[User]) -> Sitting:
    now = clock.now()
    length = timedelta(seconds=plan.seconds) + _ROOM
    return sittings.create_sitting(
        Exam.objects.order_by("pk")[0],
        actor=None,
        proctors=proctors,
        title=f"Rehearsal of {now:%Y-%m-%d %H:%M}",
        opens_at=now - timedelta(minutes=1),
        closes_at=now + length + timedelta(minutes=5),
        time_zone=institution.time_zone,
        duration_minutes=int(length.total_seconds() // 60),
        tells_candidates=False,
    )


def _person(institution: Institution, name: str, place: int, role: Role) -> User:
    """The made-up person of that number, unlocked; without a password, so nobody else can sign in."""
    email = f"{name}{place + 1}{_ADDRESSES}"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = people.create_person(email=email, name=f"Rehearsing {name} {place + 1}")
    elif not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
    if not Membership.objects.filter(institution=institution, user=user, role=role, ended_at=None).exists():
        memberships.add_member(institution, user, role, actor=None)
    return user


def _sign_in(user: User) -> str:
    """The key of a session: signing in by the page is slowed down for each address, as it must be."""
    store = _store(None)
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = _BACKEND
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def _store(key: str | None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)


def _clear_left_over(institution: Institution) -> int:
    """Also of a rehearsal that was broken off: ends what runs, throws away what has ended, locks people."""
    for sitting in Sitting.objects.filter(closes_at__gt=clock.now()) | Sitting.objects.filter(
        is_practice=False
    ):
        rehearsals.turn_into_practice(sitting)
        rehearsals.close_now(sitting)
    left = Attempt.objects.filter(thrown_away_at=None).select_related("enrolment__sitting", "institution")
    attempts_left = list(left.order_by("pk"))
    for attempt in attempts_left:
        if attempt.state in states.RUNNING:
            attempts.terminate(attempt, actor=None, reason="The rehearsal is over.")
        elif attempt.state not in states.ENDED:
            attempts.lapse(attempt, actor=None, reason="The rehearsal is over.")
        throwing_away.throw_away(attempt, actor=None)
    made_up = User.objects.filter(memberships__institution=institution, email__endswith=_ADDRESSES)
    made_up.filter(is_active=True).update(is_active=False)
    return len(attempts_left)
