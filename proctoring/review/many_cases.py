"""One act on several cases: who reads them and how they are tagged. Nothing adverse, and taken back as one.

A sample that nobody has read is not closed here, one by one or together: what chance has drawn says what is
missed only while all of it is read (decision 0132).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import AuditEntry, Institution, User
from proctor_site.kernel.errors import InvalidInput, NotAllowed, Refusal
from proctoring.models import Case
from proctoring.review import sharing
from proctoring.review.readers import holder_of, refusal_for, require_reviewer

MOST = 200
"""In one request: each is asked whether its reader may read it."""
CHANGED, TAKEN_BACK = "cases.changed", "cases.changed_back"
VERBS = {
    "take": "Make them mine",
    "give": "Give them to…",
    "free": "Give them to nobody",
    "add_tag": "Add a tag",
    "remove_tag": "Remove a tag",
}
_OF_TAGS = ("add_tag", "remove_tag")


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done. `to`: of "take" and "give"; `tag`: of the acts on tags."""

    verb: str
    to: User | None = None
    tag: str = ""


@dataclass(slots=True)
class Outcome:
    """What became of it. `left`: number of the case and why, of what was not changed."""

    entry: AuditEntry | None = None
    done: list[int] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)


def act_of(institution: Institution, verb: str, *, actor: User, to: str = "", tag: str = "") -> Act:
    """Reads what is asked for. Raises InvalidInput ("verb", "to", "tag")."""
    if verb not in VERBS:
        raise InvalidInput("Choose what to do.", field="verb")
    if verb in _OF_TAGS:
        word = " ".join(tag.replace("\x00", "").split())
        if not word or len(word) > 40 or "," in word:
            raise InvalidInput("Name one tag of up to 40 letters, without a comma.", field="tag")
        return Act(verb, tag=word)
    if verb == "give":
        people = {str(each.pk): each for each in sharing.reviewers_of(institution)}
        if to not in people:
            raise InvalidInput("Choose somebody who reads cases here.", field="to")
        return Act(verb, to=people[to])
    return Act(verb, to=actor if verb == "take" else None)


def why_not(case: Case, act: Act, actor: User) -> str:
    """Why the act does nothing to this case; "" when it can be done. The act itself asks again."""
    try:
        require_reviewer(case, actor)
    except NotAllowed as refusal:
        return refusal.message
    if act.verb in _OF_TAGS:
        has_it = act.tag in {each.name for each in case.tags.all()}
        if has_it == (act.verb == "add_tag"):
            return "It has this tag already." if has_it else "It does not have this tag."
        return ""
    if case.assigned_to_id == (act.to.pk if act.to else None):
        return "It is so already."
    if holder_of(case) not in (None, actor.pk):
        return f"{case.locked_by} has it open."
    is_others = case.assigned_to_id not in (None, actor.pk)
    if is_others and not actor.has_perm("proctoring.run_review", case):
        return f"{case.assigned_to} has it; ask them, or an exam officer."
    return refusal_for(case, act.to) if act.to is not None else ""


def with_rights(rows: Any) -> Any:
    """Cases with all that an act asks about each of them."""
    found = rows.select_related("institution", "session__candidate", "session__attempt", "assigned_to")
    return found.select_related("locked_by").prefetch_related("tags")


def carry_out(institution: Institution, cases: Iterable[Case], act: Act, *, actor: User) -> Outcome:
    """Does it to each case by itself: what is refused is named and stops no other. Raises InvalidInput."""
    chosen = list(cases)
    if len(chosen) > MOST:
        raise InvalidInput(f"At most {MOST} at once: narrow the filter.", field="verb")
    outcome, before = Outcome(), {}
    for case in chosen:
        why, was = why_not(case, act, actor), _state_of(case, act)
        if not why:
            why = _try(case, act, actor)
        if why:
            outcome.left.append((case.pk, why))
        else:
            outcome.done.append(case.pk)
            before[str(case.pk)] = was
    detail = {"verb": act.verb, "to": act.to.pk if act.to else None, "tag": act.tag, "before": before}
    left = [list(each) for each in outcome.left]
    outcome.entry = audit.record(institution, actor, CHANGED, actor=actor, detail={**detail, "left": left})
    return outcome


def run_of(institution: Institution, number: int, actor: User) -> AuditEntry:
    """The entry of what this person did. Raises NotAllowed for any other."""
    rows = AuditEntry.objects.filter(institution=institution, pk=number, verb=CHANGED, actor=actor)
    entry = rows.first()
    if entry is None or "before" not in entry.detail:
        raise NotAllowed("There is nothing of yours like that here.")
    return entry


def undo(institution: Institution, entry: AuditEntry, *, actor: User) -> Outcome:
    """Puts back what is still as the act left it."""
    told, outcome = entry.detail, Outcome()
    people = {each.pk: each for each in sharing.reviewers_of(institution)}
    act = Act(told["verb"], people.get(told["to"]), told["tag"])
    rows = with_rights(
        Case.objects.filter(institution=institution, pk__in=[int(pk) for pk in told["before"]])
    )
    for case in rows.order_by("pk"):
        was = told["before"][str(case.pk)]
        if not _is_as_left(case, act, told):
            outcome.left.append((case.pk, "It was changed since."))
            continue
        back = _back(act, was, people)
        why = "Who had it reads no cases here any more." if back is None else _try(case, back, actor)
        if why:
            outcome.left.append((case.pk, why))
        else:
            outcome.done.append(case.pk)
    detail = {"of": entry.pk, "done": outcome.done, "left": [list(each) for each in outcome.left]}
    outcome.entry = audit.record(institution, actor, TAKEN_BACK, actor=actor, detail=detail)
    return outcome


def _try(case: Case, act: Act, actor: User) -> str:
    try:
        with transaction.atomic():
            if act.verb in _OF_TAGS:
                sharing.tag(case, actor=actor, names=", ".join(_tags_after(case, act)))
            else:
                sharing.assign(case, actor=actor, to=act.to)
    except Refusal as refusal:
        return refusal.message
    return ""


def _tags_after(case: Case, act: Act) -> Sequence[str]:
    names = [each.name for each in case.tags.all() if each.name != act.tag]
    return [*names, act.tag] if act.verb == "add_tag" else names


def _state_of(case: Case, act: Act) -> int | None:
    """What undoing has to know: who had the case. Of tags the verb says it."""
    return None if act.verb in _OF_TAGS else case.assigned_to_id


def _is_as_left(case: Case, act: Act, told: dict[str, Any]) -> bool:
    if act.verb in _OF_TAGS:
        return (act.tag in {each.name for each in case.tags.all()}) == (act.verb == "add_tag")
    return bool(case.assigned_to_id == told["to"])


def _back(act: Act, was: int | None, people: dict[int, User]) -> Act | None:
    """The act that puts it back; None when there is nobody to give it back to."""
    if act.verb in _OF_TAGS:
        return Act("remove_tag" if act.verb == "add_tag" else "add_tag", tag=act.tag)
    if was is None:
        return Act("free")
    return Act("give", to=people[was]) if was in people else None
