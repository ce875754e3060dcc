"""Safe Exam Browser in a sitting: whether it is required, what it allows, and its configuration."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from exams import safe_browser
from exams.models import SafeBrowserTerms, Sitting
from exams.models.sitting import SafeBrowserUse
from exams.scheduling.safe_browser import keys_of, set_terms, settings_of, terms_of
from proctor_site.kernel.errors import InvalidInput

_TICKS = ("allow_quit", "allow_spell_check", "show_time", "show_reload")


class SafeBrowserForm(forms.Form):
    """The terms, one name a line where there are several."""

    use = forms.ChoiceField(
        label="Use",
        choices=SafeBrowserUse.choices,
        widget=forms.RadioSelect,
        help_text="An allowance can free one candidate from it: many programs for people with disabilities "
        "do not run beside it.",
    )
    allow_quit = forms.BooleanField(required=False)
    quit_password = forms.CharField(
        label="Password for closing it",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Asked for when somebody closes it before the end. Tell it to proctors only.",
    )
    drop_quit_password = forms.BooleanField(label="Take the password away", required=False)
    allow_spell_check = forms.BooleanField(required=False)
    show_time = forms.BooleanField(required=False)
    show_reload = forms.BooleanField(required=False)
    assistive_programs = forms.CharField(
        label="Assistive programs",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Candidates may switch to these and start them. One a line: on Windows the name of the "
        "file, such as nvda.exe; on macOS the bundle identifier, such as com.example.Reader.",
    )
    own_file = forms.FileField(
        label="A configuration of your own",
        required=False,
        help_text="A .seb file without encryption, given out as it is instead of the generated one. Then "
        "only “Use” and the keys on this page count.",
    )
    drop_own_file = forms.BooleanField(label="Use the generated configuration again", required=False)
    browser_exam_keys = forms.CharField(
        label="Browser Exam Keys",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Empty: every version of the program is let in that has these settings. One a line: only "
        "versions with one of these keys. Every version on every system has a key of its own, and a changed "
        "file other keys: with a generated configuration leave it empty.",
    )

    def __init__(self, terms: SafeBrowserTerms, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["use"] = terms.sitting.safe_browser
        self.initial.update({name: getattr(terms, name) for name in _TICKS})
        for name in ("assistive_programs", "browser_exam_keys"):
            self.initial[name] = "\n".join(getattr(terms, name))
        for name in _TICKS:
            field = SafeBrowserTerms._meta.get_field(name)
            self.fields[name].label = str(field.verbose_name).capitalize()  # type: ignore[union-attr]
            self.fields[name].help_text = field.help_text  # type: ignore[union-attr]
        if terms.quit_password_hash:
            self.fields["quit_password"].help_text += " There is one; leave this empty to keep it."
        else:
            del self.fields["drop_quit_password"]
        if terms.own_file is None:
            del self.fields["drop_own_file"]


def safe_browser_page(model_admin: Any, request: HttpRequest, sitting_id: int) -> HttpResponse:
    """GET: the settings, and what follows from them. POST: sets them."""
    sitting = model_admin.get_object(request, str(sitting_id))
    if sitting is None:
        raise Http404("There is no such sitting.")
    if not model_admin.has_change_permission(request, sitting):
        raise PermissionDenied
    terms = terms_of(sitting)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = SafeBrowserForm(terms, *given)
    if request.method == "POST" and form.is_valid() and _set(request, sitting, form):
        messages.success(request, "Saved.")
        return redirect(reverse("admin:exams_sitting_safe_browser", args=[sitting.pk]))
    stored = terms_of(sitting)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Safe Exam Browser in {sitting}",
        "opts": model_admin.opts,
        "sitting": sitting,
        "form": form,
        "terms": stored,
        "is_on": sitting.safe_browser != SafeBrowserUse.OFF,
        "config_key": keys_of(sitting, stored).config_key,
        "start_url": settings_of(sitting, stored)["startURL"],
        "file_url": reverse("safe_browser_file", args=[sitting.institution.slug, sitting.pk]),
    }
    return TemplateResponse(request, "admin/exams/sitting/safe_browser.html", context)


def _set(request: HttpRequest, sitting: Sitting, form: SafeBrowserForm) -> bool:
    actor: Any = request.user
    given = form.cleaned_data
    own = given["own_file"]
    password = "" if given.get("drop_quit_password") else given["quit_password"] or None
    before = sitting.safe_browser
    try:
        if own is not None and own.size > safe_browser.LARGEST_FILE:
            raise InvalidInput("The file is too large: a configuration has at most 1 MB.", field="own_file")
        set_terms(
            sitting,
            actor=actor,
            use=given["use"],
            quit_password=password,
            assistive_programs=given["assistive_programs"].splitlines(),
            browser_exam_keys=given["browser_exam_keys"].splitlines(),
            own_file=own.read() if own is not None else None,
            drop_own_file=bool(given.get("drop_own_file")),
            **{name: given[name] for name in _TICKS},
        )
    except InvalidInput as refusal:
        sitting.safe_browser = before
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    return True
