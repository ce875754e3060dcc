"""Compat keys in the admin: made, shown once and revoked, each on a page that says what it does."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_variables

from accounts.admin.read_only import NeverByHand
from accounts.admin.shown_once import ShownOnce, actor_of, bound, told, tried
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.models import Institution
from exams.models import Sitting
from proctoring import compat_keys
from proctoring.compat_keys import KeyTerms
from proctoring.models import CompatKey
from proctoring.models.compat import Contract


class KeyForm(forms.Form):
    """A new key."""

    label = forms.CharField(
        label="Used by",
        max_length=100,
        help_text="Which pages, such as: Admission interviews. The audit log names them so.",
    )
    contracts = forms.MultipleChoiceField(
        label="It speaks as",
        choices=Contract.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="The systems whose clients these pages are.",
    )
    sitting: Any = forms.ModelChoiceField(
        label="Sitting that it feeds",
        queryset=Sitting.objects.none(),
        required=False,
        empty_label="A new one, named as above",
        help_text="Who is watched through this key stands on its wall. Only sittings of exams that another "
        "system delivers; a new one gets a policy with the numbers of the replaced systems.",
    )
    origins = forms.CharField(
        label="Pages that may use it",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="One origin a line, such as https://exam.example or http://localhost:3000; “null” for "
        "pages that are opened from a file. Browsers on other pages are refused. Empty: no page may.",
    )
    is_private = forms.BooleanField(
        label="The key stays on a server of ours, and in no page",
        required=False,
        help_text="Then it may also list and delete sessions. Leave the pages above empty.",
    )
    notice = forms.URLField(
        label="Address of the notice",
        max_length=300,
        assume_scheme="https",
        help_text="What your pages show candidates before they agree. It is noted with each consent.",
    )
    sound = forms.BooleanField(label="Candidates agree to recordings of the microphone too", required=False)
    faces = forms.BooleanField(
        label="Candidates agree that their faces are compared too",
        required=False,
        help_text="Needed for reference photos and documents.",
    )
    obtains_consent = forms.BooleanField(
        label="Our own pages ask each candidate for consent before the first picture is sent",
        required=False,
        help_text="Without this there is no key. Your name and the time are noted with it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sittings: Any = self.fields["sitting"]
        outside = Sitting.objects.select_related("exam").filter(exam__is_outside=True, cancelled_at=None)
        sittings.queryset = outside.order_by("-id")

    def terms(self) -> KeyTerms:
        """What was filled in."""
        data = dict(self.cleaned_data)
        del data["sitting"]
        data["origins"] = data["origins"].splitlines()
        return KeyTerms(**data)


@admin.register(CompatKey, site=site)
class CompatKeyAdmin(ShownOnce, NeverByHand, TenantAdmin):
    """Keys for clients of the replaced systems. Made and ended on pages of their own."""

    list_display = ("label", "starts_with", "standing", "speaks_as", "sitting", "last_used_at")
    list_select_related = ("sitting",)
    search_fields = ("label", "prefix")
    search_help_text = "Searches names and the first signs of keys."
    fields = (
        "label",
        "starts_with",
        "standing",
        "speaks_as",
        "sitting",
        "used_on",
        "is_private",
        "notice",
        "sound",
        "faces",
        "created_at",
        "attested_by",
        "last_used_at",
        "revoked_at",
    )
    readonly_fields = fields
    pages = ("revoke",)
    number = "key_id"
    folder = "admin/proctoring/compatkey"
    change_form_template = "admin/proctoring/compatkey/change_form.html"
    change_list_template = "admin/proctoring/compatkey/change_list.html"

    @admin.display(description="begins with", ordering="prefix")
    def starts_with(self, key: CompatKey) -> str:
        return f"{key.prefix}…"

    @admin.display(description="state")
    def standing(self, key: CompatKey) -> str:
        if key.revoked_at:
            return "revoked"
        return "works" if settings.COMPAT else "waits: the operator has not switched it on"

    @admin.display(description="speaks as")
    def speaks_as(self, key: CompatKey) -> str:
        return "; ".join(Contract(each).label for each in key.contracts)

    @admin.display(description="pages that may use it")
    def used_on(self, key: CompatKey) -> str:
        return ", ".join(key.origins) or "no browser page"

    def is_live(self, key: CompatKey) -> bool:
        return key.revoked_at is None

    @sensitive_variables("secret", "made")
    def new_page(self, request: HttpRequest, here: Institution) -> HttpResponse:
        """GET: the form. POST: makes the key and shows it, this one time."""
        form = bound(KeyForm, request)
        made = tried(
            form,
            lambda data: compat_keys.make_key(
                here, form.terms(), sitting=data["sitting"], actor=actor_of(request)
            ),
        )
        if made is not None:
            key, secret = made
            more = {"row": key, "secret": secret, "base": settings.BASE_URL}
            return self.page(request, "secret", f"The key for “{key.label}”", more)
        more = {"form": form, "is_on": settings.COMPAT, "button": "Make the key"}
        return self.page(request, "form", "New compat key", more)

    def revoke_page(self, request: HttpRequest, key: CompatKey) -> HttpResponse:
        """GET: asks. POST: revokes."""
        if request.method == "POST":
            done = f"“{key}” no longer works."
            told(request, lambda: compat_keys.revoke_key(key, actor=actor_of(request)), done)
            return redirect("admin:proctoring_compatkey_changelist")
        return self.page(request, "revoke", f"Revoke “{key.label}”?", {"row": key})
