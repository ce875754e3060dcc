"""The camera demo: lends a visitor's page a token of minutes; the page does everything else by the API.

Open to anybody, but only where `manage.py demo` has made the demo institution: its audit log says so, and
nobody else can write that. A token starts one session at a time there and knows no other visitor's.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.api_scopes import OWN_SESSIONS
from accounts.models import AuditEntry, Institution, User
from accounts.services import api_tokens
from accounts.tenancy import within
from accounts.transitions import lock
from exams.models import Sitting
from proctor_site.kernel.errors import Conflict, NotFound, Refusal
from proctoring.models import OutsideSession
from proctoring.outside import queries, services
from proctoring.outside.default_sitting import default_sitting
from proctoring.states import SESSION_ENDED, SESSION_LIVE

log = logging.getLogger(__name__)
MADE_FOR_DEMO = "institution.made_for_demo"
MINUTES = 10
"""A session that its visitor leaves ends by itself then."""
LENT_FOR = timedelta(minutes=MINUTES + 2)
"""Long enough to stop and delete at the very end."""
MOST_AT_ONCE = 20
_LENT, _LENT_S = 20, 600
"""Tokens for one address."""
_LABEL, _TIDIED = "Camera demo", 20
_ACCOUNT = "camera-demo@tokens.invalid"


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What it does, the agreement, and the place where the figures appear."""
    if demo_institution() is None:
        raise Http404("There is no demo on this server.")
    return render(request, "proctoring/demo_camera.html", {"minutes": MINUTES})


@never_cache
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A token for this visitor's page, the sitting in which it may start a session, and where the API is."""
    try:
        here = demo_institution()
        if here is None:
            raise NotFound("There is no demo on this server.")
        limits.count("camera_demo", request.META.get("REMOTE_ADDR", ""), most=_LENT, seconds=_LENT_S)
        with within(here):
            told = _lend(here)
    except Refusal as refusal:
        problem = {"code": refusal.code, "detail": refusal.message, "status": refusal.status}
        answer = JsonResponse(problem, status=refusal.status)
        if "retry_after_ms" in refusal.details:
            answer["Retry-After"] = str(refusal.details["retry_after_ms"] // 1000)
        return answer
    return JsonResponse({**told, "sessions": reverse("api_outside_sessions")})


def demo_institution() -> Institution | None:
    """The demo institution, or None where there is no demo."""
    # No scope yet: the page belongs to nobody, and finds the institution that is its own.
    entry = (
        AuditEntry.objects.with_scopes_disabled()
        .filter(verb=MADE_FOR_DEMO)
        .select_related("institution")
        .order_by("pk")
        .first()
    )
    return entry.institution if entry else None


def _lend(here: Institution) -> dict[str, object]:
    account = _account()
    sitting = default_sitting(here, label=_LABEL, actor=account, longest_minutes=MINUTES)
    _tidy(here, sitting, account)
    if queries.list_sessions(here, sitting=sitting, state=SESSION_LIVE).count() >= MOST_AT_ONCE:
        raise Conflict("Too many people try it just now. Please come back in some minutes.", code="full")
    with transaction.atomic():
        lock(here)  # two visitors at once do not get the same account
        api_tokens.end_lent(here, name=_LABEL, actor=account)
        free = api_tokens.free_accounts(_LABEL).exclude(pk__in=OutsideSession.objects.values("started_by"))
        _, secret = api_tokens.lend(
            here,
            name=_LABEL,
            scopes=[OWN_SESSIONS],
            lifetime=LENT_FOR,
            actor=account,
            account=free.order_by("pk").first(),
        )
    return {"token": secret, "sitting": sitting.pk}


def clear_left() -> None:
    """Deletes what visitors left who went away, and their tokens, also when no other visitor comes."""
    here = demo_institution()
    account = User.objects.filter(email=_ACCOUNT).first()
    if here is None or account is None:
        return
    with within(here):
        api_tokens.end_lent(here, name=_LABEL, actor=account)
        for sitting in Sitting.objects.filter(exam__is_outside=True, exam__title=_LABEL):
            _tidy(here, sitting, account)


def _tidy(here: Institution, sitting: Sitting, account: User) -> None:
    """Deletes what visitors left who went away without stopping."""
    ended = queries.list_sessions(here, sitting=sitting, state=SESSION_ENDED)
    for session in ended.order_by("pk")[:_TIDIED]:
        try:
            services.delete(session, actor=account)
        except Conflict as refusal:
            log.warning("session %s of the demo stays: %s", session.pk, refusal.code)


def _account() -> User:
    with transaction.atomic():
        account, _ = User.objects.get_or_create(
            email=_ACCOUNT, defaults={"name": "Camera demo", "is_active": False, "password": "!"}
        )
    return account
