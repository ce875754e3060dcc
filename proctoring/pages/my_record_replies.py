"""Where candidates write a reply or an appeal: draft, files, handing in, receipt, and saying to be done."""

import json
import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages.guards import person_of
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import NotFound, Refusal
from proctoring.models import Case, Reply
from proctoring.models.reply import ReplyPart
from proctoring.pages.evidence_file import private_picture
from proctoring.pages.my_record import case_of, recorded_attempt
from proctoring.pages.watching import zone_of
from proctoring.review import verdicts
from proctoring.rights import receipts, replies, reply_files, stages

_ACTS = ("save", "send", "add", "remove")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_record_write(request: HttpRequest, slug: str, attempt_id: int, part: str) -> HttpResponse:
    """The draft of a reply or of an appeal. A POST keeps it whatever it asks for (`do`): save, add files,
    remove one, or hand in."""
    attempt, case = _released(request, attempt_id)
    if not replies.is_offered(case, part):
        messages.info(request, "There is nothing to answer here at the moment.")
        return redirect("my_record_attempt", slug, attempt.pk)
    if request.method != "POST":
        return _page(request, attempt, case, part)
    try:
        return _carry_out(request, attempt, case, part)
    except Refusal as refusal:
        if _wants_json(request):
            answer = {"detail": refusal.message, "code": refusal.code}
            return JsonResponse(answer, status=refusal.status)
        return _page(request, attempt, case, part, refusal=refusal)


def _carry_out(request: HttpRequest, attempt: Attempt, case: Case, part: str) -> HttpResponse:
    person, act, text = person_of(request), _act_of(request), request.POST.get("text", "")
    key = request.POST.get("key", "")
    here = reverse(f"my_record_{part}", args=[attempt.institution.slug, attempt.pk])
    if act == "send":
        _add_files(request, case, part)
        reply = replies.hand_in(case, part, candidate=person, text=text, key=key)
        messages.success(request, _arrived(reply))
        url = reverse("my_record_attempt", args=[attempt.institution.slug, attempt.pk])
        return redirect(f"{url}#replies")
    window = replies.save_draft(case, part, candidate=person, text=text, key=key)
    if act == "remove":
        public_id = request.POST.get("do", "").partition(":")[2]
        reply_files.take_out(case, part, public_id, candidate=person)
    else:
        _add_files(request, case, part)
    if _wants_json(request):
        return JsonResponse({"saved_at": window.draft_saved_at})
    messages.success(request, "Your draft is saved. It is not handed in yet.")
    return redirect(here)


def _act_of(request: HttpRequest) -> str:
    act = request.POST.get("do", "").partition(":")[0]
    return act if act in _ACTS else "save"


def _add_files(request: HttpRequest, case: Case, part: str) -> None:
    for upload in request.FILES.getlist("files"):
        # No more is read than is needed to see that it is too large.
        data = upload.read(reply_files.MOST_MB * 1_000_000 + 1)
        reply_files.add(case, part, candidate=person_of(request), name=upload.name or "", data=data)


def _arrived(reply: Reply) -> str:
    what = "Your appeal" if reply.part == ReplyPart.APPEAL else "Your reply"
    if reply.is_late:
        return f"{what} has arrived after the time for it. It is kept, and people see that it is late."
    return f"{what} has arrived. You can download its receipt below."


def _page(
    request: HttpRequest, attempt: Attempt, case: Case, part: str, *, refusal: Refusal | None = None
) -> HttpResponse:
    window = replies.window_of(case, part)
    facts, now = replies.facts_of(case, attempt.ended_at), clock.now()
    until = case.reply_until if part == ReplyPart.REPLY else case.appeal_until
    is_late = replies.is_late(case, part)
    context = {
        "attempt": attempt,
        "sitting": attempt.enrolment.sitting,
        "exam": attempt.enrolment.sitting.exam,
        "case": case,
        "part": part,
        "is_appeal": part == ReplyPart.APPEAL,
        "window": window,
        "text": request.POST.get("text", "") if refusal else window.draft,
        "files": reply_files.draft_files(case, part),
        "refusal": refusal,
        "is_late": is_late,
        "until": until,
        "left": stages.in_words(until - now) if until is not None and not is_late else "",
        "said_all": facts.said_all_at is not None,
        "most": {
            "characters": f"{replies.MOST_CHARACTERS:,}",
            "files": reply_files.MOST_FILES,
            "mb": reply_files.MOST_MB,
        },
        "accept": ",".join(f".{each}" for each in (*reply_files.TYPES, "jpeg")),
        "zone": zone_of(request),
    }
    return render(request, "proctoring/record/write.html", context, status=refusal.status if refusal else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_record_said_all(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """Asks once more, then closes the reply window early: the candidate has nothing more to say."""
    attempt, case = _released(request, attempt_id)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            verdicts.say_all(case, candidate=person_of(request))
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, "Noted: you have said all that you want to say. People decide now.")
            return redirect("my_record_attempt", slug, attempt.pk)
    window = replies.window_of(case, ReplyPart.REPLY)
    files = reply_files.draft_files(case, ReplyPart.REPLY)
    context = {
        "attempt": attempt,
        "sitting": attempt.enrolment.sitting,
        "exam": attempt.enrolment.sitting.exam,
        "case": case,
        "refusal": refusal,
        "has_draft": bool(window.draft or files),
        "handed_in": Reply.objects.filter(case=case, part=ReplyPart.REPLY).count(),
        "is_open": stages.may_reply_in_time(replies.facts_of(case, attempt.ended_at), clock.now()),
        "zone": zone_of(request),
    }
    status = refusal.status if refusal else 200
    return render(request, "proctoring/record/said_all.html", context, status=status)


@never_cache
@require_safe
def my_record_receipt(request: HttpRequest, slug: str, attempt_id: int, number: int) -> HttpResponse:
    """The signed receipt of one text as a file: what arrived, and when."""
    _, case = _released(request, attempt_id)
    reply = Reply.objects.filter(case=case, number=number).select_related("institution").first()
    if reply is None:
        raise Http404("There is no such receipt.")
    body = json.dumps(receipts.receipt_of(reply), indent=2, ensure_ascii=False)
    response = HttpResponse(body + "\n", content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{case.pk}-{number}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@require_safe
def my_record_file(
    request: HttpRequest, slug: str, attempt_id: int, reply_file_id: uuid.UUID
) -> HttpResponse:
    """A file that the candidate has added or handed in."""
    recorded_attempt(request, attempt_id)
    opened = reply_files.open_own(str(reply_file_id), candidate=person_of(request))
    if opened.file.case.session.attempt_id != attempt_id:
        raise Http404("There is no such file.")
    return private_picture(
        opened.data, name=f"my-file-{opened.file.pk}", content_type=opened.file.content_type
    )


def _released(request: HttpRequest, attempt_id: int) -> tuple[Attempt, Case]:
    """The own attempt and its released case. Raises Http404 where there is none, or not yet."""
    attempt = recorded_attempt(request, attempt_id)
    case = case_of(attempt)
    if case is None or case.released_at is None or case.session.candidate_id != person_of(request).pk:
        raise NotFound("There is nothing to answer here.")
    return attempt, case


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
