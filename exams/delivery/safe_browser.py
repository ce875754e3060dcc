"""Who may see an exam that requires Safe Exam Browser, and notes of work outside it (decision 0108)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from accounts import audit
from exams import safe_browser, states
from exams.models import Attempt, OutsideSafeBrowser
from exams.models.safe_browser import Sighting
from exams.models.sitting import SafeBrowserUse
from exams.scheduling.safe_browser import Keys, keys_of
from exams.signals import left_safe_browser
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, NotAllowed

CONFIG_KEY_HEADER = "X-SafeExamBrowser-ConfigKeyHash"
EXAM_KEY_HEADER = "X-SafeExamBrowser-RequestHash"
_SESSION = "safe_browser"
_NOTE_EVERY_S = 60

REFUSALS = {
    Sighting.MISSING: "This exam opens only in Safe Exam Browser. Open it with the link on the exam’s page.",
    Sighting.WRONG: "This Safe Exam Browser has other settings than this exam asks for, or another version. "
    "Open the exam anew with the link on the exam’s page, or ask your exam office.",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one request shows: its address as the browser has it, the two hashes, and the session's mark."""

    url: str
    config_hash: str
    exam_hash: str
    mark: str


def seen_in(request: HttpRequest, sitting_id: int) -> Seen:
    """The facts of a request. The address is that of the site's settings: no header of a proxy is trusted."""
    marks = request.session.get(_SESSION, {})
    return Seen(
        url=safe_browser.address_of(settings.BASE_URL, request.get_full_path()),
        config_hash=request.headers.get(CONFIG_KEY_HEADER, ""),
        exam_hash=request.headers.get(EXAM_KEY_HEADER, ""),
        mark=str(marks.get(str(sitting_id), "")),
    )


def is_required(attempt: Attempt) -> bool:
    """Whether this candidate's exam opens in Safe Exam Browser only. A query or two only where it may be."""
    use = getattr(attempt, "safe_browser_use", None) or attempt.enrolment.sitting.safe_browser
    if use != SafeBrowserUse.REQUIRED:
        return False
    return not any(each.without_safe_browser for each in attempt.enrolment.allowances.all())


def look(attempt: Attempt, request: HttpRequest) -> Sighting:
    """What the request shows; RIGHT wherever Safe Exam Browser is not required of this candidate."""
    if not is_required(attempt):
        return Sighting.RIGHT
    sitting = attempt.enrolment.sitting
    return judge(seen_in(request, sitting.pk), keys_of(sitting))


def judge(seen: Seen, keys: Keys) -> Sighting:
    """Headers count before the session's mark, Browser Exam Keys only where some are named."""
    if not seen.config_hash and not seen.exam_hash:
        return Sighting.RIGHT if seen.mark == keys.mark else Sighting.MISSING
    is_right = safe_browser.is_sent_for(seen.config_hash, seen.url, [keys.config_key])
    if keys.exam_keys:
        is_right = is_right and safe_browser.is_sent_for(seen.exam_hash, seen.url, keys.exam_keys)
    return Sighting.RIGHT if is_right else Sighting.WRONG


def require(attempt: Attempt, request: HttpRequest) -> None:
    """Raises NotAllowed (safe_browser_missing, safe_browser_wrong). Never asked before saving answers."""
    sighting = look(attempt, request)
    if sighting is not Sighting.RIGHT:
        raise NotAllowed(REFUSALS[sighting], code=f"safe_browser_{sighting}")


def prove(attempt: Attempt, request: HttpRequest, *, url: str, config_hash: str, exam_hash: str) -> None:
    """Takes what a page of the attempt read by JavaScript and marks the session, if it is right.

    For browsers that send no headers (WKWebView). Raises InvalidInput (url), NotAllowed (safe_browser_wrong).
    """
    sitting = attempt.enrolment.sitting
    here = safe_browser.address_of(settings.BASE_URL, f"/i/{attempt.institution.slug}/attempts/{attempt.pk}/")
    address = url.partition("#")[0]
    if not address.startswith(here) or ".." in urlsplit(address).path:
        raise InvalidInput("Name the page of this exam that you are on.", field="url")
    keys = keys_of(sitting)
    if judge(Seen(address, config_hash, exam_hash, mark=""), keys) is not Sighting.RIGHT:
        raise NotAllowed(REFUSALS[Sighting.WRONG], code=f"safe_browser_{Sighting.WRONG}")
    marks = request.session.get(_SESSION, {})
    request.session[_SESSION] = {**marks, str(sitting.pk): keys.mark}


def note(attempt: Attempt, request: HttpRequest) -> None:
    """Notes a request for a running attempt from outside, at most once a minute; refuses nothing."""
    sighting = look(attempt, request)
    if sighting is Sighting.RIGHT or attempt.state not in states.RUNNING:
        return
    if not cache.add(f"outside-safe-browser:{attempt.pk}:{sighting}", 1, _NOTE_EVERY_S):
        return
    now = clock.now()
    with transaction.atomic():
        row, is_first = OutsideSafeBrowser.objects.get_or_create(
            institution=attempt.institution,
            attempt=attempt,
            sighting=sighting,
            defaults={"first_at": now, "last_at": now},
        )
        if not is_first:
            rows = OutsideSafeBrowser.objects.filter(pk=row.pk)
            rows.update(last_at=now, times=F("times") + 1)
            return
        detail = {"sighting": str(sighting)}
        audit.record(attempt.institution, attempt, "attempt.outside_safe_browser", actor=None, detail=detail)
        left_safe_browser.send(sender=Attempt, attempt=attempt, sighting=str(sighting))
