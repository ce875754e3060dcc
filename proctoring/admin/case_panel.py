"""What stands beside a case: the form for what is wanted of the viewer now, readings, talk, who has it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from accounts.models import User
from proctoring.models import Case, CaseComment, Reading, ReasonCode
from proctoring.models.case import ADVERSE, ReadingPart, Verdict
from proctoring.review import readings, sharing, verdicts
from proctoring.review.blind import shown_for
from proctoring.review.readers import holder_of, next_part, refusal_for, valid_readings
from proctoring.review.terms import terms_of
from proctoring.states import CASE_APPEALED, CASE_REPLY_WINDOW, CASE_SECOND_READ

_HELP = {
    Verdict.NO_CONCERN: "Nothing stands against the candidate.",
    Verdict.BREACH: "The rules were broken. A second person reads it too.",
    Verdict.INCONCLUSIVE: "The evidence cannot tell. A second person reads it too.",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One verdict on offer. `blocked`: why it cannot be chosen now, or ""."""

    value: str
    label: str
    help: str
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything that `admin/proctoring/case/_verdict.html` shows to one viewer."""

    case: Case
    part: str
    part_label: str
    refusal: str
    holder: str
    choices: list[Choice]
    reasons: list[ReasonCode]
    readings: list[Reading]
    hides_readings: bool
    proposed: str
    opens_window: bool
    decides: bool
    decides_appeal: bool
    reply_days: int
    is_window_closed: bool
    can_take_back: bool
    may_read: bool
    runs_review: bool
    comments: list[CaseComment]
    tags: str
    people: list[User]
    appeal_text: str

    @property
    def reads(self) -> bool:
        """Whether the viewer is asked for a reading now."""
        return bool(self.part) and self.part != ReadingPart.APPEAL and not self.refusal and not self.holder

    @property
    def reply_until(self) -> datetime | None:
        return self.case.reply_until


def panel_for(case: Case, viewer: User) -> Panel:
    """The panel of one case for one viewer; the services check everything again."""
    valid = valid_readings(case)
    part = next_part(case, valid)
    visible = _readings(case, viewer)
    agreed = readings.proposed(valid)
    refusal = refusal_for(case, viewer)
    held = holder_of(case) not in (None, viewer.pk)
    may_read = viewer.has_perm("proctoring.read_case", case) and case.session.candidate_id != viewer.pk
    acts = may_read and not held
    return Panel(
        case=case,
        part=part,
        part_label=ReadingPart(part).label if part else "",
        refusal=refusal,
        holder=str(case.locked_by) if held else "",
        choices=_choices(case, agreed),
        reasons=readings.reasons_offered(case),
        readings=visible,
        hides_readings=len(visible) < len(valid),
        proposed=Verdict(agreed).label if agreed and not part else "",
        opens_window=acts and case.state == CASE_SECOND_READ and agreed in ADVERSE and not part,
        decides=acts and case.state == CASE_REPLY_WINDOW,
        decides_appeal=acts and case.state == CASE_APPEALED and not refusal,
        reply_days=terms_of(case.institution).reply_days,
        is_window_closed=verdicts.is_window_closed(case),
        can_take_back=acts and readings.can_take_back(case, viewer),
        may_read=may_read,
        runs_review=viewer.has_perm("proctoring.run_review", case),
        comments=_comments(case, viewer),
        tags=", ".join(case.tags.values_list("name", flat=True)),
        people=sharing.reviewers_of(case.institution) if may_read else [],
        appeal_text=shown_for(case, viewer).words(case.appeal_text),
    )


def _comments(case: Case, viewer: User) -> list[CaseComment]:
    """In order; without the name for whom it is hidden from (unsaved: for showing only)."""
    words, rows = shown_for(case, viewer).words, list(case.comments.select_related("author"))
    for each in rows:
        each.text = words(each.text)
    return rows


def _readings(case: Case, viewer: User) -> list[Reading]:
    """Those the viewer may see, with their notes in the same words."""
    words, rows = shown_for(case, viewer).words, readings.visible_to(case, viewer)
    for each in rows:
        each.note = words(each.note)
    return rows


def _choices(case: Case, agreed: str) -> list[Choice]:
    limit = {CASE_REPLY_WINDOW: agreed, CASE_APPEALED: case.verdict_before_appeal}.get(case.state, "")
    decides = case.state in (CASE_REPLY_WINDOW, CASE_APPEALED)
    found = []
    for verdict in (Verdict.NO_CONCERN, Verdict.BREACH, Verdict.INCONCLUSIVE):
        blocked = ""
        if limit and readings.GRAVITY.index(verdict) > readings.GRAVITY.index(limit):
            blocked = f"Graver than what stands: {Verdict(limit).label.lower()}."
        elif case.state == CASE_REPLY_WINDOW and verdict in ADVERSE and not verdicts.is_window_closed(case):
            blocked = "The candidate can still reply."
        help_text = "" if decides else str(_HELP[verdict])
        found.append(Choice(verdict.value, str(verdict.label), help_text, blocked))
    return found


def context_for(case: Case, viewer: User, kept: QueryDict | None = None) -> dict[str, Any]:
    """What a template needs to include `_verdict.html`; `kept`: what was typed into a refused form."""
    typed = kept or QueryDict()
    return {
        "panel": panel_for(case, viewer),
        "kept": typed,
        "kept_reasons": typed.getlist("reasons"),
        "kept_verdict": typed.get("verdict", ""),
    }
