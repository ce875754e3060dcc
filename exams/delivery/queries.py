"""Shared reads of attempts: the candidate's own, its paper, dashboards, and the proctor's list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import F, Prefetch, QuerySet

from accounts.models import User
from accounts.queries import institutions_of
from exams import states, timing
from exams.bank.shown import Shown, shown_on, with_usage
from exams.delivery import admission, breaks
from exams.delivery.access import Access
from exams.delivery.beginning import turn_of
from exams.delivery.navigation import SectionState, item_states, section_states
from exams.kinds import certainty
from exams.kinds.certainty import Level
from exams.models import Attempt, Enrolment, PaperItem, Section, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotFound


class AttemptView(TypedDict):
    """An attempt as its candidate sees it. `seconds_left` is None before the start."""

    id: int
    state: str
    server_time: datetime
    deadline_at: datetime | None
    paused_at: datetime | None
    seconds_left: float | None
    journal_length: int
    journal_hash: str
    device: str
    ended_by: str
    may_start_at: datetime | None
    extra_seconds: int
    credited_seconds: int
    break_until: datetime | None
    hand_in_until: datetime | None
    break_seconds_left: int
    lost_time: list[dict[str, Any]]


class ItemView(TypedDict):
    """One question of a paper; `content` is without the key, `answer` is the saved value or None.

    `text_format` holds for the stem and for every "text" in the content; rich text is sanitised.
    `access`: open, closed or ahead. Of a question that is not open, stem and content are empty. `shown` holds
    both all the same; it is for the server's own pages and leaves with no answer of the API. `certainty`
    is the stated level or None; `certainty_levels` are those to choose from, none where it is not asked.
    """

    id: int
    position: int
    access: str
    kind: str
    stem: str
    text_format: str
    points: str
    content: dict[str, Any]
    shown: Shown
    answer: Any
    certainty: int | None
    certainty_levels: list[Level]
    flagged: bool


class SectionView(TypedDict):
    """One section of a paper with its questions, in the order of the paper.

    `minutes` is its time limit with extra time, `deadline_at` the end of it while the section is open.
    """

    id: int
    title: str
    instructions: str
    navigation: str
    access: str
    minutes: int | None
    deadline_at: datetime | None
    items: list[ItemView]


class PaperView(TypedDict):
    """A whole paper. With `in_order`, `next_section` is the one to open next, when none is open."""

    in_order: bool
    next_section: int | None
    sections: list[SectionView]


@dataclass(frozen=True, slots=True)
class SittingRow:
    """One line of a candidate's dashboard; `attempt` is the newest one or None."""

    enrolment: Enrolment
    attempt: Attempt | None
    check_in_opens_at: datetime
    latest_start: datetime

    @property
    def sitting(self) -> Sitting:
        return self.enrolment.sitting


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate of a sitting; `attempt` is the newest one or None."""

    enrolment: Enrolment
    attempt: Attempt | None

    @property
    def candidate(self) -> User:
        return self.enrolment.candidate


def own_attempt(user: User, attempt_id: int) -> Attempt:
    """The attempt, if `user` is its candidate. Raises NotFound for everybody else, proctors included.

    Enrolment, sitting, exam and allowances are read along: two queries.
    """
    rows = Attempt.objects.select_related("enrolment__sitting__exam__institution", "institution")
    found = _own(rows.prefetch_related(admission.allowances_of("enrolment__allowances")), user, attempt_id)
    found.enrolment.candidate = user
    return found


def own_attempt_alone(user: User, attempt_id: int) -> Attempt:
    """As `own_attempt`, with nothing read along: for verbs, which read it anew under its lock.

    Only what the sitting says of Safe Exam Browser, by a join, so that saving costs no query for it.
    """
    rows = Attempt.objects.annotate(safe_browser_use=F("enrolment__sitting__safe_browser"))
    return _own(rows, user, attempt_id)


def _own(rows: QuerySet[Attempt], user: User, attempt_id: int) -> Attempt:
    try:
        return rows.get(pk=attempt_id, enrolment__candidate=user)
    except Attempt.DoesNotExist as missing:
        raise NotFound("There is no such attempt of yours.") from missing


def seconds_left(attempt: Attempt, now: datetime | None = None) -> float | None:
    """Working seconds left, 0 once it has ended; None before the start."""
    if attempt.deadline_at is None:
        return None
    if attempt.state in states.ENDED:
        return 0.0
    moment = now or clock.now()
    return round(timing.seconds_left(attempt.deadline_at, moment, paused_at=attempt.paused_at), 3)


def attempt_view(attempt: Attempt) -> AttemptView:
    """State, clock and journal head of an attempt, at this moment."""
    now = clock.now()
    return AttemptView(
        id=attempt.pk,
        state=attempt.state,
        server_time=now,
        deadline_at=attempt.deadline_at,
        paused_at=attempt.paused_at,
        seconds_left=seconds_left(attempt, now),
        journal_length=attempt.journal_length,
        journal_hash=attempt.journal_hash,
        device=attempt.device,
        ended_by=attempt.ended_by,
        may_start_at=turn_of(attempt).at if attempt.state == states.READY else None,
        extra_seconds=attempt.extra_seconds,
        credited_seconds=attempt.credited_seconds,
        break_until=attempt.break_until,
        hand_in_until=attempt.hand_in_until,
        lost_time=_ledger(attempt) if attempt.credited_seconds else [],
        break_seconds_left=breaks.seconds_left(attempt) if attempt.state in states.RUNNING else 0,
    )


def _ledger(attempt: Attempt) -> list[dict[str, Any]]:
    return [
        {
            "cause": row.get_cause_display(),
            "started_at": row.started_at,
            "ended_at": row.ended_at,
            "credited_seconds": row.credited_seconds,
            "why_not": row.why_not_in_words,
        }
        for row in attempt.lost_time.order_by("started_at")
    ]


def paper_view(attempt: Attempt) -> PaperView:
    """The paper with saved answers and flags, without any key, of which only what is open can be read.

    Raises Conflict before the start.
    """
    if attempt.started_at is None:
        raise Conflict("The paper can be read once the exam has started.", code="not_started")
    rows = attempt.paper.select_related("section", "answer").order_by("position")
    items = list(with_usage(rows))
    shown = shown_on(items)
    parts = {item.section_id: item.section for item in items}
    states_of_parts = section_states(attempt, parts.values())
    access = item_states(items, states_of_parts)
    sections = {pk: _section_view(part, states_of_parts[pk]) for pk, part in parts.items()}
    for item in items:
        sections[item.section_id]["items"].append(_item_view(item, access[item.pk], shown[item.pk]))
    return PaperView(
        in_order=attempt.sections_in_order,
        next_section=_next_section(sections.values()),
        sections=list(sections.values()),
    )


def _section_view(section: Section, state: SectionState) -> SectionView:
    return SectionView(
        id=section.pk,
        title=section.title,
        instructions=section.instructions,
        navigation=section.navigation,
        access=state.access,
        minutes=state.minutes,
        deadline_at=state.deadline,
        items=[],
    )


def _next_section(sections: Iterable[SectionView]) -> int | None:
    waiting = next((each for each in sections if each["access"] != Access.CLOSED), None)
    return waiting["id"] if waiting and waiting["access"] == Access.AHEAD else None


def _item_view(item: PaperItem, access: Access, shown: Shown) -> ItemView:
    answer = getattr(item, "answer", None)
    is_open = access is Access.OPEN
    return ItemView(
        id=item.pk,
        position=item.position,
        access=access,
        kind=shown.kind,
        stem=shown.stem if is_open else "",
        text_format=shown.text_format,
        points=format(item.points.normalize(), "f"),
        content=shown.content if is_open else {},
        shown=shown,
        answer=answer.value if answer else None,
        certainty=answer.certainty if answer else None,
        certainty_levels=certainty.levels_for(item.points) if item.asks_certainty else [],
        flagged=bool(answer and answer.flagged),
    )


def sittings_of(candidate: User) -> list[SittingRow]:
    """The sittings a person is enrolled for in all their institutions, latest opening first.

    Without withdrawn enrolments; needs no scope. Four queries, however many rows.
    """
    rows = Enrolment._base_manager.filter(
        candidate=candidate, withdrawn_at=None, institution__in=institutions_of(candidate)
    ).select_related("sitting__exam", "institution")
    enrolments = rows.order_by("-sitting__opens_at", "id").prefetch_related(
        _newest_first(), admission.allowances_of()
    )
    return [sitting_row(enrolment, _newest(enrolment)) for enrolment in enrolments]


def sitting_row(enrolment: Enrolment, newest: Attempt | None) -> SittingRow:
    """An enrolment with its newest attempt and the times that hold for this candidate."""
    window = admission.window_of(enrolment)
    return SittingRow(enrolment, newest, timing.check_in_opens(window), timing.latest_start(window))


def candidates_of(sitting: Sitting) -> list[CandidateRow]:
    """The enrolled candidates of a sitting by name, each with the newest attempt. Two queries."""
    rows = sitting.enrolments.filter(withdrawn_at=None).select_related("candidate")
    ordered = rows.order_by("candidate__name", "id").prefetch_related(_newest_first())
    return [CandidateRow(enrolment, _newest(enrolment)) for enrolment in ordered]


def _newest_first() -> "Prefetch[str]":
    rows = Attempt._base_manager.order_by("-id").select_related("enrolment__candidate", "enrolment__sitting")
    return Prefetch("attempts", queryset=rows, to_attr="runs")


def _newest(enrolment: Enrolment) -> Attempt | None:
    runs: Sequence[Attempt] = enrolment.runs  # type: ignore[attr-defined]
    return runs[0] if runs else None
