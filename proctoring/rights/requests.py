"""A person's request for erasure: asked for, taken back, granted or refused with words by a person."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import audit
from accounts.jobs import services as jobs
from accounts.models import Institution, Membership, User
from accounts.roles import STAFF_ROLES
from accounts.transitions import apply_move, lock
from exams import states as exam_states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import holds, states
from proctoring.holds import Span
from proctoring.models import ErasureRequest, MonitoringSession
from proctoring.rights.kinds import KINDS
from proctoring.rights.register import Kind

LONGEST_WORDS = 4_000
JOB = "rights.erasure"
TELL = "rights.erasure_answer"
TELL_DONE = "rights.erasure_done"
RECORDS = "exam_records"


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of a person's data: how many rows and files there are, and why it would be kept, if so."""

    kind: Kind
    count: int
    kept_why: str


def newest_of(institution: Institution, person: User) -> ErasureRequest | None:
    """The person's latest request there."""
    rows = ErasureRequest.objects.filter(institution=institution, person=person)
    return rows.order_by("-pk").first()


def ask(institution: Institution, person: User, *, words: object = "", actor: User) -> ErasureRequest:
    """Asks for erasure; while one goes on, that one is returned. Raises InvalidInput (`words`)."""
    text = _text(words, "words", required=False)
    try:
        with transaction.atomic():
            row = ErasureRequest.objects.create(
                institution=institution, person=person, words=text, asked_by=actor, asked_at=clock.now()
            )
            audit.record(institution, row, "erasure.asked", actor=actor, detail={"person": person.pk})
    except IntegrityError:
        going_on = {"person": person, "state__in": states.ERASURE_GOES_ON}
        return ErasureRequest.objects.get(institution=institution, **going_on)
    return row


def take_back(request: ErasureRequest, *, actor: User) -> None:
    """The person thought better of it. Raises IllegalMove once it is decided."""
    apply_move(request, states.ERASURE, "take_back", actor=actor, values={"words": ""})


def refuse(request: ErasureRequest, *, actor: User, answer: object) -> None:
    """Refuses with words for the person, who gets them by e-mail.

    Raises InvalidInput (`answer`), IllegalMove, Conflict (`own`).
    """
    _require_other(request, actor)
    said = _text(answer, "answer", required=True)
    values = {"answer": said, "decided_by": actor, "decided_at": clock.now()}
    with transaction.atomic():
        apply_move(request, states.ERASURE, "refuse", actor=actor, values=values)
        jobs.enqueue(
            request.institution,
            TELL,
            title=f"Send the answer to request {request.pk}",
            actor=actor,
            arguments={"request": request.pk},
        )


def grant(
    request: ErasureRequest,
    *,
    actor: User,
    answer: object = "",
    typed: object,
    with_records: bool = False,
    texts: Collection[str] = (),
) -> None:
    """Grants it: a job erases from now on, and nobody can stop it.

    `texts`: keys (`free_text.Found.key`) of texts of others out of which the person is cut. `typed` is the
    second confirmation: the number of the request, typed by hand. Raises InvalidInput (typed, answer),
    IllegalMove, Conflict: own, held, running, staff.
    """
    _require_other(request, actor)
    said = _text(answer, "answer", required=False)
    if str(typed).strip() != str(request.pk):
        raise InvalidInput(
            f"Type the number of the request, {request.pk}, to confirm.", field="typed", code="not_confirmed"
        )
    with transaction.atomic():
        lock(request)
        require_free(request.institution, request.person)
        values = {
            "answer": said,
            "decided_by": actor,
            "decided_at": clock.now(),
            "with_records": with_records,
        }
        apply_move(request, states.ERASURE, "grant", actor=actor, values=values)
        request.job = jobs.enqueue(
            request.institution,
            JOB,
            title=f"Erase a person's data, request {request.pk}",
            actor=actor,
            arguments={"request": request.pk, "texts": sorted(texts)},
            key=f"erasure:{request.pk}",
        )
        request.save(update_fields=["job"])


def require_free(institution: Institution, person: User) -> None:
    """Raises Conflict: held (a hold or an open case), running (an exam goes on), staff (works there)."""
    found = holds.why_person_held(institution, person)
    if found:
        raise Conflict(f"Nothing can be erased now. {holds.in_words(found)}", code="held")
    running = Q(state__in=(*exam_states.RUNNING, exam_states.CHECKING_IN, exam_states.READY))
    if Attempt.objects.filter(running, institution=institution, enrolment__candidate=person).exists():
        raise Conflict("An exam of this person goes on. Decide once it is over.", code="running")
    works = Membership.objects.filter(
        institution=institution, user=person, role__in=STAFF_ROLES, ended_at=None
    )
    if works.exists():
        raise Conflict("This person works for the institution; end those roles first.", code="staff")


def preview(institution: Institution, person: User, *, with_records: bool = False) -> list[Line]:
    """What would be erased and what would be kept, by kind; only kinds of which there is something."""
    found = []
    for code, kind in KINDS.items():
        number = count_of(institution, person, kind)
        if number:
            kept = "" if with_records and code == RECORDS else kind.kept_why
            found.append(Line(kind, number, kept))
    return found


def count_of(institution: Institution, person: User, kind: Kind) -> int:
    """How many rows and files of the kind there are of a person."""
    total = 0
    sessions = MonitoringSession.objects.filter(institution=institution, candidate=person)
    attempts = Attempt.objects.filter(institution=institution, enrolment__candidate=person)
    for rows in kind.rows:
        here = rows.here(institution)
        if rows.session:
            total += here.filter(**{f"{rows.session}__in": sessions}).count()
        elif rows.attempt:
            total += here.filter(**{f"{rows.attempt}__in": attempts}).distinct().count()
        else:
            mine = rows.of_person(institution, person)
            total += 0 if mine is None else mine.count()
    return total


def spans_of(institution: Institution, person: User) -> list[Span]:
    """All attempts and sessions of a person there, oldest first."""
    attempts = Attempt.objects.filter(institution=institution, enrolment__candidate=person)
    rows = attempts.select_related("institution", "enrolment__sitting", "monitoring__institution")
    found = [Span(each, getattr(each, "monitoring", None)) for each in rows.order_by("pk")]
    outside = MonitoringSession.objects.filter(institution=institution, candidate=person, attempt=None)
    return found + [Span(None, each) for each in outside.select_related("institution").order_by("pk")]


def _require_other(request: ErasureRequest, actor: User) -> None:
    if request.person_id == actor.pk:
        raise Conflict("Somebody else has to decide on your own request.", code="own")


def _text(value: object, field: str, *, required: bool) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if required and not text:
        raise InvalidInput("Say why; the person reads it.", field=field, code="required")
    if "\x00" in text or len(text) > LONGEST_WORDS:
        raise InvalidInput(f"At most {LONGEST_WORDS:,} characters of text.", field=field, code="too_long")
    return text
