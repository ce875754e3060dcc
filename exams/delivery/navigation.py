"""What of a paper is open at a moment: forward-only sections, and sections taken one after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exams import timing
from exams.delivery.access import Access, Closing, item_accesses, section_access, still_counts
from exams.delivery.admission import extra_of
from exams.delivery.changes import Change
from exams.models import Attempt, PaperItem, Section, SectionRun
from exams.models.exam import Navigation
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class SectionState:
    """One section for one attempt. `minutes` is its limit with extra time; `deadline` only while it runs."""

    access: Access
    minutes: int | None = None
    deadline: datetime | None = None
    closing: Closing | None = None


FREE = SectionState(Access.OPEN)


def section_states(
    attempt: Attempt, sections: Iterable[Section], now: datetime | None = None
) -> dict[int, SectionState]:
    """The state of each section by its id; all open where sections are not taken in order.

    While the attempt is paused, time stands still.
    """
    if not attempt.sections_in_order:
        return {section.pk: FREE for section in sections}
    moment = attempt.paused_at or now or clock.now()
    runs = {run.section_id: run for run in attempt.section_runs.all()}
    extra = extra_of(attempt.enrolment)
    return {section.pk: _state(attempt, section, runs.get(section.pk), extra, moment) for section in sections}


def parts_of(attempt: Attempt) -> list[tuple[Section, SectionState]]:
    """The sections of the paper in its order, each with its state."""
    items = attempt.paper.select_related("section").order_by("position")
    sections = {item.section_id: item.section for item in items}
    found = section_states(attempt, sections.values())
    return [(section, found[pk]) for pk, section in sections.items()]


def item_states(items: Sequence[PaperItem], sections: dict[int, SectionState]) -> dict[int, Access]:
    """Access to each of `items` (a whole paper in its order, with sections) by item id."""
    found: dict[int, Access] = {}
    for section_id in dict.fromkeys(item.section_id for item in items):
        own = [item for item in items if item.section_id == section_id]
        is_forward = own[0].section.navigation == Navigation.FORWARD
        left = [item.left_at is not None for item in own]
        accesses = item_accesses(sections[section_id].access, is_forward=is_forward, left=left)
        found |= {item.pk: access for item, access in zip(own, accesses, strict=True)}
    return found


def _state(
    attempt: Attempt, section: Section, run: SectionRun | None, extra: timedelta, moment: datetime
) -> SectionState:
    minutes = section.minutes if run is None else run.minutes
    duration = attempt.enrolment.sitting.window.duration
    limit = timing.section_time(minutes, duration, extra=extra) if minutes else None
    shown = None if limit is None else round(limit.total_seconds() / 60)
    if run is None:
        return SectionState(Access.AHEAD, shown)
    deadline = None
    if limit is not None and attempt.deadline_at is not None:
        given_back = timedelta(seconds=_credited_since(attempt, run.opened_at))
        deadline = timing.section_deadline(
            run.opened_at, limit, credited=given_back, deadline=attempt.deadline_at
        )
    access = section_access(
        opened_at=run.opened_at, closed_at=run.closed_at, deadline=deadline, moment=moment
    )
    if access is Access.OPEN:
        return SectionState(access, shown, deadline)
    return SectionState(access, shown, None, _closing(run, deadline))


def _closing(run: SectionRun, deadline: datetime | None) -> Closing | None:
    if run.closed_at is not None:
        return Closing(run.closed_at, run.closed_turn)
    return Closing(deadline, None) if deadline is not None else None


def _credited_since(attempt: Attempt, moment: datetime) -> int:
    """Seconds credited for what was lost after `moment`; of an interval that began before, its later part."""
    rows = attempt.lost_time.filter(ended_at__gt=moment, credited_seconds__gt=0)
    return sum(
        min(row.credited_seconds, timing.credit_seconds(max(row.started_at, moment), row.ended_at))
        for row in rows
    )


@dataclass
class Gate:
    """Lets changes of answers through to questions that are open, or were when the answer was given."""

    attempt: Attempt
    device: str
    turn: int
    now: datetime
    _sections: dict[int, SectionState] = field(default_factory=dict)
    _frontiers: dict[int, int | None] = field(default_factory=dict)

    def check(self, item: PaperItem, change: Change) -> None:
        """Raises Conflict (item): question_left, question_not_open, section_closed, section_not_open."""
        section = self._section(item.section)
        if section.access is Access.AHEAD:
            raise Conflict("This part of the exam is not open yet.", code="section_not_open", field="item")
        if section.access is Access.CLOSED:
            self._require_given_before(section.closing, change, "This part of the exam is", "section_closed")
        if item.left_at is not None:
            closing = Closing(item.left_at, item.left_turn)
            self._require_given_before(closing, change, "This question is", "question_left")
        elif item.section.navigation == Navigation.FORWARD and item.pk != self._frontier(item):
            raise Conflict("This question is not open yet.", code="question_not_open", field="item")

    def _require_given_before(self, closing: Closing | None, change: Change, what: str, code: str) -> None:
        if closing is not None and still_counts(
            closing,
            given_at=change.client_at,
            turn=self.turn,
            has_sent_newer=self._has_sent_newer(closing, change),
        ):
            return
        raise Conflict(f"{what} closed; the answer given before stays as it is.", code=code, field="item")

    def _has_sent_newer(self, closing: Closing, change: Change) -> bool:
        newer = self.attempt.journal.filter(device=self.device, received_at__gt=closing.at)
        return newer.filter(client_sequence__gt=change.client_sequence).exists()

    def _section(self, section: Section) -> SectionState:
        if section.pk not in self._sections:
            self._sections |= section_states(self.attempt, [section], self.now)
        return self._sections[section.pk]

    def _frontier(self, item: PaperItem) -> int | None:
        if item.section_id not in self._frontiers:
            waiting = self.attempt.paper.filter(section=item.section_id, left_at=None).order_by("position")
            self._frontiers[item.section_id] = waiting.values_list("pk", flat=True).first()
        return self._frontiers[item.section_id]
