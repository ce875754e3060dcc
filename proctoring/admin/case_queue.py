"""What the page of the queue shows: cases by state, what fits into a budget, progress and figures."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, QueryDict

from accounts import saved_filters
from accounts.models import Institution, User
from accounts.saved_filters import FilteredList
from exams.models import Sitting
from proctoring.models import Case, CaseTag, Incident
from proctoring.models.case import OpenedFor
from proctoring.review import many_cases, progress, queue, sharing
from proctoring.review.blind import name_for
from proctoring.review.estimates import pace_of
from proctoring.review.readers import holder_of
from proctoring.review.verdicts import is_ready, is_window_closed
from proctoring.states import CASE, CASE_OPEN, CASE_REPLY_WINDOW, UNREVIEWED

STATE_WORDS = {
    "open": "First reading",
    "first_read": "Second reading",
    "second_read": "Read twice",
    "reply_window": "Reply window",
    "appealed": "Appeal",
    "decided": "Decided",
}
_WHOSE = ("mine", "nobody")
_FILTERS = ("state", "whose", "opened_for", "tag", "sitting", "ready")
_MOST_MINUTES = 24 * 60
_SITTINGS_OFFERED = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One case in the list, as the viewer may see it."""

    case: Case
    name: str
    incidents: int
    look_words: str
    holder: str
    tags: list[str]

    @property
    def is_ready(self) -> bool:
        """Whether the candidate's time to reply is over, so that somebody may decide."""
        return self.case.state == CASE_REPLY_WINDOW and is_window_closed(self.case)


