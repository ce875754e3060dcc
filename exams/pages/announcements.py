"""The page on which proctors and exam officers announce something to a sitting and see who has read it."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.pages import refusals
from accounts.pages.guards import person_of, require_right
from exams.delivery import announcement_reach, announcements
from exams.models import Announcement, Question, Sitting
from exams.models.announcement import LONGEST_TEXT
from exams.permissions import may_run_sitting
from exams.signals import ready_texts_wanted
from proctor_site.kernel.errors import Refusal

EVERYBODY = "everybody"


class AnnouncementForm(forms.Form):
    """What to announce, and to whom; `corrects` an announcement, for the same people."""

    question = forms.ChoiceField(
        label="For whom",
        error_messages={"invalid_choice": "This question does not belong to the exam of this sitting."},
        help_text="A clarification belongs to one question. It is also shown at this question, and only to "
        "candidates who have it on their paper.",
    )
    text = forms.CharField(
        label="Text",
        strip=False,
        error_messages={"required": "Write what you want to announce."},
        help_text=f"Plain text with line breaks, at most {LONGEST_TEXT} characters.",
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST_TEXT}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    corrects = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sitting: Sitting, corrected: Announcement | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.corrected = corrected
        self.questions = {str(each.pk): each for each in announcement_reach.questions_of(sitting)}
        if corrected is not None:
            del self.fields["question"]
            return
        named = [(pk, f"Question: {each.title}") for pk, each in self.questions.items()]
        self.fields["question"].choices = [(EVERYBODY, "Everybody in this sitting"), *named]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Question | None:
        """The question of a valid form that the text is about."""
        if self.corrected is not None:
            return self.corrected.question
        return self.questions.get(self.cleaned_data["question"])

    def clean_text(self) -> str:
        try:
            return announcements.clean_text(self.cleaned_data["text"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right("exams.watch_sitting")
def sitting_announcements(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """What was announced, and the form; its text is looked at once more before it is sent.

    `?corrects=<id>`: the form for a correction; `?question=<id>`: for a clarification of that question;
    `?part=list`: only the list, for scripts.
    """
    sitting = _sitting(request, sitting_id)
    if request.method == "POST":
        return _posted(request, sitting)
    if request.GET.get("part") == "list":
        return render(request, "exams/_partials/announced.html", _list_context(request, sitting))
    corrected = _corrected(sitting, request.GET.get("corrects", ""))
    first = {
        "key": uuid.uuid4(),
        "corrects": corrected and corrected.pk,
        "text": corrected and corrected.text,
        # Where a candidate has asked about a question, the form is opened for that one.
        "question": request.GET.get("question", EVERYBODY),
    }
    return _page(request, sitting, AnnouncementForm(initial=first, sitting=sitting, corrected=corrected))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right("exams.watch_sitting")
def announcement_withdrawal(
    request: HttpRequest, slug: str, sitting_id: int, announcement_id: int
) -> HttpResponse:
    """GET: asks once more. POST: withdraws; the text stays to be read, marked as withdrawn."""
    sitting = _sitting(request, sitting_id)
    announcement = Announcement.objects.filter(sitting=sitting, pk=announcement_id).first()
    if announcement is None:
        raise Http404("There is no such announcement in this sitting.")
    if request.method == "POST":
        try:
            announcements.withdraw(announcement, actor=person_of(request))
            messages.success(request, "The announcement is withdrawn. Candidates see it at once.")
        except Refusal as refusal:
            messages.warning(request, refusal.message)
        return redirect("sitting_announcements", slug=slug, sitting_id=sitting_id)
    context = {"sitting": sitting, "announcement": announcement}
    return render(request, "exams/announcement_withdrawal.html", context)


def _posted(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    corrected = _corrected(sitting, request.POST.get("corrects", ""))
    if "take" in request.POST:
        return _page(request, sitting, _with_text_taken(request, sitting, corrected))
    form = AnnouncementForm(request.POST, sitting=sitting, corrected=corrected)
    step = request.POST.get("step")
    if step == "edit" or not form.is_valid():
        return _page(request, sitting, form)
    try:
        if step == "send":
            return _sent(request, sitting, form)
        announcements.require_readers(sitting, form.chosen)
        if corrected is not None:
            announcements.require_in_force(corrected)
    except Refusal as refusal:
        refusals.add_to_form(form, refusal)
        return _page(request, sitting, form)
    context = {
        "sitting": sitting,
        "form": form,
        "text": form.cleaned_data["text"],
        "question": form.chosen,
        "corrected": corrected,
        "reach": announcement_reach.reach_of(sitting, form.chosen),
    }
    return render(request, "exams/announcement_check.html", context)


def _sent(request: HttpRequest, sitting: Sitting, form: AnnouncementForm) -> HttpResponse:
    how: dict[str, Any] = {
        "actor": person_of(request),
        "text": form.cleaned_data["text"],
        "key": form.cleaned_data["key"],
    }
    if form.corrected is not None:
        announcements.correct(form.corrected, **how)
    else:
        announcements.announce(sitting, question=form.chosen, **how)
    messages.success(request, "Announced. The list below says how many have read it.")
    return redirect(request.path)


def _with_text_taken(
    request: HttpRequest, sitting: Sitting, corrected: Announcement | None
) -> AnnouncementForm:
    """The form with a ready or earlier text; what was typed already stays in front of it."""
    texts = _texts(sitting)
    chosen = request.POST["take"]
    typed = request.POST.get("text", "").strip()
    taken = texts[int(chosen)] if chosen.isdecimal() and int(chosen) < len(texts) else ""
    first = {name: request.POST.get(name, "") for name in ("key", "corrects", "question")}
    first["text"] = "\n\n".join(dict.fromkeys(part for part in (typed, taken) if part))
    return AnnouncementForm(initial=first, sitting=sitting, corrected=corrected)


def _page(request: HttpRequest, sitting: Sitting, form: AnnouncementForm) -> HttpResponse:
    context = _list_context(request, sitting) | {
        "form": form,
        "corrected": form.corrected,
        "texts": _texts(sitting),
    }
    return render(request, "exams/announcements.html", context)


def _texts(sitting: Sitting) -> list[str]:
    answers = ready_texts_wanted.send(Sitting, sitting=sitting)
    ready = [text for _, texts in answers for text in texts or ()]
    return list(dict.fromkeys([*announcement_reach.earlier_texts(sitting), *ready]))


def _list_context(request: HttpRequest, sitting: Sitting) -> dict[str, Any]:
    return {
        "sitting": sitting,
        "lines": announcement_reach.lines_of(sitting),
        "zone": person_of(request).time_zone or sitting.institution.time_zone,
    }


def _sitting(request: HttpRequest, sitting_id: int) -> Sitting:
    sitting = Sitting.objects.select_related("exam", "institution").filter(pk=sitting_id).first()
    if sitting is None or not may_run_sitting(person_of(request), sitting):
        raise Http404("There is no such sitting that you watch.")
    return sitting


def _corrected(sitting: Sitting, number: str) -> Announcement | None:
    """The announcement to correct, None when none is named. Raises Http404."""
    if not number:
        return None
    rows = Announcement.objects.filter(sitting=sitting).select_related("question", "sitting__institution")
    found = rows.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if found is None:
        raise Http404("There is no such announcement in this sitting.")
    return found
