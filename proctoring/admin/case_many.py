"""Several cases at once: who reads them, and tags. Shown first, done one by one, taken back together."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Institution, User
from accounts.tenancy import current_institution
from proctor_site.kernel.errors import NotAllowed, Refusal
from proctoring.admin import case_queue
from proctoring.models import Case
from proctoring.review import many_cases
from proctoring.review.blind import name_for

_PATH = "admin/proctoring/case/"


class ManyCases:
    """Mixin of the admin of cases."""

    admin_site: Any
    opts: Any

    def many_urls(self) -> list[Any]:
        def named(address: str, view: Any, name: str) -> Any:
            return path(
                address, self.admin_site.admin_view(never_cache(view)), name=f"proctoring_case_{name}"
            )

        return [
            named("many/", require_POST(self.many_view), "many"),
            named("many/<int:number>/", require_safe(self.many_done_view), "many_done"),
            named("many/<int:number>/undo/", require_POST(self.many_undo_view), "many_undo"),
        ]

    def many_view(self, request: HttpRequest) -> HttpResponse:
        """Shows what would change; with `sure`, carries it out."""
        here, actor = _here(request)
        query = request.POST.get("filters", "")[:2000]
        cases, has_more = _chosen(request, here, actor, query)
        try:
            asked = {name: request.POST.get(name, "") for name in ("to", "tag")}
            act = many_cases.act_of(here, request.POST.get("verb", ""), actor=actor, **asked)
        except Refusal as refusal:
            messages.error(request, f"{refusal.message} Nothing was changed.")
            return redirect(_queue_url(query))
        if not cases:
            messages.error(request, "Choose cases first. Nothing was changed.")
            return redirect(_queue_url(query))
        if request.POST.get("sure"):
            outcome = many_cases.carry_out(here, cases, act, actor=actor)
            assert outcome.entry is not None
            address = reverse("admin:proctoring_case_many_done", args=[outcome.entry.pk])
            return redirect(f"{address}?{_carried(query)}")
        lines = [(each, name_for(each, actor), many_cases.why_not(each, act, actor)) for each in cases]
        able = [(case, name) for case, name, why in lines if not why]
        context = {
            "title": f"{_words(act)}: {len(able)} of {len(cases)} cases",
            "words": _words(act),
            "act": act,
            "able": able,
            "blocked": [line for line in lines if line[2]],
            "has_more": has_more,
            "most": many_cases.MOST,
            "to": act.to.pk if act.verb == "give" and act.to else "",
        }
        return self._many_page(request, "many.html", query, context)

    def many_done_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """What became of it, and the button that takes it back."""
        here, actor = _here(request)
        told = _found(here, number, actor).detail
        rows = many_cases.with_rights(Case.objects.filter(pk__in=[pk for pk, _why in told["left"]]))
        left = {case.pk: case for case in rows}
        context = {
            "title": f"{len(told['before'])} case{'' if len(told['before']) == 1 else 's'} changed",
            "run": number,
            "done": len(told["before"]),
            "words": many_cases.VERBS[told["verb"]].rstrip("…"),
            "tag": told["tag"],
            "left": [(pk, name_for(left[pk], actor) if pk in left else "", why) for pk, why in told["left"]],
        }
        return self._many_page(request, "many_done.html", request.GET.get("filters", ""), context)

    def many_undo_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Puts back what is still as it was left."""
        here, actor = _here(request)
        outcome = many_cases.undo(here, _found(here, number, actor), actor=actor)
        messages.success(request, f"Taken back: {len(outcome.done)} of {len(outcome.done + outcome.left)}.")
        for pk, why in outcome.left[:10]:
            messages.warning(request, f"Case {pk} stays as it is. {why}")
        return redirect(_queue_url(request.POST.get("filters", "")[:2000]))

    def _many_page(
        self, request: HttpRequest, template: str, query: str, context: dict[str, Any]
    ) -> HttpResponse:
        more = {**self.admin_site.each_context(request), "opts": self.opts, "filters": query}
        more["queue_url"] = _queue_url(query)
        return TemplateResponse(request, _PATH + template, {**more, **context})


def _chosen(request: HttpRequest, here: Institution, viewer: User, query: str) -> tuple[list[Case], bool]:
    """What was ticked, or the best that fit the filter; whether there is more."""
    if request.POST.get("across"):
        asked = case_queue.asked_in(QueryDict(query))
        rows = case_queue.rows_of(viewer, asked).values_list("pk", flat=True)
        numbers = list(rows[: many_cases.MOST + 1])
    else:
        ticked = request.POST.getlist("case")
        numbers = [int(each) for each in ticked if each.isascii() and each.isdigit() and len(each) < 19]
    mine = Case.objects.filter(institution=here, pk__in=numbers[: many_cases.MOST])
    found = many_cases.with_rights(mine.exclude(session__candidate=viewer.pk))
    return list(found.order_by("-rank", "pk")), len(numbers) > many_cases.MOST


def _here(request: HttpRequest) -> tuple[Institution, User]:
    here = current_institution()
    if here is None or not isinstance(request.user, User):
        raise PermissionDenied
    if not request.user.has_perm("proctoring.read_case"):
        raise PermissionDenied
    return here, request.user


def _found(here: Institution, number: int, actor: User) -> Any:
    try:
        return many_cases.run_of(here, number, actor)
    except NotAllowed as refusal:
        raise Http404(refusal.message) from refusal


def _words(act: many_cases.Act) -> str:
    if act.verb == "give":
        return f"Give to {act.to}"
    words = many_cases.VERBS[act.verb]
    return f"{words} “{act.tag}”" if act.tag else words


def _queue_url(query: str) -> str:
    address = reverse("admin:proctoring_case_changelist")
    return f"{address}?{query}" if query else address


def _carried(query: str) -> str:
    kept = QueryDict(mutable=True)
    kept["filters"] = query
    return kept.urlencode()
