"""The verbs of navigation: going on from a question, opening a section, closing it. Each may be repeated."""

from datetime import datetime

from django.db import transaction

from accounts.transitions import lock
from exams import states, timing
from exams.delivery.access import Access
from exams.delivery.attempts import require_device
from exams.delivery.devices import clean_device, turn_of
from exams.delivery.navigation import SectionState, item_states, section_states
from exams.models import Attempt, Section, SectionRun
from exams.models.exam import Navigation
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLate


def leave_question(attempt: Attempt, *, device: str, item_id: int) -> None:
    """Closes the open question of a forward-only section for good; the next one opens.

    Repeated: nothing changes. Raises InvalidInput (item): not on this paper, or its section is free;
    Conflict: question_not_open, section_closed, section_not_open, and as every verb here not_started,
    paused, ended, other_device; TooLate after the deadline.
    """
    with transaction.atomic():
        now = _begin(attempt, device)
        item = attempt.paper.select_related("section").filter(pk=item_id).first()
        if item is None:
            raise InvalidInput("This question is not on this paper.", code="not_on_paper", field="item")
        if item.section.navigation != Navigation.FORWARD:
            raise InvalidInput("Questions of this part stay open.", code="not_forward_only", field="item")
        if item.left_at is not None:
            return
        items = list(attempt.paper.filter(section=item.section_id).select_related("section"))
        sections = section_states(attempt, [item.section], now)
        _require_section(sections[item.section_id])
        if item_states(items, sections)[item.pk] is not Access.OPEN:
            raise Conflict("This question is not open yet.", code="question_not_open", field="item")
        item.left_at, item.left_turn = now, _turn(attempt, device)
        item.save(update_fields=["left_at", "left_turn"])


def open_section(attempt: Attempt, *, device: str, section_id: int) -> None:
    """Opens the next section; its clock starts. Already open: nothing changes.

    Raises InvalidInput (section): not on this paper, or sections are not taken in order; Conflict:
    section_closed, section_not_open (another one comes first), and as `leave_question` does.
    """
    with transaction.atomic():
        now = _begin(attempt, device)
        sections = _sections_in_order(attempt)
        found = section_states(attempt, sections.values(), now)
        section = _section_named(sections, section_id)
        if found[section.pk].access is Access.OPEN:
            return
        if found[section.pk].access is Access.CLOSED:
            raise Conflict("This part of the exam is closed.", code="section_closed", field="section")
        before = next(pk for pk in sections if found[pk].access is not Access.CLOSED)
        if before != section.pk:
            raise Conflict(f"“{sections[before]}” comes first.", code="section_not_open", field="section")
        _note_closings(attempt, found)
        SectionRun.objects.create(
            institution_id=attempt.institution_id,
            attempt=attempt,
            section=section,
            minutes=section.minutes,
            opened_at=now,
        )


def close_section(attempt: Attempt, *, device: str, section_id: int) -> None:
    """Closes the open section for good, before its time is over. Already closed: nothing changes.

    Raises as `open_section` does.
    """
    with transaction.atomic():
        now = _begin(attempt, device)
        sections = _sections_in_order(attempt)
        section = _section_named(sections, section_id)
        found = section_states(attempt, sections.values(), now)
        _note_closings(attempt, found)
        if found[section.pk].access is Access.AHEAD:
            raise Conflict("This part of the exam is not open yet.", code="section_not_open", field="section")
        if found[section.pk].access is Access.OPEN:
            attempt.section_runs.filter(section=section).update(
                closed_at=now, closed_turn=_turn(attempt, device)
            )


def _begin(attempt: Attempt, device: str) -> datetime:
    """Takes the lock; the moment of the verb. Raises unless this device may work on at that moment."""
    device = clean_device(device)
    lock(attempt)
    now = clock.now()
    if attempt.state in states.WAITING:
        raise Conflict("The exam has not started.", code="not_started")
    if attempt.state == states.PAUSED:
        raise Conflict("The exam is paused; go on when it does.", code="paused")
    if attempt.state in states.ENDED:
        raise Conflict("The exam has ended.", code="ended")
    if (
        attempt.state == states.OVERDUE
        or attempt.deadline_at is None
        or timing.is_past(attempt.deadline_at, now)
    ):
        raise TooLate("The working time is over.")
    require_device(attempt, device)
    return now


def _sections_in_order(attempt: Attempt) -> dict[int, Section]:
    if not attempt.sections_in_order:
        raise InvalidInput("All parts of this exam are open.", code="not_in_order", field="section")
    items = attempt.paper.select_related("section").order_by("position")
    return {item.section_id: item.section for item in items}


def _section_named(sections: dict[int, Section], section_id: int) -> Section:
    if section_id not in sections:
        raise InvalidInput("This part is not on this paper.", code="not_on_paper", field="section")
    return sections[section_id]


def _require_section(section: SectionState) -> None:
    if section.access is Access.AHEAD:
        raise Conflict("This part of the exam is not open yet.", code="section_not_open", field="item")
    if section.access is Access.CLOSED:
        raise Conflict("This part of the exam is closed.", code="section_closed", field="item")


def _note_closings(attempt: Attempt, found: dict[int, SectionState]) -> None:
    """Writes down which sections the clock has closed: from here on extra time cannot open them again."""
    for section_id, state in found.items():
        if state.closing is not None and state.closing.turn is None:
            rows = attempt.section_runs.filter(section=section_id, closed_at=None)
            rows.update(closed_at=state.closing.at)


def _turn(attempt: Attempt, device: str) -> int:
    return turn_of(attempt.devices or [attempt.device], device) or 0