@dataclass(frozen=True, slots=True)
class Tab:
    """One state of the queue."""

    state: str
    words: str
    number: int
    query: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; what makes no sense counts as not asked."""

    state: str
    whose: str
    opened_for: str
    tag: str
    sitting: int | None
    ready: str
    after: tuple[float, int] | None
    minutes: int | None

    def query(self, **changes: Any) -> str:
        """The address with other values, without the place in the list."""
        query = QueryDict(mutable=True)
        for name in _FILTERS:
            value = changes.get(name, getattr(self, name))
            if value:
                query[name] = str(value)
        if changes.get("after"):
            query["after"] = changes["after"]
        return f"?{query.urlencode()}"

    @property
    def narrows(self) -> bool:
        """Whether something besides the state is asked for."""
        return bool(self.whose or self.opened_for or self.tag or self.sitting or self.ready)


def asked_of(request: HttpRequest) -> Asked:
    """Reads the address."""
    return asked_in(request.GET)


def asked_in(query: QueryDict) -> Asked:
    """Reads the query of an address."""
    get = query.get
    state = get("state", "")
    return Asked(
        state=state if state in CASE.states else CASE_OPEN,
        whose=get("whose", "") if get("whose") in _WHOSE else "",
        opened_for=get("opened_for", "") if get("opened_for") in OpenedFor.values else "",
        tag=get("tag", "").replace("\x00", "")[:40],
        sitting=_number(get("sitting", "")),
        ready="1" if state == CASE_REPLY_WINDOW and get("ready") == "1" else "",
        after=_place(get("after", "")),
        minutes=_minutes(get("minutes", "")),
    )


def context_of(institution: Institution, viewer: User, asked: Asked) -> dict[str, Any]:
    """Everything of the page."""
    lines, following = _lines(institution, viewer, asked)
    counts = queue.counts_by_state(institution)
    may_read = viewer.has_perm("proctoring.read_case", institution)
    may_share = viewer.has_perm("proctoring.run_review", institution)
    sitting = None
    if asked.sitting is not None:
        sitting = Sitting.objects.filter(institution=institution, pk=asked.sitting).first()
    return {
        "asked": asked,
        "tabs": [
            Tab(state, words, counts.get(state, 0), asked.query(state=state, ready=""))
            for state, words in STATE_WORDS.items()
        ],
        "lines": lines,
        "next_query": following,
        "load": queue.load_of(institution),
        "budget": queue.budget_for(viewer, institution, asked.minutes) if asked.minutes else None,
        "due_for_decision": queue.due_for_decision(institution),
        "shares": progress.shares_of(institution),
        "kappa": progress.kappa(institution, sitting),
        "confirmed": progress.confirmed(institution),
        "missed": progress.missed(institution, sitting),
        "overturned": queue.overturned(institution),
        "figures_sitting": sitting,
        "may_read": may_read,
        "may_share": may_share,
        "people": sharing.reviewers_of(institution) if may_share else [],
        "tags": list(CaseTag.objects.filter(institution=institution)[:_SITTINGS_OFFERED]),
        "sittings": _sittings(institution),
        "reasons": OpenedFor.choices,
        "clear_query": f"?state={asked.state}",
        "many_verbs": many_cases.VERBS.items() if may_read else (),
        "readers": sharing.reviewers_of(institution) if may_read else [],
        "own_query": asked.query().removeprefix("?"),
    }


def _lines(institution: Institution, viewer: User, asked: Asked) -> tuple[list[Line], str]:
    rows = rows_of(viewer, asked)
    if asked.after is not None:
        rank, pk = asked.after
        rows = rows.filter(Q(rank__lt=rank) | Q(rank=rank, pk__gt=pk))
    found = list(
        rows.select_related("session__candidate", "sitting", "assigned_to", "locked_by").prefetch_related(
            "tags"
        )[: queue.SHOWN + 1]
    )
    shown = found[: queue.SHOWN]
    numbers = _incident_numbers(shown)
    pace = pace_of(institution)
    lines = []
    for case in shown:
        case.institution = institution  # one and the same: what is read of it is read once
        held = holder_of(case) not in (None, viewer.pk)
        lines.append(
            Line(
                case,
                name_for(case, viewer),
                numbers.get(case.session_id, 0),
                seconds_in_words(case.look_seconds * pace),
                str(case.locked_by) if held else "",
                [each.name for each in case.tags.all()],
            )
        )
    if len(found) <= queue.SHOWN:
        return lines, ""
    return lines, asked.query(after=f"{shown[-1].rank!r},{shown[-1].pk}")


def rows_of(viewer: User, asked: Asked) -> Any:
    """The cases that are asked for, best first, wherever in the list somebody is."""
    rows = queue.rows_for(viewer, asked.state)
    if asked.whose == "mine":
        rows = rows.filter(assigned_to=viewer)
    if asked.whose == "nobody":
        rows = rows.filter(assigned_to=None)
    if asked.opened_for:
        rows = rows.filter(opened_for=asked.opened_for)
    if asked.ready:
        rows = rows.filter(is_ready())
    if asked.sitting is not None:
        rows = rows.filter(sitting=asked.sitting)
    return rows.filter(tags__name=asked.tag) if asked.tag else rows


def _incident_numbers(cases: list[Case]) -> dict[int, int]:
    rows = Incident.objects.filter(session__in=[case.session_id for case in cases], review_state=UNREVIEWED)
    return dict(rows.order_by().values_list("session").annotate(number=Count("pk")))


def _sittings(institution: Institution) -> list[Sitting]:
    rows = Sitting.objects.filter(institution=institution, is_practice=False, cancelled_at=None)
    return list(rows.order_by("-opens_at")[:_SITTINGS_OFFERED])


def seconds_in_words(seconds: float) -> str:
    """About how long: "40 s", "3 min"."""
    return f"{round(seconds)} s" if seconds < 90 else f"{round(seconds / 60)} min"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _minutes(text: str) -> int | None:
    number = _number(text)
    return None if not number else min(number, _MOST_MINUTES)


def _place(text: str) -> tuple[float, int] | None:
    rank, _, number = text.partition(",")
    pk = _number(number)
    try:
        return None if pk is None else (float(rank), pk)
    except ValueError:
        return None


def problems_of(request: HttpRequest, query: QueryDict) -> list[tuple[str, str]]:
    """Parameters of a saved filter of cases that no longer make sense, each with the reason in words."""
    found = []
    for name in query:
        value = str(query[name])
        if name not in _FILTERS:
            found.append((name, f"“{name}” is no filter of this list."))
        elif name == "sitting" and not Sitting.objects.filter(pk=_number(value) or 0).exists():
            found.append((name, "Its sitting does not exist here any more."))
        elif name == "tag" and not CaseTag.objects.filter(name=value).exists():
            found.append((name, f"There is no tag “{value}” any more."))
        elif name in _VALUES and value not in _VALUES[name]:
            found.append((name, f"“{value}” is nothing that cases can be narrowed by."))
    return found


_VALUES: dict[str, tuple[str, ...]] = {
    "state": tuple(STATE_WORDS),
    "whose": _WHOSE,
    "opened_for": tuple(OpenedFor.values),
    "ready": ("1",),
}
saved_filters.register(
    FilteredList(
        name="cases",
        label="Cases",
        url_name="admin:proctoring_case_changelist",
        permission="proctoring.view_case",
        check=problems_of,
        never_kept=frozenset({"minutes"}),
    )
)
