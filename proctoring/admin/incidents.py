"""The review of incidents: list, page of one incident, decisions. Only `incidents.services` writes."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import saved_filters
from accounts.admin.keyset import KeysetLists
from accounts.admin.people_search import by_person
from accounts.admin.site import site
from accounts.models import User
from accounts.tenancy import current_institution
from proctor_site.kernel.errors import Refusal
from proctoring.admin import case_decisions, detectors, evidence_store, incident_columns, incident_page
from proctoring.admin.incident_all import AllDecisions
from proctoring.admin.incident_exports import Exports, may_export
from proctoring.admin.incident_filters import BeganFilter, KindFilter, ListedSittingFilter
from proctoring.admin.incident_many import ManyDecisions, may_decide_here
from proctoring.admin.incident_queue import Queue
from proctoring.admin.read_only import WatchedRowsAdmin, zone_of
from proctoring.browser.events import BrowserKind
from proctoring.evidence.call_exhibits import heard_calls
from proctoring.evidence.sound_exhibits import sounds_of
from proctoring.evidence.spool_state import files_of
from proctoring.identity.shown import shown_of
from proctoring.incidents import many
from proctoring.models import Case, Incident, MonitoringSession
from proctoring.models.evidence import OF_SCREEN, EvidenceKind
from proctoring.observations import SOUND_KINDS
from proctoring.review import incident_exports
from proctoring.review.blind import hidden_from, shown_in
from proctoring.review.precision_page import advisory_words, words_of_kinds
from proctoring.timeline import timeline_of
from proctoring.timeline_drawing import draw

_FILMED = (*OF_SCREEN, EvidenceKind.LIVE_VIDEO)


@admin.register(Incident, site=site)
class IncidentAdmin(Exports, AllDecisions, ManyDecisions, KeysetLists, WatchedRowsAdmin):
    """Incidents: a list that stays fast, and a page on which people decide."""

    change_list_template = "admin/proctoring/incident/change_list.html"
    list_select_related = ("session__candidate", "session__case", "sitting")
    list_filter = (
        ListedSittingFilter,
        "review_state",
        "severity",
        ("kind", KindFilter),
        ("light", KindFilter),
        "advisory",
        BeganFilter,
    )
    search_fields = ("session__candidate__name",)
    search_help_text = "Searches the names of candidates, where a name is shown to you."

    # list

    def get_queryset(self, request: HttpRequest) -> Any:
        return incident_columns.with_picture(super().get_queryset(request))

    def get_list_display(self, request: HttpRequest) -> Any:
        here, viewer = current_institution(), _person(request)
        if here is None:
            return incident_columns.COLUMNS
        columns: tuple[Any, ...] = (
            incident_columns.candidate_for(viewer, here),
            *incident_columns.COLUMNS,
            incident_columns.precision_for(words_of_kinds(here)),
        )
        if viewer.has_perm("proctoring.view_evidence"):
            columns = (incident_columns.thumbnail_for(viewer, here), *columns)
        return (incident_columns.box, *columns) if may_decide_here(request) else columns

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return [each for each in list_display if getattr(each, "__name__", "") == "candidate"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By name, but not those whose name the person is not to know yet: finding them would tell it."""
        here = current_institution()
        if search_term and here is not None:
            hidden = Case.objects.filter(hidden_from(request.user, here)).values("session")
            queryset = queryset.exclude(session__in=hidden)
        sessions = MonitoringSession.objects.all()
        return by_person(queryset, search_term, path="session", holders=sessions, person="candidate"), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        context = {
            "title": "Incidents",
            "evidence_base": _evidence_base(),
            "may_decide_many": may_decide_here(request),
            "many_verbs": [(name, incident_page.VERBS[name]) for name in many.VERBS],
            "most_at_once": many.MOST,
            "own_filters": request.GET.urlencode(),
            "export_forms": incident_exports.FORMS.items() if may_export(request) else (),
            **_advisory(),
            **_saved(request),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    # page of one incident

    def get_urls(self) -> list[Any]:
        decide = self.admin_site.admin_view(require_POST(self.decide_view))
        own = path("<int:incident_id>/decide/", decide, name="proctoring_incident_decide")
        return [own, *self.many_urls(), *self.all_urls(), *self.export_urls(), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Shows one incident; deciding is a call of its own."""
        return never_cache(require_safe(self._page_view))(request, object_id)

    def _page_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        incident = self._found(request, unquote(object_id))
        page = TemplateResponse(
            request, "admin/proctoring/incident/page.html", self._page_context(request, incident)
        )
        return page.render()

    def _page_context(self, request: HttpRequest, incident: Incident) -> dict[str, Any]:
        viewer, zone = _person(request), zone_of(request)
        sees_evidence = incident_page.may_see_evidence(viewer, incident)
        slug = incident.institution.slug
        is_sound = incident.kind in SOUND_KINDS
        exhibits = incident_page.exhibits_of(incident, viewer, slug) if sees_evidence and not is_sound else []
        shared = incident_page.exhibits_of(incident, viewer, slug, _FILMED) if sees_evidence else []
        shown = shown_in(incident.session, viewer)
        timeline = timeline_of(incident.session, shown.naming(incident.session), shown.words)
        queue = Queue(self, request)
        who = shown.name
        return {
            **self.admin_site.each_context(request),
            "title": f"{incident.get_kind_display().capitalize()}: {who}",
            "opts": self.opts,
            "incident": incident,
            "who": who,
            "is_blind": shown.is_hidden,
            "duration": incident_columns.duration(incident),
            "seen_in": incident_columns.count(incident),
            "about": detectors.about(incident.kind),
            "measurements": incident_page.measurements_of(incident),
            "exhibits": exhibits,
            "screens": [each for each in shared if each.item.kind == EvidenceKind.SCREEN],
            "films": [each for each in shared if each.item.kind == EvidenceKind.SCREEN_CLIP],
            "sounds": sounds_of(incident, viewer, slug) if sees_evidence and is_sound else [],
            "live_clips": [each for each in shared if each.item.kind == EvidenceKind.LIVE_VIDEO],
            "shown": shown_of(incident.session, viewer, slug, shown.words) if sees_evidence else [],
            "calls": heard_calls(timeline.calls, viewer, slug, may_hear=sees_evidence),
            "precision": incident_page.precision_of(incident),
            "case_url": case_decisions.desk_url(incident, viewer),
            "is_sound": is_sound,
            "is_told": incident.kind in set(BrowserKind),  # a browser says so or not: no confidence
            "sees_evidence": sees_evidence,
            "missing": evidence_store.words_of(files_of([incident.pk]).get(incident.pk)),
            "first": incident_page.first_at_start(exhibits),
            "choices": incident_page.choices_of(incident),
            "may_decide": incident_page.may_decide(viewer, incident),
            "decisions": incident_page.decisions_of(incident, shown.words),
            "timeline": timeline,
            "drawing": draw(timeline, zone=zone, current=incident.pk),
            "zone": zone,
            "evidence_base": _evidence_base(),
            "queue": queue,
            "older_url": queue.page_url(queue.older(incident)),
            "newer_url": queue.page_url(queue.newer(incident)),
        }

    def _found(self, request: HttpRequest, incident_id: str) -> Incident:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related(
            "institution",
            "sitting__exam",
            "session__candidate",
            "session__attempt",
            "session__case",
            "reviewer",
        )
        is_number = incident_id.isascii() and incident_id.isdigit() and len(incident_id) < 19
        incident: Incident | None = rows.filter(pk=int(incident_id)).first() if is_number else None
        if incident is None:
            raise Http404("There is no such incident here.")
        return incident

    # decisions

    def decide_view(self, request: HttpRequest, incident_id: int) -> HttpResponse:
        """Carries out one decision, says what happened, and opens the next unreviewed incident."""
        incident = self._found(request, str(incident_id))
        queue = Queue(self, request)
        own_page = queue.page_url(incident.pk)
        verb = incident_page.VERBS.get(request.POST.get("verb", ""))
        if case_decisions.is_from_desk(request):
            return case_decisions.decide(request, incident, verb, _person(request))
        if verb is None:
            messages.error(request, "Choose one of the buttons. Nothing was changed.")
            return redirect(own_page)
        try:
            verb.act(incident, actor=_person(request), note=request.POST.get("note", ""))
        except Refusal as refusal:
            messages.error(request, f"{refusal.message} Nothing was changed.")
            return redirect(own_page)
        what = f"{incident.get_kind_display().capitalize()}, {shown_in(incident.session, request.user).name}"
        done = format_html('<a href="{}">{}</a> is {}.', own_page, what, verb.done)
        if verb is incident_page.VERBS["reopen"]:
            messages.success(request, done)
            return redirect(own_page)
        following = queue.next_unreviewed(incident)
        if following is None:
            messages.success(request, format_html("{} Nothing is left to review here.", done))
            return redirect(queue.list_url)
        messages.success(request, format_html("{} Here is the next one nobody has looked at.", done))
        return redirect(queue.page_url(following))


def _advisory() -> dict[str, str]:
    here = current_institution()
    return {"advisory_words": advisory_words(here) if here else ""}


def _saved(request: HttpRequest) -> dict[str, Any]:
    here = current_institution()
    return saved_filters.beside("incidents", request, here) if here else {}


def _evidence_base() -> str:
    here = current_institution()
    return f"/i/{here.slug}/incidents/" if here else ""


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user
