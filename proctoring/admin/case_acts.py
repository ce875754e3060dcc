"""What people do with cases: each act is a POST, which only calls a service and says what happened."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.tenancy import current_institution
from proctor_site.kernel.errors import InvalidInput, Refusal
from proctoring.models import Case
from proctoring.models.case import Verdict
from proctoring.review import looks, queue, readings, sharing, verdicts
from proctoring.states import CASE_DECIDED

_ACTS = (
    "take",
    "lock",
    "release_lock",
    "reading",
    "take_back",
    "comment",
    "tag",
    "assign",
    "reply_window",
    "decide",
    "appeal_decision",
)


def page_of(case: Case) -> str:
    """Address of the page of a case."""
    return reverse("admin:proctoring_case_change", args=[case.pk])


def person(request: HttpRequest) -> User:
    """Who is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user


class CaseActs:
    """Mixin of the admin of cases: the addresses of its acts."""

    admin_site: Any
    found: Callable[[HttpRequest, object], Case]
    show: Callable[..., HttpResponse]

    def act_urls(self) -> list[Any]:
        own = [
            path(
                f"<int:case_id>/{name.replace('_', '-')}/",
                self.admin_site.admin_view(require_POST(self._on_case(getattr(self, f"{name}_act")))),
                name=f"proctoring_case_{name}",
            )
            for name in _ACTS
        ]
        for name in ("next", "share_out"):
            view = require_POST(self._guarded(getattr(self, f"{name}_act")))
            address = f"{name.replace('_', '-')}/"
            own.append(path(address, self.admin_site.admin_view(view), name=f"proctoring_case_{name}"))
        return own

    def _on_case(self, act: Callable[[HttpRequest, Case], HttpResponse]) -> Callable[..., HttpResponse]:
        """Finds the case; a refusal becomes a message on its page, which keeps what was typed."""

        def view(request: HttpRequest, case_id: int) -> HttpResponse:
            case = self.found(request, case_id)
            try:
                return act(request, case)
            except Refusal as refusal:
                messages.error(request, f"{refusal.message} Nothing was changed.")
                again = self.found(request, case_id)  # a refused act may have changed the one in hand
                return self.show(request, again, kept=request.POST, status=refusal.status)

        return view

    def _guarded(self, act: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest) -> HttpResponse:
            if not request.user.has_perm("proctoring.read_case"):
                raise PermissionDenied
            try:
                return act(request)
            except Refusal as refusal:
                messages.error(request, f"{refusal.message} Nothing was changed.")
                return redirect("admin:proctoring_case_changelist")

        return view

    # the queue

    def next_act(self, request: HttpRequest) -> HttpResponse:
        """Opens the best case that the person can read, and makes it theirs."""
        return self._open_next(request, person(request), after=None, said="")

    def share_out_act(self, request: HttpRequest) -> HttpResponse:
        here = current_institution()
        if here is None:
            raise Http404
        wanted = {each for each in request.POST.getlist("to") if each.isascii() and each.isdigit()}
        people = [each for each in sharing.reviewers_of(here) if str(each.pk) in wanted]
        got = sharing.share_out(here, actor=person(request), to=people)
        told = ", ".join(f"{each}: {got[each.pk]}" for each in people)
        messages.success(request, f"Shared out. {told}.")
        return redirect("admin:proctoring_case_changelist")

    def _open_next(self, request: HttpRequest, viewer: User, *, after: int | None, said: Any) -> HttpResponse:
        following = queue.next_for(viewer, after=after)
        if following is None:
            messages.success(request, format_html("{} No case waits for you to read it.", said))
            return redirect("admin:proctoring_case_changelist")
        if said:
            messages.success(request, format_html("{} Here is the next case.", said))
        sharing.assign(following, actor=viewer, to=viewer)
        return redirect(page_of(following))

    # one case

    def take_act(self, request: HttpRequest, case: Case) -> HttpResponse:
        sharing.assign(case, actor=person(request), to=person(request))
        messages.success(request, "This case is yours.")
        return redirect(page_of(case))

    def lock_act(self, request: HttpRequest, case: Case) -> HttpResponse:
        """Takes or renews the lock; JSON for the page, which asks every half minute."""
        wants_page = request.POST.get("page") == "1"
        try:
            looks.take_lock(case, actor=person(request), over=request.POST.get("over") == "1")
        except Refusal as refusal:
            if wants_page:
                raise
            return JsonResponse(
                {"held": False, "holder": str(case.locked_by or ""), "detail": refusal.message},
                status=refusal.status,
            )
        if wants_page:
            messages.success(request, "You have this case open now.")
            return redirect(page_of(case))
        return JsonResponse({"held": True, "until": case.locked_until})

    def release_lock_act(self, request: HttpRequest, case: Case) -> HttpResponse:
        looks.release_lock(case, actor=person(request))
        return JsonResponse({"held": False})

    def reading_act(self, request: HttpRequest, case: Case) -> HttpResponse:
        """Gives a reading, and opens the next case."""
        given = readings.give(
            case,
            actor=person(request),
            verdict=request.POST.get("verdict", ""),
            reasons=request.POST.getlist("reasons"),
            note=request.POST.get("note", ""),
        )
        what = f"{given.get_part_display()} given: {given.get_verdict_display().lower()}."
        said = format_html('<a href="{}">Case {}</a>: {}', page_of(case), case.pk, what)
        return self._open_next(request, person(request), after=case.pk, said=said)

    def take_back_act(self, request: HttpRequest, case: Case) -> HttpResponse:
        readings.take_back(case, actor=person(request))
        messages.success(request, "Your reading is taken back; the case is open again.")
        return redirect(page_of(case))

    def comment_act(self, request: HttpRequest, case: Case) -> HttpResponse:
        sharing.comment(case, actor=person(request), text=request.POST.get("text", ""))
        messages.success(request, "Your comment is kept.")
        return redirect(f"{page_of(case)}#comments-title")

    def tag_act(self, request: HttpRequest, case: Case) -> HttpResponse:
        sharing.tag(case, actor=person(request), names=request.POST.get("tags", ""))
        messages.success(request, "The tags are kept.")
        return redirect(page_of(case))

    def assign_act(self, request: HttpRequest, case: Case) -> HttpResponse:
        wanted = request.POST.get("to", "")
        people = {str(each.pk): each for each in sharing.reviewers_of(case.institution)}
        if wanted and wanted not in people:
            raise InvalidInput("Choose somebody who reads cases here.", field="to")
        to = people[wanted] if wanted else None
        sharing.assign(case, actor=person(request), to=to)
        messages.success(request, f"The case is {to}’s now." if to else "Anybody may take the case now.")
        return redirect(page_of(case))

    def reply_window_act(self, request: HttpRequest, case: Case) -> HttpResponse:
        verdicts.open_reply_window(case, actor=person(request), told=request.POST.get("told", ""))
        messages.success(request, "The candidate is told and can reply now.")
        return redirect(page_of(case))

    def decide_act(self, request: HttpRequest, case: Case) -> HttpResponse:
        verdicts.decide(
            case,
            actor=person(request),
            verdict=request.POST.get("verdict", ""),
            told=request.POST.get("told", ""),
        )
        return self._decided(request, case)

    def appeal_decision_act(self, request: HttpRequest, case: Case) -> HttpResponse:
        verdicts.decide_appeal(
            case,
            actor=person(request),
            verdict=request.POST.get("verdict", ""),
            told=request.POST.get("told", ""),
            reasons=request.POST.getlist("reasons"),
            note=request.POST.get("note", ""),
        )
        return self._decided(request, case)

    def _decided(self, request: HttpRequest, case: Case) -> HttpResponse:
        assert case.state == CASE_DECIDED
        messages.success(request, f"Decided: {Verdict(case.verdict).label.lower()}. The candidate is told.")
        return redirect(page_of(case))
