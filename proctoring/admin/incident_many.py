"""Several incidents decided at once: what would change is shown first, and all can be taken back."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Institution, User
from accounts.tenancy import current_institution
from proctor_site.kernel.errors import NotAllowed, Refusal
from proctoring.admin.incident_page import VERBS
from proctoring.admin.incident_queue import FILTERS, Queue
from proctoring.incidents import many
from proctoring.models import Incident

_PATH = "admin/proctoring/incident/"
_SHOWN = 100


class ManyDecisions:
    """Mixin of the incident pages."""

    admin_site: Any
    opts: Any
    all_view: Any

    def many_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("many/", wrap(require_POST(self.many_view)), name="proctoring_incident_many"),
            path(
                "many/<int:number>/",
                wrap(never_cache(require_safe(self.run_view))),
                name="proctoring_incident_run",
            ),
            path(
                "many/<int:number>/undo/", wrap(require_POST(self.undo_view)), name="proctoring_incident_undo"
            ),
        ]

    def many_view(self, request: HttpRequest) -> HttpResponse:
        """Shows what would change; with `sure`, carries it out."""
        here, actor = _here(request)
        queue = Queue(self, request)
        verb = request.POST.get("verb", "")
        chosen, has_more = self._chosen(request, queue)
        if verb not in many.VERBS or not chosen:
            text = "Choose what to do." if chosen else "Choose incidents first."
            messages.error(request, f"{text} Nothing was changed.")
            return redirect(queue.list_url)
        if has_more and request.POST.get("across"):
            return self.all_view(request)
        if not request.POST.get("sure"):
            return self._confirmation(request, queue, chosen, verb)
        reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
        try:
            outcome = many.decide_many(here, chosen, verb, actor=actor, reason=reason, note=note)
        except Refusal as refusal:
            return self._confirmation(request, queue, chosen, verb, refusal)
        assert outcome.entry is not None
        return redirect(_with_filters("admin:proctoring_incident_run", outcome.entry.pk, queue))

    def _chosen(self, request: HttpRequest, queue: Queue) -> tuple[list[Incident], bool]:
        """At most `MOST` of what was ticked or fits the filter, newest first; whether there is more."""
        if request.POST.get("across"):
            numbers = list(queue.rows.values_list("pk", flat=True)[: many.MOST + 1])
        else:
            ticked = request.POST.getlist("incident")
            numbers = [int(each) for each in ticked if each.isascii() and each.isdigit() and len(each) < 19]
        rows: Any = many.with_rights(self.get_queryset(request))  # type: ignore[attr-defined]
        found = list(rows.filter(pk__in=numbers[: many.MOST]).order_by("-pk"))
        return found, len(numbers) > many.MOST

    def _confirmation(
        self,
        request: HttpRequest,
        queue: Queue,
        chosen: list[Incident],
        verb: str,
        refusal: Refusal | None = None,
    ) -> HttpResponse:
        actor = _here(request)[1]
        blocked = [(each, why) for each in chosen if (why := many.why_not(each, verb, actor))]
        left_out = {each.pk for each, _why in blocked}
        able = [each for each in chosen if each.pk not in left_out]
        context = {
            **self._context(request, queue, f"{VERBS[verb].label}: {len(able)} of {len(chosen)} incidents"),
            "verb": verb,
            "label": VERBS[verb].label,
            "help": VERBS[verb].help,
            "able": able,
            "kinds": Counter(each.get_kind_display() for each in able).most_common(),
            "people": len({each.session_id for each in able}),
            "blocked": blocked[:_SHOWN],
            "blocked_more": max(0, len(blocked) - _SHOWN),
            "reasons": many.REASONS.items(),
            "refusal": refusal,
            "given": request.POST,
        }
        status = 400 if refusal else 200
        return TemplateResponse(request, f"{_PATH}many.html", context, status=status)

    def run_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """What became of it, and the button that takes it back."""
        here, actor = _here(request)
        queue = Queue(self, request)
        entry = _found(here, number, actor)
        told = entry.detail
        rows: Any = self.get_queryset(request)  # type: ignore[attr-defined]
        names = rows.select_related("session__candidate").in_bulk([pk for pk, _ in told["left"]])
        left = [(names.get(pk), pk, why) for pk, why in told["left"]]
        context = {
            **self._context(request, queue, f"{len(told['done'])} incidents {VERBS[told['verb']].done}"),
            "run": number,
            "done": len(told["done"]),
            "reason": many.REASONS[told["reason"]],
            "note": told["note"],
            "left": left[:_SHOWN],
            "left_more": max(0, len(left) - _SHOWN),
        }
        return TemplateResponse(request, f"{_PATH}many_done.html", context)

    def undo_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Reopens what the run decided, but for what somebody has changed since."""
        here, actor = _here(request)
        queue = Queue(self, request)
        outcome = many.undo(here, _found(here, number, actor), actor=actor)
        messages.success(request, f"Taken back: {len(outcome.done)} incidents are unreviewed again.")
        if outcome.left:
            messages.warning(request, f"{len(outcome.left)} were left as they are: changed since.")
        return redirect(queue.list_url)

    def _context(self, request: HttpRequest, queue: Queue, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "filters": queue.filters,
            "list_url": queue.list_url,
        }


def may_decide_here(request: HttpRequest) -> bool:
    """Whether the boxes are offered."""
    return bool(current_institution() and request.user.has_perm("proctoring.decide_incident"))


def _here(request: HttpRequest) -> tuple[Institution, User]:
    here = current_institution()
    if here is None or not isinstance(request.user, User) or not may_decide_here(request):
        raise PermissionDenied
    return here, request.user


def _found(here: Institution, run: int, actor: User) -> Any:
    try:
        return many.run_of(here, run, actor)
    except NotAllowed as refusal:
        raise Http404(refusal.message) from refusal


def _with_filters(name: str, number: int, queue: Queue) -> str:
    return reverse(name, args=[number], query={FILTERS: queue.filters} if queue.filters else None)
